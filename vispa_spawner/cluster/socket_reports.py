"""The door for the reports of servers that are reached through a tunnel.

Such a server listens on a Unix socket in its job and says where that is. For this the same holds
as for the ports of others: once, with the server's own token, while its start is pending. What is
told is a path on the worker, which only the tunnel uses, in the name of the server's own person.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass

from jupyterhub.apihandlers import APIHandler, default_handlers
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from tornado import web

from vispa_htcondor.tunnel.command import LONGEST_PATH, is_plain
from vispa_spawner.cluster.reports import Holds
from vispa_spawner.cluster.tunnels import far_url


class SocketReport(BaseModel):
    """The body of a report."""

    model_config = ConfigDict(extra="forbid", strict=True)

    socket: str = Field(max_length=LONGEST_PATH)

    @field_validator("socket")
    @classmethod
    def _plain(cls, path: str) -> str:
        if not is_plain(path):
            raise ValueError("is not the plain, whole path of a socket")
        return path


@dataclass
class _Expected:
    holds: Holds
    keep: Callable[[str], None]
    url: "asyncio.Future[str]"


_expected: dict[str, _Expected] = {}


def expect(
    spawn: str, holds: Holds, keep: Callable[[str], None], reported: str = ""
) -> "asyncio.Future[str]":
    """Expect a report of this spawn; see `reports.expect`.

    The result is the URL of the server within its job, see `tunnels.far_url`.
    """
    url: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    if reported:
        url.set_result(reported)
    _expected[spawn] = _Expected(holds, keep, url)
    return url


def no_longer_expect(spawn: str) -> None:
    """Close the door for this spawn."""
    _expected.pop(spawn, None)


class SocketReportHandler(APIHandler):  # type: ignore[misc]  # untyped base
    """``POST /hub/api/vispa/spawns/<spawn>/socket`` with ``{"socket": "/…"}``."""

    @web.authenticated
    async def post(self, spawn: str) -> None:
        """Accept the socket of a pending server."""
        expected = _expected.get(spawn)
        token = self.get_auth_token() or ""
        # The same answer for a spawn that is not there and one that is somebody else's.
        if expected is None or not expected.holds(token):
            raise web.HTTPError(404, "No start of yours waits for this report.")
        try:
            report = SocketReport.model_validate(self.get_json_body())
        except ValidationError:
            raise web.HTTPError(400, 'A report looks like {"socket": "/path"}.') from None
        url = far_url(report.socket)
        # A server that did not hear our answer says the same again.
        if expected.url.done() and expected.url.result() != url:
            raise web.HTTPError(409, "This server has reported another socket already.")
        if not expected.url.done():
            expected.keep(url)
            expected.url.set_result(url)
        self.write(json.dumps({"status": "accepted"}))


default_handlers.append((r"/api/vispa/spawns/([0-9a-f]{1,64})/socket", SocketReportHandler))
