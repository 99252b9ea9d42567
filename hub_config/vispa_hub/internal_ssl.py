"""`hub.internal_ssl`: the names in the certificates that hub, proxy and servers show each other.

JupyterHub makes its own certificates once and never looks at them again. So those that do not fit
the settings any more are taken away before it starts, and it makes new ones. The authorities that
sign them stay, and with them the trust of servers that run.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from certipy import Certipy
from cryptography import x509

from vispa_hub.settings import Settings
from vispa_spawner.certificates import alternative_name, names_of

_RENEWED_BEFORE = timedelta(days=90)
_MADE_ONCE = ("hub-internal", "proxy-api", "proxy-client")
_AUTHORITIES = ("hub-ca", "notebooks-ca", "proxy-api-ca", "proxy-client-ca", "services-ca")


def configure(c: Any, settings: Settings) -> None:
    """Switch it on or off, and tell JupyterHub the hub's names."""
    c.JupyterHub.internal_ssl = settings.hub.internal_ssl
    c.JupyterHub.internal_certs_location = str(settings.internal_certs)
    c.JupyterHub.trusted_alt_names = names(settings)
    if settings.hub.internal_ssl:
        forget_outdated(settings.internal_certs, names(settings))


def names(settings: Settings) -> list[str]:
    """Return how browsers and workers call the hub.

    Workers compare the hub's certificate with the name they use. The proxy hands on the name that
    the browser uses, and compares the server's certificate with that.
    """
    hosts = dict.fromkeys((settings.hub.host, settings.hub_address))
    return [alternative_name(host) for host in hosts]


def forget_outdated(location: Path, wanted: list[str]) -> None:
    """Take away certificates that lack a name or end soon, and let JupyterHub make new ones."""
    for name in _MADE_ONCE:
        certificate = _load(location, name)
        if certificate is None:
            continue
        ends_soon = certificate.not_valid_after_utc < datetime.now(UTC) + _RENEWED_BEFORE
        if ends_soon or not set(wanted) <= names_of(certificate):
            store = Certipy(store_dir=str(location)).store
            store.remove_files(name, delete_dir=True)


def first_end(location: Path) -> datetime | None:
    """Return when the first of the authorities ends; None before they are made."""
    found = [_load(location, name) for name in _AUTHORITIES]
    return min((one.not_valid_after_utc for one in found if one is not None), default=None)


def _load(location: Path, name: str) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificate((location / name / f"{name}.crt").read_bytes())
    except FileNotFoundError:
        return None
