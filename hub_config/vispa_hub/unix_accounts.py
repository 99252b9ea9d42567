"""What the machine's name service knows of an account.

The name service may be a directory far away: call this from a thread, never from an event loop.
"""

import grp
import os
import pwd
from dataclasses import dataclass


@dataclass(frozen=True)
class UnixAccount:
    """An account and the names of all its groups, the primary one included."""

    uid: int
    groups: frozenset[str]


def look_up(name: str) -> UnixAccount | None:
    """Ask the name service; None when it knows no such account."""
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    groups = (_name_of(gid) for gid in os.getgrouplist(name, entry.pw_gid))
    return UnixAccount(entry.pw_uid, frozenset(group for group in groups if group))


def _name_of(gid: int) -> str | None:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:  # a group the account still has, and nobody else knows
        return None
