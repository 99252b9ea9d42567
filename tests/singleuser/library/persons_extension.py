"""An extension of Jupyter Server that a person has installed. It tells what the server is like.

Without asking who wants to know, for that would make the server speak to the hub.
"""

import json
from typing import Any

import sitecustomize
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler

from vispa_spawner.singleuser.heavy import HEAVY
from vispa_spawner.singleuser.later import is_loaded


class _Tell(JupyterHandler):
    @allow_unauthenticated
    def get(self) -> None:
        self.finish(json.dumps(_about(self.settings["serverapp"])))


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "persons_extension"}]


def _load_jupyter_server_extension(server: Any) -> None:
    handlers = [(server.web_app.settings["base_url"] + "tell", _Tell)]
    server.web_app.add_handlers(".*$", handlers)


def _about(server: Any) -> dict[str, Any]:
    application = server.web_app
    return {
        "processes": sitecustomize.started,
        "loaded": [later.module for later in HEAVY if is_loaded(later.module)],
        "extensions": {
            name: package.enabled for name, package in server.extension_manager.extensions.items()
        },
        "points": sorted(server.extension_manager.extension_points),
        "routes": [
            f"{rule.matcher.regex.pattern} {rule.target.__module__}.{rule.target.__qualname__}"
            for rules in application.default_router.rules
            for rule in getattr(rules.target, "rules", [])
            if isinstance(rule.target, type)
        ],
        "settings": {
            key: value if _is_plain(value) else type(value).__name__
            for key, value in application.settings.items()
        },
        "new_notebook": server.contents_manager.untitled_notebook,
    }


def _is_plain(value: Any) -> bool:
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        return False
    return True
