"""The door for servers that report a port. The address is the one the report came from."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from jupyterhub.apihandlers import default_handlers
from pydantic import BaseModel, ConfigDict, Field
from tornado import web

from vispa_spawner.cluster.door import Door

Certify = Callable[[bytes, str], Awaitable[str]]
"""Signs the key of a certificate (DER) for the address it comes from; returns PEM."""


class Report(BaseModel):
    """The body of a report."""

    model_config = ConfigDict(extra="forbid", strict=True)

    port: int = Field(ge=1, le=65535)


@dataclass(frozen=True)
class Terms:
    """Of a range of `ports` other than (0, 0), no other port is accepted.

    With `certify` the server speaks TLS, and is answered with a certificate for the address it
    reports from.
    """

    ports: tuple[int, int] = (0, 0)
    certify: Certify | None = None

    def allow(self, port: int) -> bool:
        """Whether a server may listen on this port."""
        low, high = self.ports
        return not high or low <= port <= high


class ReportHandler(Door):
    """``POST /hub/api/vispa/spawns/<spawn>/port`` with ``{"port": …}``."""

    report = Report
    example = '{"port": 12345}'

    async def place(self, report: Report, terms: Terms) -> tuple[str, dict[str, str]]:
        """Put the port behind the address at the other end; sign for that address."""
        if not terms.allow(report.port):
            low, high = terms.ports
            raise web.HTTPError(400, f"Servers use the ports {low} to {high}, not {report.port}.")
        address = self._peer()
        host = f"[{address}]" if ":" in address else address
        if terms.certify is None:
            return f"http://{host}:{report.port}", {}
        signed = await terms.certify(self._presented(), address)
        return f"https://{host}:{report.port}", {"certificate": signed}

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
