"""How a single-user server comes to life: on the login node or as an HTCondor job.

Use one of the three in any hub, with or without the rest of VISPA::

    c.JupyterHub.spawner_class = "vispa"             # the person chooses
    c.JupyterHub.spawner_class = "vispa-login-node"
    c.JupyterHub.spawner_class = "vispa-htcondor"

Importing this package loads nothing: the part that runs beside the single-user server
(`vispa_spawner.singleuser`) must not need what only the hub has installed.
"""
