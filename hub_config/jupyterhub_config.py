"""JupyterHub's configuration: reads vispa.toml and hands it over. Change vispa.toml, not this."""

import os

from vispa_hub.settings import load
from vispa_hub.wiring import configure, extra_config

c = get_config()  # noqa: F821
settings = load(os.environ["VISPA_SETTINGS"])
configure(c, settings)
for extra in extra_config(settings):
    load_subconfig(str(extra))  # noqa: F821
