"""The servers that are expected to report where they are, and what all their reports share.

It takes the place of batchspawner's callback, which sets any attribute of the spawner that the
caller names. Here a report is one place and nothing else, from the holder of that very server's
token, through the one door that its spawn has, and what was reported stays.
"""

import asyncio
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from jupyterhub.apihandlers import APIHandler
from pydantic import BaseModel, ValidationError
from tornado import web

Holds = Callable[[str], bool]
"""Says of a token whether it is the server's."""


@dataclass
class Expected:
    """A spawn whose report is expected, through `door`; `terms` are what that door asks for."""

    door: "type[Door]"
    holds: Holds
    keep: Callable[[str], None]
    terms: Any
    url: "asyncio.Future[str]" = field(repr=False)


_expected: dict[str, Expected] = {}


def bearer_of(token: str) -> Holds:
    """Accept this token only."""
    return lambda shown: hmac.compare_digest(token.encode(), shown.encode())


def expect(
    door: "type[Door]",
    spawn: str,
    holds: Holds,
    keep: Callable[[str], None],
    *,
    terms: Any = None,
    reported: str = "",
) -> "asyncio.Future[str]":
    """Expect a report of this spawn through `door`; the result is the server's URL.

    A URL that the server has `reported` to a previous hub may be said again, for it may not have
    heard that it was accepted. `keep` is called with the URL before the server hears that, after
    which it will not repeat it: what must survive the hub has to be saved by then.
    """
    url: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    if reported:
        url.set_result(reported)
    _expected[spawn] = Expected(door, holds, keep, terms, url)
    return url


def no_longer_expect(spawn: str) -> None:
    """Close the door for this spawn.

    It stays ajar while its server lives: one that did not hear our answer must hear it again.
    """
    _expected.pop(spawn, None)


class Door(APIHandler):  # type: ignore[misc]  # untyped base
    """Takes reports of the form `report`, of which `example` is one."""

    report: ClassVar[type[BaseModel]]
    example: ClassVar[str]

    @web.authenticated
    async def post(self, spawn: str) -> None:
        """Accept the place of a pending server."""
        expected = _expected.get(spawn)
        # The same answer for a spawn that is not there and one that is somebody else's.
        if expected is None or expected.door is not type(self) or not self._is_its_own(expected):
            raise web.HTTPError(404, "No start of yours waits for this report.")
        try:
            report = self.report.model_validate(self.get_json_body())
        except ValidationError:
            raise web.HTTPError(400, f"A report looks like {self.example}.") from None
        url, more = await self.place(report, expected.terms)
        # A server that did not hear our answer says the same again.
        if expected.url.done() and expected.url.result() != url:
            raise web.HTTPError(409, "This server has reported another place already.")
        if not expected.url.done():
            expected.keep(url)
            expected.url.set_result(url)
        self.write(json.dumps({"status": "accepted", **more}))

    async def place(self, report: Any, terms: Any) -> tuple[str, dict[str, str]]:
        """Return the URL that a report tells, and what its server is answered besides."""
        raise NotImplementedError

    def _is_its_own(self, expected: Expected) -> bool:
        return expected.holds(self.get_auth_token() or "")
