"""Stops the servers of seats that may not be used any more: a service beside the hub.

The hub itself lets nobody in with a withdrawn token; this ends what was running before. It asks
only the workshops' own files, which are never unsure, so no outage of another machine can end
somebody's work.
"""

import asyncio
import contextlib
import json
import logging
import os
import ssl
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jupyterhub.utils import make_ssl_context
from tornado.httpclient import AsyncHTTPClient, HTTPError, HTTPRequest

from vispa_hub.settings import Settings
from vispa_hub.workshops.door import now
from vispa_hub.workshops.store import Book, Store

INTERVAL = 10.0
"""Seconds between two looks."""

_log = logging.getLogger("vispa.closing")
_NAME = "vispa-workshops"
_SCOPES = ["list:users", "read:servers", "delete:servers"]


def service(settings: Settings) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give JupyterHub's descriptions of the service and of its role."""
    command = [
        sys.executable,
        "-m",
        "vispa_hub.workshops.closing",
        str(settings.hub.data_dir / "workshops"),
    ]
    return (
        {"name": _NAME, "command": command},
        {"name": _NAME, "scopes": _SCOPES, "services": [_NAME]},
    )


async def close_for_ever(store: Store, hub: "Hub") -> None:
    """Look again and again. What fails is logged and tried again."""
    while True:
        try:
            await close_once(await asyncio.to_thread(store.book), hub)
        except (OSError, HTTPError) as error:
            _log.warning("The servers of closed seats are looked for again soon: %s", error)
        await asyncio.sleep(INTERVAL)


async def close_once(book: Book, hub: "Hub") -> None:
    """Stop the servers of closed seats, once."""
    for name, servers in (await hub.active()).items():
        if name not in book.seats:
            continue
        workshop, seat = book.seats[name]
        if workshop.refusal(seat, now()):
            for server in servers:
                _log.warning("Stopping the server of %s: the seat is closed", name)
                try:
                    await hub.stop(name, server)
                except (OSError, HTTPError) as error:  # the others' servers end all the same
                    _log.warning("It could not be stopped yet: %s", error)


class Hub:
    """The two things asked of JupyterHub's API."""

    def __init__(self, url: str, token: str, context: ssl.SSLContext | None = None) -> None:
        self._url = url
        self._token = token
        self._context = context

    async def active(self) -> Mapping[str, list[str]]:
        """Return who has servers that run, and the names of those."""
        users: dict[str, list[str]] = {}
        offset: int | None = 0
        while offset is not None:
            page = await self._ask("GET", f"/users?state=active&offset={offset}")
            users |= {
                user["name"]: [key for key, server in user["servers"].items() if server["ready"]]
                for user in page["items"]
            }
            following = page["_pagination"]["next"]
            offset = following["offset"] if following else None
        return users

    async def stop(self, user: str, server: str) -> None:
        """Ask for the end of a server; the hub goes on by itself."""
        await self._ask("DELETE", f"/users/{quote(user)}/servers/{quote(server, safe='')}")

    async def _ask(self, method: str, path: str) -> Any:
        request = HTTPRequest(
            self._url + path,
            method=method,
            ssl_options=self._context,
            headers={
                "Authorization": f"token {self._token}",
                "Accept": "application/jupyterhub-pagination+json",
            },
        )
        body = (await AsyncHTTPClient().fetch(request)).body
        return json.loads(body) if body else None


def main() -> None:
    """Run with the folder of the workshops as the argument, and JupyterHub's variables."""
    logging.basicConfig(format="%(levelname).1s %(name)s: %(message)s")
    given = os.environ.get
    context = make_ssl_context(  # None unless the hub has `internal_ssl`
        given("JUPYTERHUB_SSL_KEYFILE"),
        given("JUPYTERHUB_SSL_CERTFILE"),
        cafile=given("JUPYTERHUB_SSL_CLIENT_CA"),
    )
    hub = Hub(os.environ["JUPYTERHUB_API_URL"], os.environ["JUPYTERHUB_API_TOKEN"], context)
    with contextlib.suppress(KeyboardInterrupt):  # the hub ends
        asyncio.run(close_for_ever(Store(Path(sys.argv[1])), hub))


if __name__ == "__main__":
    main()
