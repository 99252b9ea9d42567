"""The Unix account in whose name something is done."""

import grp
import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Identity:
    """A Unix account as processes see it, with all its groups (LDAP and SSSD ones included)."""

    name: str
    uid: int
    gid: int
    groups: tuple[int, ...]
    home: Path
    shell: str

    @classmethod
    def of(cls, name: str) -> "Identity":
        """Look up an account by name. Blocks on the name service; KeyError when there is none."""
        entry = pwd.getpwnam(name)
        return cls._from(entry)

    @classmethod
    def current(cls) -> "Identity":
        """Return the account this process runs as."""
        return cls._from(pwd.getpwuid(os.geteuid()))

    @classmethod
    def _from(cls, entry: pwd.struct_passwd) -> "Identity":
        return cls(
            name=entry.pw_name,
            uid=entry.pw_uid,
            gid=entry.pw_gid,
            groups=tuple(os.getgrouplist(entry.pw_name, entry.pw_gid)),
            home=Path(entry.pw_dir),
            shell=entry.pw_shell or "/bin/sh",
        )

    @property
    def is_current(self) -> bool:
        """Whether this process already runs as this account."""
        return self.uid == os.geteuid()

    def to_become_it(self) -> dict[str, Any]:
        """Return what makes `subprocess` start a program as this account; nothing if we are it."""
        if self.is_current:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": list(self.groups)}

    def group_names(self) -> list[str]:
        """Names of all groups of the account; numbers without a name are left out."""
        names = []
        for gid in self.groups:
            try:
                names.append(grp.getgrgid(gid).gr_name)
            except KeyError:
                continue  # a group that exists on the file server only
        return names
