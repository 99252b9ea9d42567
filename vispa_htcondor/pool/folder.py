"""Make the private folder a pool lives in."""

import os
import pwd
import re
import stat
from pathlib import Path

from .errors import PoolError

CONFIG = "condor_config"
# Written to by HTCondor's daemons.
_WRITABLE = ["log", "spool", "execute", "lock", "run"]
# HTCondor's configuration has no way to quote the others.
_PLAIN_PATH = re.compile(r"[\w/.+@:~=-]+", re.ASCII)


def default_folder() -> Path:
    """Return where a person's pool lives: $VISPA_POOL, or the usual place for state."""
    if named := os.environ.get("VISPA_POOL"):
        return Path(named)
    if os.geteuid() == 0:  # not root's home: jobs run as other accounts
        return Path("/var/lib/vispa/pool")
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state"
    return Path(base) / "vispa/pool"


def prepare(folder: Path) -> None:
    """Create `folder` and what HTCondor expects in it; raise PoolError if it must not be used."""
    as_root = os.geteuid() == 0
    mode = 0o755 if as_root else 0o700
    if not _PLAIN_PATH.fullmatch(str(folder)):
        raise PoolError(f"HTCondor cannot live in {str(folder)!r}: use letters, digits and -_.@+.")
    try:
        _create(folder, mode)
        _refuse_foreign(folder)
        folder.chmod(mode)
        for name in [*_WRITABLE, "etc"]:
            _create(folder / name, mode)
    except OSError as error:
        raise PoolError(f"The pool's folder cannot be made: {error}.") from error
    if as_root:
        _hand_to_condor(folder)


def forget_addresses(folder: Path) -> None:
    """Remove where the daemons of the last run were: those ports may be another pool's by now."""
    for stale in (folder / "log").glob(".*_address*"):
        stale.unlink()


def open_to_others(path: Path) -> None:
    """Raise PoolError unless other accounts can reach `path`."""
    for folder in (path, *path.parents):
        if not folder.stat().st_mode & stat.S_IXOTH:
            raise PoolError(
                f"Jobs run as their owners, who cannot reach {path} because {folder} is closed "
                "to other accounts. Choose another place (VISPA_POOL for the pool, VISPA_CACHE "
                f"for HTCondor itself), or open it: chmod o+x {folder}"
            )


def _create(folder: Path, mode: int) -> None:
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir()
        path.chmod(mode)  # whatever the umask


def _refuse_foreign(folder: Path) -> None:
    if folder.stat().st_uid != os.geteuid():
        raise PoolError(f"The folder {folder} belongs to {folder.owner()}, not to you.")
    if any(folder.iterdir()) and not (folder / "log").is_dir():
        raise PoolError(f"The folder {folder} holds other things. Choose an empty or a new one.")


def _hand_to_condor(folder: Path) -> None:
    try:
        account = pwd.getpwnam("condor")
    except KeyError:
        raise PoolError(
            "A pool started by root needs an account named condor, which runs the daemons: "
            "'useradd --system --shell /usr/sbin/nologin condor' creates it. "
            "Or start the pool as an ordinary user."
        ) from None
    open_to_others(folder)
    for name in _WRITABLE:
        os.chown(folder / name, account.pw_uid, account.pw_gid)
