"""Get a fresh checkout ready: `python3 -m dev.bootstrap demo` or `... test`.

Each step looks first whether it is needed at all, so a second run takes less than a second. An
interrupted run is taken up by the next one.
"""

from __future__ import annotations

import fcntl
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from dev import CACHE
from dev.browser import ensure_browser
from dev.bytecode import ensure_bytecode
from dev.family import die_with_parent
from dev.node import ensure_lab_extensions, ensure_node, ensure_node_modules
from dev.packages import ensure_packages, ensure_shared_files, ensure_uv
from dev.progress import Failure, say
from dev.sshd import ensure_sshd
from dev.venv import ensure_venv

if TYPE_CHECKING:
    from collections.abc import Iterator

PURPOSES = ("demo", "test")


def bootstrap(purpose: str) -> None:
    """Install what `make demo` or `make test` needs. Raises `Failure` with what to do."""
    with _alone():
        ensure_venv()
        ensure_uv()
        ensure_packages(purpose)
        ensure_bytecode()
        ensure_node()
        ensure_node_modules()
        ensure_lab_extensions()
        ensure_shared_files()
        if purpose == "test":
            ensure_browser()
            ensure_sshd()


@contextmanager
def stopping_with_a_sentence() -> Iterator[None]:
    """End the program on a `Failure` or a signal without a traceback."""
    die_with_parent()
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    try:
        yield
    except Failure as failure:
        sys.exit(f"\n{failure}")
    except KeyboardInterrupt:
        sys.exit("\nInterrupted. The same command goes on from here.")


def _stop(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt


@contextmanager
def _alone() -> Iterator[None]:
    """Keep two runs in one checkout from installing at the same time."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "bootstrap.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("  Waiting for another `make` that is installing in this checkout")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    if sys.argv[1:] not in [[purpose] for purpose in PURPOSES]:
        sys.exit(f"Usage: python3 -m dev.bootstrap {'|'.join(PURPOSES)}")
    with stopping_with_a_sentence():
        bootstrap(sys.argv[1])
