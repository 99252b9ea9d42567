"""The worker stays in the hub's account and shows HTCondor a token that names the person."""

import asyncio
import hashlib
import math
import os
import shutil
import tempfile
import time
from pathlib import Path

from vispa_htcondor.identity import Identity
from vispa_htcondor.submit_as.token import Token, UnusableToken
from vispa_htcondor.submit_as.token_source import TokenSource
from vispa_htcondor.submit_as.way import Launch

_MARGIN = 60.0
"""Seconds before a token expires at which its worker is replaced: more than a call may take."""


class Tokens:
    """For a hub that is not root. It sees neither homes nor accounts from the inside.

    Each worker has a folder of its own with one token in it, and is told of no other. It runs at
    most as long as the token is good. The files of jobs go through HTCondor's spool.
    """

    spools = True
    hub_removes = False

    def __init__(self, source: TokenSource, folder: Path) -> None:
        """Ask `source` for tokens. `folder` is for us alone and is made with mode 0700."""
        self._source = source
        self._folder = folder.resolve()  # the bindings run elsewhere

    async def launch(self, identity: Identity) -> Launch:
        """Get a fresh token and put it where only this worker is sent."""
        token = await self._source.token(identity.name)
        if token.account != identity.name:
            raise UnusableToken(
                f"The token for {identity.name} is one for {token.account}. Nothing was submitted."
            )
        left = math.inf if token.expires is None else token.expires - time.time()
        if left <= _MARGIN:
            raise UnusableToken(
                f"The token for {identity.name} is good for less than {_MARGIN:.0f} seconds."
            )
        own = await asyncio.to_thread(self._keep, token)
        return Launch(
            Identity.current(),
            environment=_only(own),
            good_until=time.monotonic() + left - _MARGIN,
            clean_up=lambda: shutil.rmtree(own, ignore_errors=True),  # it expires anyway
        )

    def folder(self, identity: Identity, folder: Path) -> Path:
        """Return a folder of ours for each folder of a person's."""
        name = hashlib.sha256(str(folder).encode()).hexdigest()[:32]  # they differ in their ends
        return self._folder / "jobs" / identity.name / name

    def _keep(self, token: Token) -> Path:
        """Write a token into a new folder, 0700, as a file with mode 0600."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        self._sweep()
        own = Path(tempfile.mkdtemp(prefix=f"token-{os.getpid()}-", dir=self._folder))
        descriptor = os.open(own / "token", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(token.text + "\n")
        return own

    def _sweep(self) -> None:
        """Delete what a killed process has left. Its workers ended with it."""
        for old in self._folder.glob("token-*-*"):
            if not Path("/proc", old.name.split("-")[1]).exists():
                shutil.rmtree(old, ignore_errors=True)  # another process may have been quicker


def _only(own: Path) -> dict[str, str]:
    """Variables with which HTCondor's library proves who it is by this token and nothing else.

    Any other proof, a file in our account above all, would make us the owner of the job.
    """
    nowhere = str(own / "none")
    return {
        "_CONDOR_SEC_CLIENT_AUTHENTICATION": "REQUIRED",
        "_CONDOR_SEC_CLIENT_AUTHENTICATION_METHODS": "IDTOKENS",
        "_CONDOR_SEC_TOKEN_DIRECTORY": str(own),
        "_CONDOR_SEC_TOKEN_SYSTEM_DIRECTORY": nowhere,
        "_CONDOR_SEC_PASSWORD_DIRECTORY": nowhere,
        "_CONDOR_SEC_TOKEN_POOL_SIGNING_KEY_FILE": nowhere,
    }
