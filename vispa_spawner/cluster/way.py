"""The way from the hub to one server on the cluster: straight, or through a tunnel."""

import asyncio
from typing import TYPE_CHECKING

from vispa_htcondor.ending import End
from vispa_htcondor.tunnel import Tunnel, TunnelFailed
from vispa_spawner.cluster.lookout import Lookout
from vispa_spawner.cluster.patience import Patience
from vispa_spawner.cluster.submission import Submission
from vispa_spawner.cluster.tunnels import Tunnels, needs_tunnel
from vispa_spawner.failures import ServerFailed, spoken

if TYPE_CHECKING:
    from vispa_spawner.backend_spawner import BackendSpawner
    from vispa_spawner.cluster.hub_client import HubClient

_LOOK = 2.0  # seconds between two looks at the job while its tunnel is being built


def refuse_impossible(spawner: "BackendSpawner", client: "HubClient") -> None:
    """Raise ServerFailed where servers are to be reached through a tunnel that cannot be."""
    if not spawner.cluster_tunnel:
        return
    if spawner.internal_ssl:
        raise ServerFailed(
            "cluster_tunnel and internal_ssl do not go together: the proxy speaks no TLS "
            "to a tunnel, which ssh encrypts already. Ask your administrator."
        )
    if client.submit_as.spools:
        raise ServerFailed(
            "cluster_tunnel does not work where jobs are submitted with tokens: ssh must run "
            "as the job's owner. Ask your administrator."
        )


class Way:
    """Leads to the server that has reported the URL of `submission`."""

    def __init__(self, tunnels: Tunnels, submission: Submission, lookout: Lookout) -> None:
        self._tunnels = tunnels
        self._submission = submission
        self._lookout = lookout
        self._tunnel: Tunnel | None = None

    async def open(self, patience: Patience | None = None) -> End | None:
        """Wait until the way is open; return the end of the job when that comes first.

        From then on a tunnel is kept open until `close`; a second call does not wait for it.
        Raises ServerFailed with a sentence when there is no way, or `patience` is over. Without
        `patience` the server is one that people work on, and is not given up.
        """
        if not needs_tunnel(self._submission.url) or self._tunnel is not None:
            return None
        try:
            self._tunnel = await self._tunnels.tunnel(self._submission, patience is None)
            return await self._opened(self._tunnel, patience)
        except KeyError:
            why = f"The account {self._submission.account} is not there any more."
        except TunnelFailed as error:
            why = str(error)
        raise ServerFailed(f"Your server runs, but cannot be reached. {why}", reason="tunnel")

    async def close(self) -> None:
        """End the tunnel, if there is one."""
        if self._tunnel is not None:
            await self._tunnel.close()

    async def _opened(self, tunnel: Tunnel, patience: Patience | None) -> End | None:
        opened = asyncio.ensure_future(tunnel.open())
        try:
            while True:
                await asyncio.wait({opened}, timeout=_LOOK)
                if opened.done():
                    opened.result()
                    return None
                if (end := await self._lookout.end()) is not None:
                    return end
                if patience is not None and patience.over(self._lookout.job()):
                    why = f" {tunnel.trouble.sentence}" if tunnel.trouble else ""
                    raise ServerFailed(
                        f"Your server runs, but could not be reached within "
                        f"{spoken(patience.start)}.{why}",
                        reason="tunnel",
                    )
        finally:
            opened.cancel()
