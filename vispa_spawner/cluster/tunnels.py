"""Servers that listen on a Unix socket of their job, and the hub's ends of the tunnels to them."""

import asyncio
import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from vispa_htcondor.identity import Identity
from vispa_htcondor.tunnel import Doors, Tunnel
from vispa_spawner.cluster.submission import Submission

_SCHEME = "http+unix"


def far_url(path: str) -> str:
    """Write the socket of a server in its job as a URL, which nobody but a tunnel understands."""
    return f"{_SCHEME}://{quote(path, safe='')}"


def needs_tunnel(url: str) -> bool:
    """Whether a server that reported this URL is reached through a tunnel."""
    return urlsplit(url).scheme == _SCHEME


class Tunnels:
    """The tunnels of one hub."""

    def __init__(self, hub: str, environment: Mapping[str, str] | None = None) -> None:
        """Belong to the hub that stamps its jobs with `hub`."""
        self._doors = Doors(_folder(hub))
        self._environment = dict(environment or {})

    def url(self, submission: Submission) -> str:
        """Return where JupyterHub and its proxy find the server; empty before it has reported.

        JupyterHub gives every URL a port, and 80 when there is none. It makes hosts lower-case,
        which our folder is. The proxy takes the port for a part of the socket's name; see `Doors`.
        """
        if not needs_tunnel(submission.url):
            return submission.url
        door = quote(str(self._doors.path(submission.spawn)), safe="").lower()
        return f"{_SCHEME}://{door}:80"

    async def tunnel(self, submission: Submission, insist: bool) -> Tunnel:
        """Return a tunnel to the server of this submission, still closed.

        KeyError when the account of its job is not there any more.
        """
        return Tunnel(
            self._doors,
            submission.spawn,
            await asyncio.to_thread(Identity.of, submission.account),
            f"{submission.cluster}.0",
            unquote(urlsplit(submission.url).netloc),
            self._environment,
            insist,
        )


def _folder(hub: str) -> Path:
    """Choose a folder of a short, lower-case name, the same after each restart of the hub."""
    name = hashlib.sha256(hub.encode()).hexdigest()[:8]
    if os.geteuid() == 0:
        return Path("/run") / f"vispa-{name}"
    return Path("/tmp") / f"vispa-{os.geteuid()}-{name}"  # noqa: S108 - `Doors` sees to whose it is
