"""Where this server runs, for the people who work in it: `GET /vispa/session`."""

from .extension import _jupyter_server_extension_points, _load_jupyter_server_extension

__all__ = ["_jupyter_server_extension_points", "_load_jupyter_server_extension"]
