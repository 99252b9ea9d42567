"""The folder with the hub's ends of all tunnels.

Each ssh runs as the person whose job it reaches, so it makes its socket in a folder of that
person's. Hub and proxy may be root: were they to use that path, the person could put a link to
any other socket of the machine in its place. So the socket itself gets a second name, in a folder
where only the hub can write, and only this name is used.
"""

import asyncio
import atexit
import fcntl
import os
import secrets
import shutil
import stat
from pathlib import Path

from vispa_htcondor.errors import HTCondorError
from vispa_htcondor.identity import Identity

_OTHER_NAMES = (":80",)
_AT_ONCE = 8


class Doors:
    """The sockets behind which the tunnels begin, in `folder` (made when the first is needed).

    Each socket is there under `name` and under `name:80`: a program that reads the address
    ``http+unix://…/name:80`` takes the port for a part of the name, or does not.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.places = asyncio.Semaphore(_AT_ONCE)
        """For tunnels that are being opened: a hub that restarts needs those of all servers."""
        self._lock: int | None = None

    def path(self, name: str) -> Path:
        """Return where the socket of the tunnel `name` is, when it is open."""
        return self.folder / "s" / name

    def workshop(self, identity: Identity) -> Path:
        """Make a folder in which only this account can make something."""
        self._prepare()
        work = self.folder / "w" / secrets.token_hex(4)
        work.mkdir(mode=0o700)
        if not identity.is_current:
            os.chown(work, identity.uid, identity.gid)
        return work

    def hang(self, name: str, made: Path, identity: Identity) -> None:
        """Give the socket `made`, which must be one of this account's, its name among the doors.

        Raises FileNotFoundError when there is nothing yet, HTCondorError when it is not right.
        """
        door = self.path(name)
        fresh = door.with_name(f".{name}.{secrets.token_hex(4)}")
        os.link(made, fresh, follow_symlinks=False)
        try:
            # Looked at under its new name, which nobody else can change any more.
            found = fresh.lstat()
            if not stat.S_ISSOCK(found.st_mode) or found.st_uid != identity.uid:
                raise HTCondorError(f"{made} is not a socket of {identity.name}.")
            for other in _OTHER_NAMES:
                again = fresh.with_name(f"{fresh.name}{other}")
                os.link(fresh, again, follow_symlinks=False)
                again.replace(door.with_name(f"{name}{other}"))
            fresh.replace(door)
        finally:
            fresh.unlink(missing_ok=True)

    def take_down(self, name: str) -> None:
        """Remove the socket of a tunnel."""
        for one in ("", *_OTHER_NAMES):
            self.path(f"{name}{one}").unlink(missing_ok=True)

    def _prepare(self) -> None:
        if self._lock is not None:
            return
        self.folder.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            _take(self.folder, descriptor)
            self._make(descriptor)
        except BaseException:  # whatever it was, it stays closed; raised again
            os.close(descriptor)
            raise
        self._lock = descriptor
        # Tunnels end with the hub, so nothing in there is of use to anybody then.
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)

    def _make(self, descriptor: int) -> None:
        """Make the folder's folders anew. What is there, a hub that was killed has left."""
        # People must be able to go through to their own folder, and see nothing else.
        through = 0o711 if os.geteuid() == 0 else 0o700
        os.fchmod(descriptor, through)
        for name, mode in (("s", 0o700), ("w", through)):
            shutil.rmtree(self.folder / name, ignore_errors=True)
            (self.folder / name).mkdir()
            (self.folder / name).chmod(mode)


def _take(folder: Path, descriptor: int) -> None:
    """Make sure that the folder is this hub's alone, for as long as the descriptor is open."""
    if os.fstat(descriptor).st_uid != os.geteuid():
        raise HTCondorError(f"{folder} does not belong to the hub's account. Remove it.")
    try:
        # The lock also keeps systemd-tmpfiles from clearing up in here.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise HTCondorError(
            f"Another hub of the same name uses {folder}. Give each hub its own name "
            "(hub.instance)."
        ) from None
