"""The one account that root's demo runs as, and what goes over to it."""

from __future__ import annotations

import pwd
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from dev.interpreter import open_to_all
from dev.progress import Failure, run

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "vispa-demo"
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_KEPT = ("LANG", "TERM", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS")
_KEPT_PREFIXES = ("LC_", "PIP_", "UV_", "NPM_CONFIG_", "YARN_")
_KEPT_SUFFIXES = ("_PROXY", "_CA_BUNDLE")


def ensure_account(name: str = NAME) -> pwd.struct_passwd:
    """Find or create the account. Raises `Failure` when it cannot be used."""
    try:
        account = pwd.getpwnam(name)
    except KeyError:
        account = _create(name)
    home = Path(account.pw_dir)
    if account.pw_uid == 0 or not home.is_dir() or home.stat().st_uid != account.pw_uid:
        raise Failure(
            f"The account {name} exists, but {home} is not a home of its own. Remove the account "
            f"(userdel {name}) and run this again, or run `make demo` as an ordinary user."
        )
    return account


def environment(account: pwd.struct_passwd, ours: Mapping[str, str]) -> dict[str, str]:
    """Give the account a clean environment, with what a site needs to download packages."""
    kept = {name: value for name, value in ours.items() if _is_kept(name) and _is_usable(value)}
    return {
        **kept,
        "HOME": account.pw_dir,
        "USER": account.pw_name,
        "LOGNAME": account.pw_name,
        "SHELL": account.pw_shell or "/bin/sh",
        "PATH": _PATH,
    }


def _create(name: str) -> pwd.struct_passwd:
    if not shutil.which("useradd"):
        raise Failure(
            f"The demo does not run as root, and there is no `useradd` here to create {name} with. "
            "Run `make demo` as an ordinary user."
        )
    place = next((base for base in (Path("/home"), Path("/var/lib")) if open_to_all(base)), None)
    if place is None:
        raise Failure("Neither /home nor /var/lib is there for other accounts to have a home in.")
    home = place / name
    command = ["useradd", "--system", "--create-home", "--shell", "/bin/bash"]
    run(
        [*command, "--home-dir", home, name],
        f"Creating the account {name} for the demo",
        cwd=Path("/"),
    )
    return pwd.getpwnam(name)


def _is_kept(name: str) -> bool:
    upper = name.upper()
    return not upper.endswith("CACHE_DIR") and (
        upper in _KEPT or upper.startswith(_KEPT_PREFIXES) or upper.endswith(_KEPT_SUFFIXES)
    )


def _is_usable(value: str) -> bool:
    """Leave out paths that only root can read: they would make each tool fail."""
    return not value.startswith("/") or open_to_all(Path(value))
