"""Keep one fetched HTCondor for all pools of a machine or person.

A tree is built in a folder beside its place and renamed when it is complete, under a lock that
dies with its holder: whoever finds a tree finds a whole one.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import debian
from .errors import PoolError
from .progress import Progress
from .relocate import is_ready, relocate


def cache_folder() -> Path:
    """Return where fetched software is kept: $VISPA_CACHE, or the system's usual place.

    Root's is /var/cache/vispa and not its home, because jobs run as other accounts.
    """
    if named := os.environ.get("VISPA_CACHE"):
        return Path(named).expanduser().resolve()
    if os.geteuid() == 0:
        return Path("/var/cache/vispa")
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return (Path(base) / "vispa").resolve()


def fetched_htcondor(suite: str = debian.DEFAULT_SUITE) -> Path:
    """Return a tree with a working HTCondor in usr/, fetching it when there is none yet."""
    tree = cache_folder() / f"htcondor-{suite}-{debian.architecture()}"
    if is_ready(tree):
        return tree
    progress = Progress()
    try:
        _make_readable(tree.parent)
        with _lock(tree.with_name(f"{tree.name}.lock")):
            if not is_ready(tree):  # another process may have been faster
                _provide(tree, suite, progress)
    except OSError as error:
        raise PoolError(
            f"HTCondor cannot be kept in {tree.parent}: {error.strerror or error}. "
            "Name another folder in the environment variable VISPA_CACHE."
        ) from error
    finally:
        progress.close()
    return tree


def _provide(tree: Path, suite: str, progress: Progress) -> None:
    if tree.exists():
        progress.say(f"Adapting HTCondor to its new place {tree}")
        relocate(tree, tree)
        return
    _sweep(tree)
    building = Path(tempfile.mkdtemp(prefix=f"{tree.name}.part-", dir=tree.parent))
    try:
        building.chmod(0o755)  # jobs of other accounts run programs from here
        version = debian.fetch(suite, building, progress)
        relocate(building, tree)
        building.rename(tree)
        progress.say(f"HTCondor {version} is ready in {tree}")
    finally:
        _sweep(tree)


def _sweep(tree: Path) -> None:
    """Remove what an interrupted run has left, even while its last child is still writing."""
    for left_over in tree.parent.glob(f"{tree.name}.part-*"):
        shutil.rmtree(left_over, ignore_errors=True)


def _make_readable(folder: Path) -> None:
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        path.chmod(0o755)


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
