"""Whose account a server runs in, and which folder is its home."""

import asyncio
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from vispa_htcondor.identity import Identity


@dataclass(frozen=True)
class Account:
    """The Unix identity of a server and the home it starts in."""

    identity: Identity
    home: Path

    def variables(self) -> dict[str, str]:
        """Return what a login would put into the environment."""
        return {
            "HOME": str(self.home),
            "USER": self.identity.name,
            "LOGNAME": self.identity.name,
            "SHELL": self.identity.shell,
        }


class AccountError(Exception):
    """There is no account or home to run in; the text is for the person."""


class Accounts(Protocol):
    """Finds the account of a hub user."""

    async def of(self, user: str) -> Account:
        """Return the account; AccountError with a sentence when there is none."""
        ...


class UnixAccounts:
    """Everybody has a Unix account of the same name as in the hub, and runs in it."""

    async def of(self, user: str) -> Account:
        """Look the account up in a thread, because name services can be slow."""
        try:
            identity = await asyncio.to_thread(Identity.of, user)
        except KeyError:
            raise AccountError(
                f"There is no account named {user} on this machine. Ask your administrator."
            ) from None
        if identity.uid == 0:
            raise AccountError("Servers do not run as root. Log in with an ordinary account.")
        return Account(identity, identity.home)


class SharedAccount:
    """Everybody runs in the hub's own account, each in a home folder of their own.

    For trying things out: whoever runs code here can read everybody's files.
    """

    def __init__(self, homes: Path, skeleton: Path | None = None) -> None:
        """Keep homes below `homes`; a new one starts as a copy of `skeleton`."""
        self.homes = homes.resolve()  # HTCondor runs elsewhere
        self.skeleton = skeleton

    async def of(self, user: str) -> Account:
        """Return the hub's account with the user's folder, made when it is missing."""
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", user):
            raise AccountError(f"The name {user!r} cannot be used for a home folder.")
        home = self.homes / user
        try:
            await asyncio.to_thread(self._make, home)
        except OSError as error:
            raise AccountError(f"Your home {home} cannot be made: {error.strerror}.") from error
        return Account(Identity.current(), home)

    def _make(self, home: Path) -> None:
        if home.is_dir():
            return
        self.homes.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = home.with_name(f".{home.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        if self.skeleton is None:
            fresh.mkdir()
        else:
            shutil.copytree(self.skeleton, fresh, symlinks=True)
        fresh.chmod(0o700)
        fresh.rename(home)  # whole or not at all
