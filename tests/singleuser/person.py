"""A person with settings in each of the places that Jupyter reads."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_LANGUAGE_SERVER = {"argv": ["cat"], "languages": ["klingon"], "version": 2, "display_name": "K"}


def person(home: Path) -> Path:
    """Fill a home with the person's settings."""
    settings = home / ".jupyter"
    write_json(
        settings / "jupyter_server_config.d/persons_extension.json",
        {"ServerApp": {"jpserver_extensions": {"persons_extension": True}}},
    )
    write_json(
        settings / "jupyter_server_config.json",
        {"LanguageServerManager": {"language_servers": {"k": _LANGUAGE_SERVER}}},
    )
    (settings / "jupyter_server_config.py").write_text(
        "c.ContentsManager.untitled_notebook = 'My notebook'\n"
    )
    return home


def write_json(file: Path, content: Mapping[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content))
