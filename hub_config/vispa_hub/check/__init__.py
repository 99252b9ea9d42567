"""`vispa check`: the settings, and everything outside that they speak of, before the hub starts.

Each probe is a module with one question; `probes` lists them in the order they are shown.
"""
