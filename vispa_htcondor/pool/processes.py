"""Read /proc: which processes belong to a pool, and which process is still the one we mean."""

import contextlib
import functools
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """One process, told from a later one with the same number by when it started.

    `started` counts clock ticks since the machine booted; `boot` names that boot.
    """

    pid: int
    started: int
    boot: str

    def is_alive(self) -> bool:
        """Tell whether this very process still runs (a zombie does not)."""
        stat = _stat(self.pid)
        return (
            stat is not None
            and stat.state not in "ZX"
            and (stat.started, boot_id()) == (self.started, self.boot)
        )

    def send(self, number: signal.Signals) -> None:
        """Signal this very process, if it is still there."""
        if self.is_alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


@functools.cache
def boot_id() -> str:
    """Return a name of the machine's current boot."""
    return (_PROC / "sys/kernel/random/boot_id").read_text().strip()


def process(pid: int) -> Process | None:
    """Return the process that has this number now, or None."""
    stat = _stat(pid)
    return Process(pid, stat.started, boot_id()) if stat and stat.state not in "ZX" else None


def members(marker: str) -> list[Process]:
    """List the processes whose environment has the entry `marker` ("NAME=value").

    Environments of other accounts can only be read by root.
    """
    found = []
    for pid in _pids():
        candidate = process(pid)
        if candidate and marker.encode() in _environment(pid) and candidate.is_alive():
            found.append(candidate)
    return found


def descendants(pid: int) -> list[Process]:
    """List the children of process `pid`, their children, and so on."""
    children: dict[int, list[int]] = {}
    for other in _pids():
        if stat := _stat(other):
            children.setdefault(stat.parent, []).append(other)
    found, waiting = [], [pid]
    while waiting:
        for child in children.get(waiting.pop(), []):
            waiting.append(child)
            if one := process(child):
                found.append(one)
    return found


@dataclass(frozen=True)
class _Stat:
    state: str
    parent: int
    started: int


def _stat(pid: int) -> _Stat | None:
    try:
        text = (_PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text.rpartition(")")[2].split()  # the name in parentheses may contain anything
    return _Stat(state=fields[0], parent=int(fields[1]), started=int(fields[19]))


def _pids() -> Iterator[int]:
    return (int(path.name) for path in _PROC.iterdir() if path.name.isdecimal())


def _environment(pid: int) -> list[bytes]:
    try:
        return (_PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return []
