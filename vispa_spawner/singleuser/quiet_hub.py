"""JupyterHub's part of a server, which lets the hub alone while servers start.

JupyterHub makes each server ask the hub for its version before it serves anything, and report
activity at once. When a course begins, that is two requests more from everybody to a hub that has
most to do in just this minute, and each server loads an HTTP client for them. Both can wait:
the version is only for a warning in the log, and the hub knows that it has just started a server.
"""

import asyncio
import random

from jupyterhub import __version__
from jupyterhub._version import _check_version
from jupyterhub.httpclient import fetch
from jupyterhub.singleuser.extension import JupyterHubSingleUser

_BETWEEN = (30.0, 60.0)
"""Seconds until a server first speaks to the hub. Not the same for all, since all start at once."""


class QuietSingleUser(JupyterHubSingleUser):  # type: ignore[misc]  # untyped base
    """The extension of Jupyter Server that belongs to JupyterHub, with a pause at its beginning."""

    @classmethod
    def get_extension_package(cls) -> str:
        """Go by the name of the extension that this is."""
        return "jupyterhub"

    async def check_hub_version(self) -> None:
        """Do nothing yet."""

    async def keep_activity_updated(self) -> None:
        """Pause, then compare versions and report activity, as JupyterHub does."""
        await asyncio.sleep(random.uniform(*_BETWEEN))  # noqa: S311  # nothing to guess here
        await self._compare_versions()
        await super().keep_activity_updated()

    async def _compare_versions(self) -> None:
        try:
            answer = await fetch(self.hub_auth.api_url, **self.hub_http_client_opts)
        except Exception as error:  # noqa: BLE001  # whatever it is: a hub may restart, we go on
            self.log.warning("The hub was not asked for its version, it is away: %s", error)
        else:
            _check_version(answer.headers.get("X-JupyterHub-Version"), __version__, self.log)
