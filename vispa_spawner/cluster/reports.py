"""The servers that are expected to report their port, and the one door through which they do.

It takes the place of batchspawner's callback, which sets any attribute of the spawner that the
caller names. Here a report is a port and nothing else, from the holder of that very server's
token, and what was reported stays. The address is the one the report came from.
"""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from jupyterhub.apihandlers import APIHandler, default_handlers
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from tornado import web

Certify = Callable[[bytes, str], Awaitable[str]]
"""Signs the key of a certificate (DER) for the address it comes from; returns PEM."""


class Report(BaseModel):
    """The body of a report."""

    model_config = ConfigDict(extra="forbid", strict=True)

    port: int = Field(ge=1, le=65535)


Holds = Callable[[str], bool]


@dataclass
class _Expected:
    holds: Holds
    keep: Callable[[str], None]
    ports: tuple[int, int]
    certify: Certify | None
    url: "asyncio.Future[str]" = field(repr=False)

    def allows(self, port: int) -> bool:
        low, high = self.ports
        return not high or low <= port <= high


_expected: dict[str, _Expected] = {}


def bearer_of(token: str) -> Holds:
    """Accept this token only."""
    return lambda shown: hmac.compare_digest(token.encode(), shown.encode())


def expect(
    spawn: str,
    holds: Holds,
    keep: Callable[[str], None],
    *,
    ports: tuple[int, int] = (0, 0),
    certify: Certify | None = None,
    reported: str = "",
) -> "asyncio.Future[str]":
    """Expect a report of this spawn; the result is the server's URL.

    `holds` says of a token whether it is the server's. A URL that the server has `reported` to a
    previous hub may be said again, for it may not have heard that it was accepted.

    `keep` is called with the URL before the server hears that its report was accepted, after which
    it will not repeat it: what must survive the hub has to be saved by then. Of a range of
    `ports` other than (0, 0), no other port is accepted. With `certify` the server speaks TLS, and
    is answered with a certificate for the address it reports from.
    """
    url: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    if reported:
        url.set_result(reported)
    _expected[spawn] = _Expected(holds, keep, ports, certify, url)
    return url


def no_longer_expect(spawn: str) -> None:
    """Close the door for this spawn.

    It stays ajar while its server lives: one that did not hear our answer must hear it again.
    """
    _expected.pop(spawn, None)


class ReportHandler(APIHandler):  # type: ignore[misc]  # untyped base
    """``POST /hub/api/vispa/spawns/<spawn>/port`` with ``{"port": …}``."""

    @web.authenticated
    async def post(self, spawn: str) -> None:
        """Accept the port of a pending server."""
        expected = _expected.get(spawn)
        token = self.get_auth_token() or ""
        # The same answer for a spawn that is not there and one that is somebody else's.
        if expected is None or not expected.holds(token):
            raise web.HTTPError(404, "No start of yours waits for this report.")
        try:
            report = Report.model_validate(self.get_json_body())
        except ValidationError:
            raise web.HTTPError(400, 'A report looks like {"port": 12345}.') from None
        if not expected.allows(report.port):
            low, high = expected.ports
            raise web.HTTPError(400, f"Servers use the ports {low} to {high}, not {report.port}.")
        address = self._peer()
        host = f"[{address}]" if ":" in address else address
        url = f"{'https' if expected.certify else 'http'}://{host}:{report.port}"
        answer = {"status": "accepted"}
        if expected.certify is not None:
            answer["certificate"] = await expected.certify(self._presented(), address)
        # A server that did not hear our answer says the same again.
        if expected.url.done() and expected.url.result() != url:
            raise web.HTTPError(409, "This server has reported another address already.")
        if not expected.url.done():
            expected.keep(url)
            expected.url.set_result(url)
        self.write(json.dumps(answer))

    def _peer(self) -> str:
        """Return the address at the other end, which unlike a header cannot be made up."""
        if "X-Forwarded-For" in self.request.headers:  # then the other end is the proxy
            raise web.HTTPError(400, "A report must come straight from the server.")
        address: str = self.request.connection.stream.socket.getpeername()[0]
        return address

    def _presented(self) -> bytes:
        """Return the certificate with which the other end has proven to hold its key."""
        presented: bytes | None = self.request.get_ssl_certificate(binary_form=True)
        if presented is None:
            raise web.HTTPError(400, "A report must come over TLS, and show a certificate.")
        return presented


default_handlers.append((r"/api/vispa/spawns/([0-9a-f]{1,64})/port", ReportHandler))
