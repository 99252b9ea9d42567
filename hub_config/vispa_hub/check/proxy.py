"""The proxy: can it be started, and is it new enough."""

import re
import shutil
from pathlib import Path

from packaging.version import InvalidVersion, Version

from vispa_hub.check.finding import Finding, failed, ok, warning
from vispa_hub.check.waiting import ToolError, run_tool
from vispa_hub.settings import Settings

PART = "proxy"
OLDEST_NODE = 20
OLDEST_PROXY = Version("5.0")


async def probe(settings: Settings, deadline: float) -> list[Finding]:
    """Ask the proxy, and the Node.js it needs, for their versions."""
    program = settings.hub.proxy_command[0]
    found = shutil.which(program)
    if found is None:
        return [
            failed(
                PART,
                f"{program} is not here. Install it (npm install -g configurable-http-proxy), or "
                "say where it is in hub.proxy_command.",
            )
        ]
    if _needs_node(Path(found)) and (problem := await _node(deadline)):
        return [failed(PART, problem)]
    try:
        output = await run_tool([found, "--version"], deadline)
    except ToolError as error:
        return [failed(PART, f"{error}. Reinstall the proxy.")]
    try:
        version = Version(output.strip())
    except InvalidVersion:
        return [warning(PART, f"{found} is there, but does not tell its version.")]
    if version < OLDEST_PROXY:
        return [
            warning(
                PART,
                f"{found} is version {version}. Before {OLDEST_PROXY} it keeps abandoned "
                "connections: update it (npm install -g configurable-http-proxy).",
            )
        ]
    return [ok(PART, f"{found}, version {version}.")]


def _needs_node(program: Path) -> bool:
    with program.open("rb") as file:
        return b"node" in file.readline(200)


async def _node(deadline: float) -> str | None:
    wanted = f"The proxy needs Node.js {OLDEST_NODE} or newer"
    node = shutil.which("node")
    if node is None:
        return f"{wanted}, and there is no node here. Install it."
    try:
        output = await run_tool([node, "--version"], deadline)
    except ToolError as error:
        return f"{wanted}, but {error}."
    match = re.match(r"v(\d+)", output)
    if match is None or int(match[1]) < OLDEST_NODE:
        return f"{wanted}, and {node} is {output.strip()[:40]}. Update it."
    return None
