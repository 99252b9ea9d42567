"""Processes that begin and end together, whichever of them is ended, and how.

Linux gives us two things. A process can ask to be signalled when its parent is gone, and a
process can ask to become the parent of all its orphaned descendants ("subreaper"), so that
daemons which left their session and process group are still found.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PRCTL = ctypes.CDLL(None).prctl  # looked up here: between fork and exec it would be too late
_KILL_TAKES = 10.0  # seconds until we no longer wait for a killed process: it hangs in the kernel
_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def die_with_parent() -> None:
    """Get SIGTERM when the parent ends. A change of account forgets this: call it afterwards."""
    _PRCTL(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)


def become_reaper() -> None:
    """Become the parent of every descendant whose own parent ends."""
    _PRCTL(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def supervise(command: Sequence[object], grace: float = 60, **popen: Any) -> int:
    """Run a command until it ends, pass signals on to it, and leave none of its descendants.

    The command gets a session of its own, so that a Ctrl-C reaches it once, through us, and an
    unprivileged command cannot type into root's terminal. Returns its exit status in the manner
    of a shell.
    """
    become_reaper()
    wanted: list[int] = []
    child: list[subprocess.Popen[bytes]] = []

    def pass_on(number: int, _: object) -> None:
        wanted.append(number)
        if child:
            child[0].send_signal(number)

    for number in _STOPPING:
        signal.signal(number, pass_on)
    child.append(
        subprocess.Popen(
            list(map(str, command)),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent,
            **popen,
        )
    )
    for early in wanted:  # what came before there was a child
        child[0].send_signal(early)
    status = child[0].wait()
    end_descendants(grace)
    return status if status >= 0 else 128 - status


def end_descendants(grace: float) -> list[str]:
    """End every process below this one: ask, wait at most `grace` seconds, then kill.

    Returns the names of those that had to be killed.
    """
    deadline = time.monotonic() + grace
    asked: set[int] = set()
    killed: dict[int, str] = {}
    while (left := _living()) and time.monotonic() < deadline + _KILL_TAKES:
        for pid in left:
            if pid not in asked:
                asked.add(pid)
                _signal(pid, signal.SIGTERM)
            elif time.monotonic() > deadline:
                killed.setdefault(pid, _name(pid))
                _signal(pid, signal.SIGKILL)
        time.sleep(0.05)
    return list(killed.values())


def descendants(ancestor: int | None = None) -> list[int]:
    """Process ids below `ancestor` (this process), nearest first. Zombies are among them."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                children.setdefault(_stat(int(entry.name))[1], []).append(int(entry.name))
    found = [ancestor or os.getpid()]
    for pid in found:
        found.extend(children.get(pid, ()))
    return found[1:]


def _living() -> list[int]:
    """Find the descendants that still run, and bury those of our children that do not."""
    living = []
    for pid in descendants():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError, ChildProcessError):
            state, parent = _stat(pid)
            if state not in {"Z", "X"}:
                living.append(pid)
            elif parent == os.getpid():
                os.waitpid(pid, os.WNOHANG)
    return living


def _stat(pid: int) -> tuple[str, int]:
    """Read a process's state letter and its parent's id."""
    after_name = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    return after_name[0], int(after_name[1])


def _name(pid: int) -> str:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        command = ""
    return f"process {pid} ({command.strip()[:80]})"


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
