"""The door for the reports of servers that are reached through a tunnel.

Such a server listens on a Unix socket in its job and says where that is. For this the same holds
as for the ports of others: once, with the server's own token, while its start is pending. What is
told is a path on the worker, which only the tunnel uses, in the name of the server's own person.
"""

from jupyterhub.apihandlers import default_handlers
from pydantic import BaseModel, ConfigDict, Field, field_validator

from vispa_htcondor.tunnel.command import LONGEST_PATH, is_plain
from vispa_spawner.cluster.door import Door
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


class SocketReportHandler(Door):
    """``POST /hub/api/vispa/spawns/<spawn>/socket`` with ``{"socket": "/…"}``."""

    report = SocketReport
    example = '{"socket": "/path"}'

    async def place(self, report: SocketReport, terms: object) -> tuple[str, dict[str, str]]:
        """Return the URL of the server within its job, see `tunnels.far_url`."""
        return far_url(report.socket), {}


default_handlers.append((r"/api/vispa/spawns/([0-9a-f]{1,64})/socket", SocketReportHandler))
