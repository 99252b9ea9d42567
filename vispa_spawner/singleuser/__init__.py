"""The process that becomes a person's single-user server.

`python -m vispa_spawner.singleuser` runs as the person, on the login node or as an HTCondor job.
It reads what it was told, takes a listening socket before anything else (so no port is ever
chosen and then lost), runs JupyterHub's single-user server on it, and reports the port.
"""
