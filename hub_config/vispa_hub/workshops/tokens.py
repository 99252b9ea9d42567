"""The tokens on the slips: 80 random bits, in letters and digits that are hard to confuse.

A token is 16 characters of Crockford's base32 in groups of four, ``K7QM-2XPD-9R4T-VBNE``. Hubs
keep only a keyed hash of it.
"""

import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
LONGEST_ENTRY = 100
"""What is longer than this is not looked at: no slip is that long, however it is typed."""

_CONFUSED = str.maketrans("ILO", "110")
_BETWEEN = re.compile(r"[\s\-_.\u00ad\u2010-\u2015\u2212]+")


def new_token() -> str:
    """Draw a token, as it is printed."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(drawn[at : at + 4] for at in range(0, LENGTH, 4))


def read(entry: str) -> str | None:
    """Read what somebody typed: any case, with or without dashes, O for 0, I or L for 1.

    Returns the 16 characters, or None when this cannot be a token.
    """
    if len(entry) > LONGEST_ENTRY:
        return None
    token = _BETWEEN.sub("", entry)
    if not token.isascii():  # before upper(), which makes ASCII of some letters
        return None
    token = token.upper().translate(_CONFUSED)
    return token if len(token) == LENGTH and set(token) <= set(ALPHABET) else None


def digest(token: str, pepper: bytes) -> str:
    """Hash a token as it was printed or `read`, with the hub's key: 64 hexadecimal digits."""
    canonical = read(token)
    assert canonical is not None, "only a token can be hashed"
    return hmac.digest(pepper, canonical.encode(), hashlib.sha256).hex()


def pepper_in(folder: Path) -> bytes:
    """Read the hub's key for hashing tokens from its file; the first call makes it, mode 0600."""
    file = folder / "pepper"
    try:
        return file.read_bytes()
    except FileNotFoundError:
        fresh = folder / f".pepper.{secrets.token_hex(8)}"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new:
            new.write(secrets.token_bytes(32))
            new.flush()
            os.fsync(new.fileno())
        try:
            os.link(fresh, file)  # the first one stays, whole, if two come at once
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
        return file.read_bytes()
