"""The server's side of JupyterHub's `internal_ssl`: it serves and speaks TLS, both ways proven.

JupyterHub's own code reads key, certificate and authorities from files that are named in the
environment, as long as the server runs. Here they are written, in a folder that is private.
"""

import os
import shutil
import ssl
from pathlib import Path

from vispa_spawner.credentials import Credentials

_KEY, _CERTIFICATE, _AUTHORITIES = (
    "JUPYTERHUB_SSL_KEYFILE",
    "JUPYTERHUB_SSL_CERTFILE",
    "JUPYTERHUB_SSL_CLIENT_CA",
)


def install(credentials: Credentials, folder: Path) -> None:
    """Write the files into `folder` (0700) and name them in the environment."""
    folder = folder.resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)  # it may be there from last time
    for variable, name, text in (
        (_KEY, "server.key", credentials.key),
        (_CERTIFICATE, "server.crt", credentials.certificate),
        (_AUTHORITIES, "authorities.crt", credentials.authorities),
    ):
        _write(folder / name, text)
        os.environ[variable] = str(folder / name)


def installed() -> bool:
    """Whether this server has credentials."""
    return bool(os.environ.get(_KEY))


def renew(certificate: str) -> None:
    """Take a new certificate for the same key."""
    _write(Path(os.environ[_CERTIFICATE]), certificate)


def remove() -> None:
    """Delete the files of a server that ends."""
    if installed():
        shutil.rmtree(Path(os.environ[_KEY]).parent, ignore_errors=True)  # it is private anyway


def client_context() -> ssl.SSLContext | None:
    """Return how to speak to the hub: trust none but its authority. None without credentials."""
    return _context(ssl.Purpose.SERVER_AUTH) if installed() else None


def server_context() -> ssl.SSLContext:
    """Return how to serve: to clients with a certificate of the hub's or proxy's authority."""
    return _context(ssl.Purpose.CLIENT_AUTH)


def _context(purpose: ssl.Purpose) -> ssl.SSLContext:
    # With `cafile` the authorities of the system are not loaded.
    context = ssl.create_default_context(purpose, cafile=os.environ[_AUTHORITIES])
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(os.environ[_CERTIFICATE], os.environ[_KEY])
    return context


def _write(path: Path, text: str) -> None:
    """Replace a file whole, readable for its owner only."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.rename(path)
