"""What a starting single-user server is told, on its way from the hub to the server's process.

It holds the server's API token, and its private key where there is one. So it travels in a file
that only its owner can read (and that is deleted once read) or through a pipe, never in a job ad,
a command line or a log.
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Self

from vispa_spawner.credentials import Credentials


@dataclass(frozen=True)
class SpawnFile:
    """Everything the server's process needs to become the person's single-user server."""

    environment: dict[str, str] = field(repr=False)
    home: str
    arguments: list[str] = field(default_factory=list)
    log: str = ""
    """File for the server's output, opened as the person; empty: where it goes already."""
    report_url: str = ""
    """Where to say where the server listens; empty: the hub chose the port."""
    port_range: tuple[int, int] = (0, 0)
    """First and last port to try; (0, 0) lets the system choose."""
    network: str = ""
    """Listen on the address in this network; empty: on the one that leads to the hub."""
    credentials: Credentials | None = None
    """What to serve TLS with; None: plain http."""
    credentials_folder: str = "tls"
    """Where to keep them; relative to where the process starts, a job's own folder."""
    tunnelled: bool = False
    """Listen on a Unix socket instead, to which the hub builds a tunnel."""

    def to_json(self) -> str:
        """Write as JSON text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read from JSON text; TypeError or ValueError when it is not what we wrote."""
        fields = json.loads(text)
        low, high = fields.pop("port_range")
        if fields["credentials"] is not None:
            fields["credentials"] = Credentials(**fields["credentials"])
        return cls(port_range=(int(low), int(high)), **fields)
