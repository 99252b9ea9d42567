"""JupyterHub's `internal_ssl` for servers whose files and addresses are not the hub's.

JupyterHub leaves key and certificate as files on the hub's disk, where a server in another account
or on another machine cannot read them. Ours travel with what else the server is told in private.
"""

import inspect
import ssl
from pathlib import Path
from typing import Any

from jupyterhub.utils import make_ssl_context

from vispa_spawner.certificates import Authority, alternative_name
from vispa_spawner.credentials import Credentials


class WithInternalSsl:
    """The part of a spawner that makes its servers' credentials; for a class of `Spawner`'s."""

    user: Any
    internal_ssl: bool
    internal_certs_location: str
    internal_trust_bundles: dict[str, str]
    ssl_alt_names: Any
    ssl_alt_names_include_local: bool

    async def create_certs(self) -> dict[str, str]:
        """Do without the files that JupyterHub would make: `new_credentials` brings them."""
        return {}

    async def new_credentials(self, *addresses: str) -> Credentials | None:
        """Make credentials for a server at these addresses; None without `internal_ssl`."""
        if not self.internal_ssl:
            return None
        names = [*await self._names(), *map(alternative_name, addresses)]
        return self._issue(names)

    async def certify(self, presented: bytes, address: str) -> str:
        """Sign the key of a server's certificate (DER) for the address it has; returns PEM."""
        names = [*await self._names(), alternative_name(address)]
        return Authority.of_hub(self.internal_certs_location).certify(presented, names)

    def hub_context(self) -> ssl.SSLContext | None:
        """Return how the hub speaks to servers; None without `internal_ssl`."""
        if not self.internal_ssl:
            return None
        settings = self.user.settings
        context: ssl.SSLContext = make_ssl_context(
            settings["internal_ssl_key"],
            settings["internal_ssl_cert"],
            cafile=settings["internal_ssl_ca"],
        )
        return context

    def _issue(self, names: list[str]) -> Credentials:
        authority = Authority.of_hub(self.internal_certs_location)
        key, certificate = authority.issue(f"user-{self.user.name}", names)
        trusted = Path(self.internal_trust_bundles["notebooks-ca"]).read_text(encoding="ascii")
        return Credentials(key, certificate, trusted)

    async def _names(self) -> list[str]:
        """Return the names a certificate has wherever its server runs.

        The proxy passes on the name that the browser asked for, and compares the certificate with
        that: JupyterHub's `trusted_alt_names` must have the hub's public name.
        """
        names = self.ssl_alt_names
        if callable(names):
            names = names(self)
            if inspect.isawaitable(names):
                names = await names
        local = ["DNS:localhost", "IP:127.0.0.1"] if self.ssl_alt_names_include_local else []
        return [*local, *names]
