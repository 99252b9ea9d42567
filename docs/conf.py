from importlib.metadata import version as version_of

project = "VISPA"
author = "The VISPA contributors"
copyright = author
release = version = version_of("vispa-hub")

extensions = ["myst_parser", "sphinx_design"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"VISPA {release}"
html_logo = html_favicon = "../hub_config/vispa_hub/pages/static/vispa.svg"
html_theme_options = {"sidebar_hide_name": False}
