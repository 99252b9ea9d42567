"""JupyterLab without a shop for extensions, unless somebody opens it.

The page on which people install extensions is switched off in VISPA's JupyterLab. The server's half
of it would still load an HTTP client and all certificates of the world with every start.
"""

from jupyterlab import labapp
from traitlets import Unicode


class LabApp(labapp.LabApp):  # type: ignore[misc]  # untyped base; its name is in settings
    """JupyterLab as it is, but for one default, which settings can override as ever."""

    extension_manager = Unicode(
        "readonly", config=True, help='The extension manager to use: "readonly" or "pypi".'
    )


def without_shop() -> None:
    """Let JupyterLab's extension of Jupyter Server be this one."""
    labapp.LabApp = LabApp
