"""Where tokens come from: a command that issues one for a person, or a folder of them."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from vispa_htcondor.submit_as.token import Token, UnusableToken

_PATIENCE = 10.0  # seconds to wait for a token


class TokenSource(Protocol):
    """Gives tokens for accounts."""

    async def token(self, account: str) -> Token:
        """Return a token for this account; UnusableToken with a sentence when there is none."""
        ...


class TokenCommand:
    """Runs a command, without a shell, that prints a token.

    In each of its words ``{account}`` stands for the name of the account.
    """

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> None:
        self._command = list(command)
        self._environment = dict(environment or {})

    async def token(self, account: str) -> Token:
        """Run the command and read its output."""
        words = [word.replace("{account}", account) for word in self._command]
        try:
            process = await asyncio.create_subprocess_exec(
                *words,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env={**os.environ, **self._environment},
            )
        except OSError as error:
            raise UnusableToken(f"{words[0]} cannot be run: {error.strerror}.") from error
        try:
            async with asyncio.timeout(_PATIENCE):
                output, complaint = await process.communicate()
        except TimeoutError:
            raise UnusableToken(
                f"{words[0]} gave no token for {account} within {_PATIENCE:.0f} seconds."
            ) from None
        finally:
            if process.returncode is None:
                process.kill()
        if process.returncode:
            words_of_it = complaint.decode(errors="replace").strip() or "it said nothing"
            raise UnusableToken(f"{words[0]} gave no token for {account}: {words_of_it}")
        return Token.parse(output.decode(errors="replace"))


class TokenFolder:
    """A folder with a file for each account, of its name, that somebody else keeps fresh."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def token(self, account: str) -> Token:
        """Read the account's file."""
        try:
            text = await asyncio.to_thread((self._folder / account).read_text, encoding="utf-8")
        except OSError as error:
            raise UnusableToken(
                f"There is no token for {account} in {self._folder}: {error.strerror}."
            ) from error
        return Token.parse(text)


def signing_key(key: Path, domain: str, lifetime: int = 600) -> TokenCommand:
    """Let HTCondor's own program sign tokens with a key of the pool.

    `key` is a copy of a file in the pool's SEC_PASSWORD_DIRECTORY, of the same name, that belongs
    to this process's account with mode 0600. `domain` is the pool's UID_DOMAIN.
    """
    return TokenCommand(
        [
            "condor_token_create",
            "-key", key.name,
            "-identity", f"{{account}}@{domain}",
            "-lifetime", str(lifetime),
            "-authz", "READ",
            "-authz", "WRITE",
        ],
        {"_CONDOR_SEC_PASSWORD_DIRECTORY": str(key.parent)},
    )  # fmt: skip
