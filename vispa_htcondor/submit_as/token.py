"""One of HTCondor's IDTOKENS, read as far as we must know it."""

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from typing import Any, Self

from vispa_htcondor.errors import HTCondorError

_PARTS = re.compile(r"([\w-]+)\.([\w-]+)\.([\w-]+)", re.ASCII)


class UnusableToken(HTCondorError):
    """There is no token that proves who somebody is; the text says why."""


@dataclass(frozen=True)
class Token:
    """A token, the account it is for, and when it expires (seconds since 1970, or None).

    Nothing is proved by reading it: HTCondor checks the signature. It keeps a mistake in the
    configuration from becoming a job in somebody else's name.
    """

    text: str = field(repr=False)
    account: str
    expires: float | None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a token; UnusableToken when it is none. It must stand alone, blanks around it."""
        parts = _PARTS.fullmatch(text.strip())
        if parts is None:
            raise UnusableToken("What should be a token of HTCondor is none.")
        payload = _payload(parts[2])
        subject, expires = payload.get("sub"), payload.get("exp")
        if not isinstance(subject, str) or isinstance(expires, bool):
            raise UnusableToken("A token of HTCondor does not say whom it is for.")
        return cls(
            text=text.strip(),
            account=subject.partition("@")[0],
            expires=float(expires) if isinstance(expires, int | float) else None,
        )


def _payload(encoded: str) -> dict[str, Any]:
    try:
        payload = json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    except (binascii.Error, ValueError):
        raise UnusableToken("What should be a token of HTCondor cannot be read.") from None
    if not isinstance(payload, dict):
        raise UnusableToken("What should be a token of HTCondor says nothing.")
    return payload
