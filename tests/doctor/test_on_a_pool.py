"""`vispa doctor pool` against real pools: what it says, and that it leaves no job behind."""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.pool.people import Person, family, wait_for

from .conftest import RunningPool

pytestmark = pytest.mark.pool

Doctor = Callable[..., subprocess.CompletedProcess[str]]
Queue = Callable[[Path], list[str]]

# So slow that it can be told from a busy machine, and soon measured. HTCondor 23 looks for a match
# soon after each submission, but not sooner than this after the last round; 25.14 no longer does.
SLOW = "NEGOTIATOR_CYCLE_DELAY = 20\nNEGOTIATOR_INTERVAL = 60\nPERIODIC_EXPR_INTERVAL = 300"
CLOSED = "START = FALSE"
HOLDING = f"{CLOSED}\nSYSTEM_PERIODIC_HOLD = TRUE\nPERIODIC_EXPR_INTERVAL = 1"
HOLDING += '\nSYSTEM_PERIODIC_HOLD_REASON = "not on Mondays"'


@pytest.fixture(scope="module")
def tuned(running_pool: RunningPool) -> Iterator[Path]:
    with running_pool("") as folder:
        yield folder


@pytest.fixture(scope="module")
def closed(running_pool: RunningPool) -> Iterator[Path]:
    with running_pool(CLOSED) as folder:
        yield folder


def schedd_of(folder: Path) -> psutil.Process:
    return next(one for one in family(folder) if one.name() == "condor_schedd")


def test_a_tuned_pool_is_well(tuned: Path, doctor: Doctor, queue: Queue, person: Person) -> None:
    done = doctor(tuned, "--jobs", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Jobs start soon: median" in done.stdout
    assert f"Jobs of {person.name} run as {person.name} on the worker." in done.stdout
    assert "Nothing is at fault." in done.stdout
    assert done.stderr.splitlines()[0].startswith("probe 1/2: started after ")
    assert queue(tuned) == []


def test_a_slow_pool_is_found_slow_and_the_setting_named(
    running_pool: RunningPool, doctor: Doctor, queue: Queue
) -> None:
    with running_pool(SLOW) as folder:
        done = doctor(folder, "--jobs", "3", "--json")
        assert queue(folder) == []
    assert done.returncode == 1, done.stdout + done.stderr
    told = json.loads(done.stdout)
    [fault] = [one for one in told["findings"] if one["level"] == "fault"]
    assert "At fault is NEGOTIATOR_CYCLE_DELAY = 20" in fault["text"]
    assert "so says the negotiator on" in fault["text"]
    assert told["figures"]["bound"] > 10
    assert len(told["probes"]) == 3
    lines = {(line["place"], line["name"], line["value"]) for line in told["lines"]}
    assert ("negotiator", "NEGOTIATOR_CYCLE_DELAY", "1") in lines
    assert ("schedd", "PERIODIC_EXPR_INTERVAL", "60") in lines
    assert {line["machine"] for line in told["lines"]} == {"127-0-0-1.vispa.pool"}


def test_a_held_probe_is_explained(running_pool: RunningPool, doctor: Doctor, queue: Queue) -> None:
    with running_pool(HOLDING) as folder:
        done = doctor(folder)
        assert queue(folder) == []
    assert done.returncode == 1
    words = " ".join(done.stdout.split())
    assert "A probe job was held, as every server would be. The cluster's policy" in words
    assert "HTCondor says: not on Mondays" in words


def test_what_jobs_need_at_a_site_can_be_added(
    running_pool: RunningPool, doctor: Doctor, queue: Queue
) -> None:
    wanted = "SUBMIT_REQUIREMENT_NAMES = Group\nSUBMIT_REQUIREMENT_Group = AcctGroup =!= undefined"
    wanted += '\nSUBMIT_REQUIREMENT_Group_REASON = "name your accounting group"'
    with running_pool(wanted) as folder:
        refused = doctor(folder, "--jobs", "1")
        taken = doctor(folder, "--jobs", "1", "--submit", "accounting_group = notebooks")
        assert queue(folder) == []
    assert refused.returncode == 1
    assert "HTCondor does not take a probe" in refused.stdout
    assert "name your accounting group" in " ".join(refused.stdout.split())
    assert taken.returncode == 0, taken.stdout


def test_settings_alone_need_no_job(tuned: Path, doctor: Doctor) -> None:
    done = doctor(tuned, "--jobs", "0")
    assert (done.returncode, done.stderr) == (0, "")
    assert "A server ends at most 60 s after its time." in done.stdout


def test_all_slots_taken_is_not_a_fault(
    tuned: Path, doctor: Doctor, queue: Queue, person: Person
) -> None:
    person.write("full.sub", "executable = /bin/sleep\narguments = 600\nrequest_cpus = 4\nqueue\n")
    shell = f'eval "$(vispa pool env --dir {tuned})" && '
    assert person.run("sh", "-c", f"{shell} condor_submit full.sub").returncode == 0
    running = f"{shell} condor_q -af JobStatus"
    wait_for(lambda: person.run("sh", "-c", running).stdout == "2\n")
    try:
        done = doctor(tuned, "--minutes", "0.2")
        assert len(queue(tuned)) == 1
    finally:
        person.run("sh", "-c", f"{shell} condor_rm -all")
    assert done.returncode == 3, done.stdout
    assert "all slots are taken" in " ".join(done.stdout.split())


def test_a_frozen_schedd_is_said_to_be_silent(tuned: Path, doctor: Doctor) -> None:
    schedd = schedd_of(tuned)
    schedd.suspend()
    try:
        done = doctor(tuned)
    finally:
        schedd.resume()
    assert done.returncode == 3, done.stdout
    assert "The queue (schedd) does not answer" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_no_job_is_left_when_it_is_ended(
    closed: Path, queue: Queue, person: Person, number: signal.Signals
) -> None:
    running = person.popen("vispa", "doctor", "pool", "--dir", str(closed))
    wait_for(lambda: queue(closed))
    running.send_signal(number)
    output, _ = running.communicate()
    assert running.returncode == 128 + number, output
    assert "No probe is left in the queue." in output
    assert queue(closed) == []


def test_a_killed_one_leaves_a_job_that_removes_itself(
    running_pool: RunningPool, queue: Queue, person: Person
) -> None:
    with running_pool(f"{CLOSED}\nPERIODIC_EXPR_INTERVAL = 1") as folder:
        command = ["vispa", "doctor", "pool", "--dir", str(folder), "--minutes", "0.1"]
        running = person.popen(*command)
        wait_for(lambda: queue(folder))
        running.kill()
        running.communicate()
        assert len(queue(folder)) == 1
        wait_for(lambda: not queue(folder), seconds=200)


@pytest.mark.root
def test_root_is_told_and_sees_the_settings(tuned: Path) -> None:
    command = ["vispa", "doctor", "pool", "--dir", str(tuned)]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ, check=False)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "Root cannot submit jobs to HTCondor" in " ".join(done.stdout.split())
