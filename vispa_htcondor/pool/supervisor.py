"""Stay with a pool's condor_master and let nothing of the pool outlive it.

A small process of its own: the parent of condor_master, and of every process of the pool that
loses its own parent. Run as `python -m vispa_htcondor.pool MASTER MARKER [PID:STARTED]`.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import time

from .processes import Process, descendants, process

_PR_SET_CHILD_SUBREAPER = 36
_WATCHED = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD}
# How condor_master is asked to go, with the patience for each in seconds: jobs may end by
# themselves, jobs are ended. What is left then is killed.
_FAREWELL = [(signal.SIGTERM, 5.0), (signal.SIGQUIT, 3.0)]
GRACE = sum(seconds for _, seconds in _FAREWELL) + 10


def main(arguments: list[str]) -> int:
    """Run condor_master until it ends, SIGTERM arrives, or the parent is gone; then clean up."""
    executable, marker, *parent = arguments
    _adopt_orphans()
    for number in _WATCHED:  # may be ignored in whoever started us, and HTCondor inherits that
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    # Parents are told apart by number and start time; a missing one is a dead one.
    watched = _identify(parent)
    if parent and watched is None:
        return 1
    name, _, value = marker.partition("=")
    master = subprocess.Popen(
        [executable, "-f"],
        env={**os.environ, name: value},
        preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, _WATCHED),
    )
    running = _watch(master.pid, watched)
    _end(master.pid, running)
    return 0


def _watch(master: int, parent: Process | None) -> bool:
    """Wait for a reason to stop; return whether condor_master still runs."""
    while True:
        received = signal.sigtimedwait(_WATCHED, 0.5 if parent else 3600)
        if master in _reap():
            return False
        if received and received.si_signo in {signal.SIGTERM, signal.SIGINT}:
            return True
        if parent and not parent.is_alive():
            return True


def _end(master: int, running: bool) -> None:
    for number, seconds in _FAREWELL:
        if not running:
            break
        for one in descendants(os.getpid()):
            one.send(signal.SIGCONT)  # a stopped daemon would not hear
        os.kill(master, number)
        running = not _ends_within(master, seconds)
    while rest := descendants(os.getpid()):
        for one in rest:
            one.send(signal.SIGKILL)
        time.sleep(0.02)
        _reap()


def _ends_within(master: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        signal.sigtimedwait({signal.SIGCHLD}, left)
        if master in _reap():
            return True
    return False


def _reap() -> set[int]:
    """Bury ended children, adopted ones too, and return their numbers."""
    ended = set()
    with contextlib.suppress(ChildProcessError):
        while pid := os.waitpid(-1, os.WNOHANG)[0]:
            ended.add(pid)
    return ended


def _adopt_orphans() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def _identify(parent: list[str]) -> Process | None:
    if not parent:
        return None
    pid, _, started = parent[0].partition(":")
    found = process(int(pid))
    return found if found and found.started == int(started) else None
