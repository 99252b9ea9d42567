"""How a single-user server comes to life: on the login node or as an HTCondor job."""
