"""What this capability adds to a Jupyter server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_server.utils import url_path_join

from .handler import SessionHandler

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "vispa_server.session"}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    base_url = server.web_app.settings["base_url"]
    server.web_app.add_handlers(
        ".*$",
        [(url_path_join(base_url, "vispa", "session"), SessionHandler)],
    )
