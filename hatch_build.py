"""Put the built lab extensions into the wheel.

A wheel or an sdist made in a checkout always builds them anew, so that neither can carry an old
one or none. An sdist carries them built, so that installing it needs no Node.js. An editable
install takes what is built already, be it nothing: working on the Python needs no Node.js either.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class LabExtensions(BuildHookInterface[Any]):
    """Builds `labextensions/*` and maps each one to where JupyterLab looks for it."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build and map, before hatchling packs; `version` is "standard" or "editable"."""
        root = Path(self.root)
        is_unpacked_sdist = (root / "PKG-INFO").exists()
        if version != "editable" and not is_unpacked_sdist:
            _build(root)
        if self.target_name == "wheel":
            build_data["shared_data"].update(_built(root, must_exist=version != "editable"))


def _built(root: Path, *, must_exist: bool) -> dict[str, str]:
    """Map each built extension's folder to its place in an environment."""
    places = {}
    for manifest in sorted(root.glob("labextensions/*/package.json")):
        built = manifest.parent / "labextension"
        name = json.loads(manifest.read_text())["name"]
        if (built / "package.json").exists():
            places[str(built.relative_to(root))] = f"share/jupyter/labextensions/{name}"
        elif must_exist:
            raise SystemExit(f"The lab extension {name} is not built ({built} is missing).")
    return places


def _build(root: Path) -> None:
    path = os.pathsep.join((str(root / ".venv/bin"), os.environ.get("PATH", os.defpath)))
    jlpm = shutil.which("jlpm", path=path)
    if jlpm is None or shutil.which("node", path=path) is None:
        raise SystemExit(
            "A wheel of VISPA carries lab extensions, and building them needs Node.js and jlpm. "
            "Run `make lab` in this checkout first: it brings both. "
            "(`pip install -e .` works without them, without the lab extensions.)"
        )
    # Build front ends point Python at an environment of their own, in which there is no jlpm.
    environment = {name: value for name, value in os.environ.items() if name[:6] != "PYTHON"}
    for arguments in (("install", "--immutable"), ("build:prod",)):
        command = [jlpm, *arguments]
        done = subprocess.run(
            command,
            cwd=root,
            env={**environment, "PATH": path},
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode:
            raise SystemExit(f"{done.stdout}\nThe lab extensions were not built: see above.")
