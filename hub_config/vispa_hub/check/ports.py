"""The ports: are they free, or used by this hub itself."""

import errno
import socket
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from vispa_hub.check.finding import Finding, failed, ok
from vispa_hub.check.waiting import in_thread
from vispa_hub.settings import Settings

PART = "ports"


async def probe(settings: Settings, deadline: float) -> list[Finding]:
    """Try each port; the ports of a hub that runs already are as they should be."""
    if process := await in_thread(lambda: running_hub(settings)):
        return [ok(PART, f"The hub is running, as process {process}.")]
    parts = urlsplit(settings.hub.bind_url)
    key = "hub.bind" if settings.hub.bind else "hub.url"
    wanted = [
        (parts.hostname or "", parts.port or 80, key),
        ("127.0.0.1", settings.hub.api_port, "hub.api_port"),
        ("127.0.0.1", settings.hub.proxy_api_port, "hub.proxy_api_port"),
    ]
    problems = [problem for one in wanted if (problem := await in_thread(partial(_try, *one)))]
    if problems:
        return [failed(PART, problem) for problem in problems]
    numbers = ", ".join(str(port) for _, port, _ in wanted)
    return [ok(PART, f"{numbers} are free.")]


def running_hub(settings: Settings) -> int | None:
    """Return the process id of the hub that runs on these data, if there is one."""
    try:
        number = int((settings.hub.data_dir / "jupyterhub.pid").read_text())
        words = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):  # no such file, or no such process
        return None
    return number if any(b"jupyterhub" in word for word in words) else None


def _try(host: str, port: int, key: str) -> str | None:
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        return f"The name {host} in {key} has no address here ({error.strerror})."
    with socket.socket(family, kind) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            listener.listen(1)
        except OSError as error:
            return _why(error, host, port, key)
    return None


def _why(error: OSError, host: str, port: int, key: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken by another program. End that, or change {key}."
    if error.errno == errno.EACCES:
        return f"Port {port} is for root only. Run the hub as root, or change {key}."
    if error.errno == errno.EADDRNOTAVAIL:
        return (
            f"{host} in {key} is no address of this machine. Write where the proxy shall listen "
            'into hub.bind, for example bind = "http://127.0.0.1:8000"'
        )
    return f"Port {port} on {host} cannot be used ({error.strerror}). Change {key}."
