"""What a server proves itself with where JupyterHub's `internal_ssl` is on."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Credentials:
    """A private key, its certificate, and whom the server trusts; each the text of a PEM file."""

    key: str = field(repr=False)
    certificate: str
    authorities: str
    """The certificates of those who may sign for hub and proxy. Nobody else gets in."""
