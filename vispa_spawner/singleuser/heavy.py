"""What jupyterhub-singleuser and JupyterLab import, and a start does not need.

Together it is most of what a start costs. Each is loaded when it is used (see `later`), so it stays
as it is, and costs what it costs whoever needs it. To find out what belongs here:
`python -X importtime -P -m vispa_spawner.singleuser …`.
"""

from vispa_spawner.singleuser.later import Later

HEAVY = (
    Later(
        "rfc3987_syntax",
        because="Builds a grammar of all addresses with accents when it is imported. jsonschema "
        "uses it to check such addresses, which no schema here has.",
        stand_ins=("is_valid_syntax",),
    ),
    Later(
        "jupyterhub.handlers.pages",
        because="The hub's own pages, and with them all of the hub. The log only asks whether a "
        "request was a health check of the hub's.",
        stand_ins=("HealthCheckHandler",),
    ),
    Later("jupyterhub.handlers", because="The same."),
    Later("jupyterhub.orm", because="The hub's database, which no server of a person has."),
    Later("jupyterhub.roles", because="Roles are in the hub's database."),
    Later("sqlalchemy", because="It speaks to the hub's database."),
    Later(
        "sqlalchemy.exc",
        because="Caught by what works on the hub's database.",
        stand_ins=("SQLAlchemyError",),
    ),
    Later(
        "jupyterhub.httpclient",
        because="Speaks to the hub, for the first time when a person comes in.",
        stand_ins=("fetch",),
    ),
    Later("aiohttp", because="Used by JupyterHub's client."),
    Later("requests", because="Fetches lists of forbidden lab extensions, where a site has one."),
    Later(
        "jupyterlab.extensions.pypi",
        because="Installs lab extensions from PyPI, where a site wants that.",
        stand_ins=("PyPIExtensionManager",),
    ),
    Later("httpx", because="Used by it."),
    Later("websocket", because="Speaks to a kernel gateway, where kernels run in one."),
    Later(
        "IPython",
        because="Belongs into kernels. A server asks it only for the name of a folder.",
        apart=("paths", "utils"),
    ),
    Later(
        "dateutil.parser",
        because="Reads dates in the messages of kernels.",
        stand_ins=("isoparse",),
    ),
)
