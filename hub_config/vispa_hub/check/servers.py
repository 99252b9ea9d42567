"""People's servers: is their environment complete, safe, and readable for them."""

import asyncio
import json
import stat
from pathlib import Path

from packaging.version import Version

from vispa_hub.check.finding import Finding, failed, ok, warning
from vispa_hub.check.waiting import ToolError, in_thread, run_tool
from vispa_hub.settings import Settings

PART = "servers"

FLOORS = {
    "jupyterhub": "5.5.1",
    "jupyter-server": "2.21.1",
    "jupyterlab": "4.6.4",
    "tornado": "6.5.10",
    "jupyter-server-proxy": "4.6",
}
"""Below these versions are published security holes."""

_OPTIONAL = {"jupyter-server-proxy"}
_IMPORTED = ("jupyter_client", "jupyter_server", "jupyterhub", "jupyterlab", "tornado", "traitlets")
"""Some of the packages that every server imports."""
_LOOK = f"""
import json, os
from importlib import import_module, metadata, util
specs = [util.find_spec(name) for name in {_IMPORTED!r}]
uncompiled = [
    os.path.dirname(spec.origin) for spec in specs if spec and not os.path.exists(spec.cached)
]
found = {{}}
for name in {list(FLOORS)!r}:
    try:
        found[name] = metadata.version(name)
    except metadata.PackageNotFoundError:
        found[name] = None
missing = {{}}
for module in ("jupyterhub.singleuser", "jupyterlab", "vispa_spawner.singleuser"):
    try:
        import_module(module)
    except Exception as error:
        missing[module] = f"{{type(error).__name__}}: {{error}}"
report = {{"versions": found, "missing": missing, "uncompiled": uncompiled}}
print("\\n" + json.dumps(report))
"""


async def probe(settings: Settings, deadline: float) -> list[Finding]:
    """Look into the environment of each place where servers may run."""
    places = {place for group in settings.groups.values() for place in group.places}
    pythons: dict[Path, list[str]] = {}
    if "login-node" in places:
        pythons.setdefault(settings.login_node.python, []).append("login_node")
    if "cluster" in places and settings.cluster.enabled:
        pythons.setdefault(settings.cluster.python, []).append("cluster")
    unix = settings.accounts.mode == "unix"
    found = await asyncio.gather(
        *(_environment(python, keys, unix, deadline) for python, keys in pythons.items())
    )
    return [finding for findings in found for finding in findings]


async def _environment(python: Path, keys: list[str], unix: bool, deadline: float) -> list[Finding]:
    key = " and ".join(f"{key}.python" for key in keys)
    if not await in_thread(python.exists):
        text = f"There is no {python} on this machine ({key})."
        if keys == ["cluster"]:  # workers may have disks of their own
            return [warning(PART, f"{text} Make sure that the workers have it.")]
        return [failed(PART, f"{text} Name the interpreter of the servers' environment.")]
    try:
        output = await run_tool([str(python), "-I", "-B", "-c", _LOOK], deadline)
        report = json.loads(output.strip().rpartition("\n")[2])
    except ToolError as error:
        return [failed(PART, f"{error} ({key}).")]
    except ValueError:
        return [failed(PART, f"{python} is not a Python interpreter ({key}).")]
    problems = [
        f"{python} cannot load {module} ({error}). Install VISPA's extra [lab] with it."
        for module, error in report["missing"].items()
    ]
    problems += _below_floors(report["versions"], python)
    if unix and (closed := await in_thread(lambda: closed_to_others(python))):
        problems.append(
            f"{closed} is closed to others, so people's servers cannot use {python}. Put the "
            "environment where everybody may read, such as /opt."
        )
    if problems:
        return [failed(PART, problem) for problem in problems]
    versions = report["versions"]
    findings = [
        ok(PART, f"{python}: JupyterLab {versions['jupyterlab']}, safe versions of all ({key}).")
    ]
    if uncompiled := report["uncompiled"]:
        folder = Path(uncompiled[0]).parent
        text = (
            f"{python} finds no compiled files of {len(uncompiled)} of {len(_IMPORTED)} packages. "
            "Servers may not write them, so each compiles all that it imports whenever it starts, "
            f"which more than doubles the time. Do it once: {python} -m compileall -q {folder}"
        )
        findings.append(warning(PART, text))
    return findings


def _below_floors(versions: dict[str, str | None], python: Path) -> list[str]:
    return [
        f"{python} has {name} {version}, and before {FLOORS[name]} it has known security holes. "
        f"Update it: {python} -m pip install --upgrade {name}"
        for name, version in versions.items()
        if version and Version(version) < Version(FLOORS[name])
    ] + [
        f"{python} has no {name}. Install VISPA's extra [lab] with it."
        for name, version in versions.items()
        if version is None and name not in _OPTIONAL
    ]


def closed_to_others(program: Path) -> Path | None:
    """Find what keeps other accounts from running this program, links and folders included."""
    for path in (program, program.resolve()):
        for folder in reversed(path.absolute().parents):
            if not folder.stat().st_mode & stat.S_IXOTH:
                return folder
    real = program.resolve()
    return None if real.stat().st_mode & 0o005 == 0o005 else real
