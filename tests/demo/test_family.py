"""Whatever ends which layer of the demo, all layers below it end too."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import psutil
import pytest

from dev import ROOT
from tests.pool.people import survivors, wait_for

SUPERVISE = "import sys; from dev.family import supervise; sys.exit(supervise(sys.argv[1:], 0.5))"
# A child that waits, and a daemon in a session of its own whose parent has ended.
FAMILY = "(setsid sh -c 'sleep 871 & sleep 872' &) ; trap 'exit 7' TERM; sleep 873 & wait"
STUBBORN = "(setsid sh -c \"trap '' TERM; sleep 874\" &) ; exec sleep 875"

Start = Callable[..., psutil.Popen]


@pytest.fixture
def start() -> Iterator[Start]:
    """Run a shell script below a supervisor, and wait for so many processes of it."""
    seen: list[psutil.Process] = []

    def start(script: str, sleeps: int) -> psutil.Popen:
        command = [sys.executable, "-c", SUPERVISE, "sh", "-c", script]
        process = psutil.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        wait_for(lambda: len(sleeping(process)) == sleeps)
        seen.extend([process, *process.children(recursive=True)])
        return process

    yield start
    for one in survivors(seen):
        one.kill()


def sleeping(process: psutil.Process) -> list[psutil.Process]:
    return [one for one in process.children(recursive=True) if one.name() == "sleep"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_reaches_the_command(start: Start, number: signal.Signals) -> None:
    process = start(f"trap 'echo heard; exit 7' {number.name[3:]}; sleep 876 & wait", 1)
    process.send_signal(number)
    out, _ = process.communicate(timeout=60)
    assert out == b"heard\n"
    assert process.returncode == 7


def test_a_signal_that_was_ignored_by_whoever_started_us_counts(start: Start) -> None:
    """A shell without job control starts what it puts into the background like this."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process = start("exec sleep 877", 1)
    finally:
        signal.signal(signal.SIGINT, before)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 128 + signal.SIGINT


def test_daemons_end_with_the_command(start: Start) -> None:
    process = start(FAMILY, 3)
    family = process.children(recursive=True)
    process.terminate()
    assert process.wait(60) == 7
    assert survivors(family) == []


def test_what_does_not_listen_is_killed(start: Start) -> None:
    process = start(STUBBORN, 2)
    family = process.children(recursive=True)
    process.terminate()
    assert process.wait(60) == 128 + signal.SIGTERM
    assert survivors(family) == []


def test_daemons_end_when_the_command_is_killed(start: Start) -> None:
    process = start(FAMILY, 3)
    family = process.children(recursive=True)
    command = process.children()[0]
    command.kill()
    assert process.wait(60) == 128 + signal.SIGKILL
    assert survivors(family) == []


def test_the_command_ends_when_the_supervisor_is_killed(start: Start) -> None:
    process = start("exec sleep 878", 1)
    [command] = process.children()
    process.kill()
    process.wait(60)
    wait_for(lambda: survivors([command]) == [])


def test_the_command_has_no_terminal_to_type_into(start: Start) -> None:
    process = start("sleep 879", 1)
    [command, *_] = process.children()
    assert os.getsid(command.pid) == command.pid != os.getsid(process.pid)


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give up its account")
def test_the_command_ends_with_its_supervisor_in_another_account_too() -> None:
    """The kernel forgets the wish to end with the parent when the account changes."""
    script = "supervise(['sleep', '880'], user=65534, group=65534, extra_groups=[])"
    command = [sys.executable, "-c", f"from dev.family import supervise; {script}"]
    process = psutil.Popen(command, cwd=ROOT)
    wait_for(lambda: len(sleeping(process)) == 1)
    [sleep] = sleeping(process)
    assert sleep.uids() == (65534, 65534, 65534)
    process.kill()
    process.wait(60)
    wait_for(lambda: survivors([sleep]) == [])
