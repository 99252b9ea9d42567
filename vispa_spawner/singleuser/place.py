"""Where a server listens: as it says itself, and as it tells the hub."""

import socket
from dataclasses import dataclass
from typing import Self

from vispa_spawner.singleuser import tls


@dataclass(frozen=True)
class Place:
    """The place of a bound socket.

    `url` is for this process, `said` is the body of the report, and `address` is where that report
    comes from, None for a Unix socket.
    """

    url: str
    said: dict[str, int | str]
    address: str | None = None

    @classmethod
    def of(cls, listener: socket.socket) -> Self:
        """Read it from the socket."""
        if listener.family == socket.AF_UNIX:
            # JupyterHub's code knows no URL of a socket here. Nothing listens at this one.
            return cls("http://127.0.0.1:8888", {"socket": str(listener.getsockname())})
        address, port = listener.getsockname()[:2]
        host = f"[{address}]" if ":" in address else address
        scheme = "https" if tls.installed() else "http"
        return cls(f"{scheme}://{host}:{port}", {"port": port}, address)
