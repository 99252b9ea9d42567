"""What people see before JupyterLab: login, spawn page, waiting page, in one look."""

from pathlib import Path
from typing import Any

from tornado.web import StaticFileHandler

from vispa_hub.pages.pool import PoolHandler
from vispa_hub.settings import Settings

PAGES = Path(__file__).parent


def handlers(settings: Settings) -> list[tuple[Any, ...]]:
    """Return the hub's additional URLs, below ``/hub``."""
    urls: list[tuple[Any, ...]] = [
        (r"/vispa/static/(.*)", StaticFileHandler, {"path": str(PAGES / "static")}),
    ]
    if settings.cluster.enabled:
        urls.append((r"/api/vispa/pool", PoolHandler))
    return urls
