"""Everything VISPA knows about HTCondor, and nothing of Jupyter.

Importing this package imports nothing else: HTCondor's bindings hold Python's global lock while
they wait for a daemon, so they live in processes of their own (see `vispa_htcondor.broker`).
"""
