"""A pool takes jobs, and nothing of it is left when it has ended, however it ended."""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from vispa_htcondor.pool import record

from .people import Person, family, survivors, wait_for

pytestmark = pytest.mark.pool

Start = Callable[..., Path]
Use = Callable[[Path], dict[str, str]]


def submit(person: Person, variables: dict[str, str], script: str) -> None:
    """Submit `script` for sh; its output goes to the files `output` and `log`."""
    job = "executable = job.sh\noutput = output\nlog = log\nstream_output = true\n"
    person.write("job.sh", f"#!/bin/sh\n{script}\n").chmod(0o755)
    person.write("job.sub", f"{job}request_memory = 64\nqueue\n")
    done = person.run("condor_submit", "job.sub", **variables)
    assert done.returncode == 0, done.stderr


def submit_one_that_hides(person: Person, variables: dict[str, str]) -> psutil.Process:
    """Submit a job that ignores signals and whose child has left it; return that child."""
    hidden = "(setsid env -i sh -c 'echo $$; exec sleep 300' </dev/null 2>/dev/null &)"
    submit(person, variables, f"trap '' TERM\n{hidden}\nwhile true; do sleep 1; done")
    output = person.folder / "output"
    wait_for(lambda: output.exists() and output.read_text().endswith("\n"))
    return psutil.Process(int(output.read_text()))


def stop(person: Person, folder: Path) -> None:
    done = person.run("vispa", "pool", "stop", "--dir", str(folder))
    assert done.returncode == 0, done.stderr


def test_a_job_runs_as_the_person_and_its_output_comes_back(
    person: Person, started: Start, use: Use
) -> None:
    submit(person, use(started()), "id -u")
    output = person.folder / "output"
    wait_for(lambda: output.exists() and output.read_text())
    assert output.read_text() == f"{person.uid}\n"
    wait_for(lambda: "Job terminated" in (person.folder / "log").read_text())


def test_many_jobs_share_the_faked_machine(person: Person, started: Start, use: Use) -> None:
    variables = use(started())
    person.write("many.sub", "executable = /bin/sleep\narguments = 300\nqueue 20\n")
    assert person.run("condor_submit", "many.sub", **variables).returncode == 0

    def running() -> list[str]:
        states = person.run("condor_q", "-af", "JobStatus", **variables).stdout.split()
        return [state for state in states if state == "2"]

    wait_for(lambda: len(running()) == 20)


def test_it_works_in_a_deep_folder(person: Person, started: Start, use: Use) -> None:
    """Deeper than the 107 bytes that the name of a Unix socket may have."""
    folder = started("/".join(["a-rather-deep-folder"] * 8))
    assert len(str(folder)) > 150
    submit(person, use(folder), "echo done")
    output = person.folder / "output"
    wait_for(lambda: output.exists() and output.read_text() == "done\n")


def test_starting_it_again_changes_nothing(person: Person, started: Start, use: Use) -> None:
    folder = started()
    processes = family(folder)
    done = person.python("""
from pathlib import Path
from vispa_htcondor.pool import Pool
Pool(Path("pool")).start()
""")
    assert done.returncode == 0, done.stderr
    assert family(folder) == processes
    assert person.run("condor_status", **use(folder)).returncode == 0


def test_two_pools_side_by_side_do_not_see_each_other(
    person: Person, started: Start, use: Use
) -> None:
    one, other = use(started("one")), use(started("other"))
    submit(person, one, "sleep 300")
    assert person.run("condor_q", "-af", "ClusterId", **one).stdout == "1\n"
    assert person.run("condor_q", "-af", "ClusterId", **other).stdout == ""
    stop(person, person.folder / "one")
    assert person.run("condor_q", "-af", "ClusterId", **other).returncode == 0


def test_nobody_else_sees_into_its_folder(started: Start) -> None:
    assert started().stat().st_mode & 0o077 == 0


def test_secrets_of_the_starting_shell_do_not_reach_the_daemons(person: Person) -> None:
    folder = person.folder / "pool"
    command = ["vispa", "pool", "start", "--dir", str(folder)]
    assert person.run(*command, MY_TOKEN="sesame", _CONDOR_MAX_JOBS_RUNNING="0").returncode == 0
    environments = [process.environ() for process in family(folder)]
    stop(person, folder)
    assert len(environments) > 5
    assert not [e for e in environments if "MY_TOKEN" in e or "_CONDOR_MAX_JOBS_RUNNING" in e]


class TestStop:
    def test_leaves_no_process(self, person: Person, started: Start, use: Use) -> None:
        """Not even of a job that ignores signals and hides a child from everybody."""
        folder = started()
        stray = submit_one_that_hides(person, use(folder))
        processes = [*family(folder), stray]
        assert "condor_starter" in {process.name() for process in processes}

        stop(person, folder)

        assert survivors(processes) == []

    def test_a_frozen_daemon_does_not_hold_it_up(self, person: Person, started: Start) -> None:
        folder = started()
        processes = family(folder)
        next(p for p in processes if p.name() == "condor_schedd").suspend()
        stop(person, folder)
        assert survivors(processes) == []

    def test_twice_is_no_error(self, person: Person, started: Start) -> None:
        folder = started()
        stop(person, folder)
        stop(person, folder)

    def test_jobs_that_waited_are_still_there_after_a_new_start(
        self, person: Person, started: Start, use: Use
    ) -> None:
        folder = started()
        submit(person, use(folder), "sleep 300")
        stop(person, folder)
        started()
        assert person.run("condor_q", "-af", "ClusterId", **use(folder)).stdout == "1\n"


class TestSuddenDeath:
    def test_of_the_master_ends_the_pool(self, person: Person, started: Start, use: Use) -> None:
        folder = started()
        processes = [*family(folder), submit_one_that_hides(person, use(folder))]
        next(p for p in processes if p.name() == "condor_master").kill()
        wait_for(lambda: not survivors(processes))
        status = person.run("vispa", "pool", "status", "--dir", str(folder))
        assert status.stdout == f"No pool is running in {folder}.\n"

    def test_of_the_supervisor_is_cleaned_up_by_the_next_start(
        self, person: Person, started: Start, use: Use
    ) -> None:
        folder = started()
        submit(person, use(folder), "echo; sleep 300")
        output = person.folder / "output"
        wait_for(lambda: output.exists() and output.read_text())
        processes = family(folder)
        processes[0].kill()
        assert len(survivors(processes)) > 5

        started()

        assert survivors(processes) == []
        assert person.run("condor_q", **use(folder)).returncode == 0

    def test_of_the_supervisor_is_cleaned_up_by_stop(self, person: Person, started: Start) -> None:
        folder = started()
        processes = family(folder)
        processes[0].kill()
        stop(person, folder)
        assert survivors(processes) == []


class TestAnotherProcessWithTheSameNumber:
    """After a reboot the number of our supervisor may be anybody's."""

    @pytest.mark.parametrize("change", [{"started": 1}, {"boot": "another"}])
    def test_is_neither_taken_for_ours_nor_ended(
        self, person: Person, started: Start, change: dict[str, object]
    ) -> None:
        folder = started()
        stop(person, folder)
        bystander = person.popen("sleep", "300")
        file = folder / "running.json"
        running = record.Running(
            record.Process(
                bystander.pid,
                int(Path(f"/proc/{bystander.pid}/stat").read_text().split()[21]),
                Path("/proc/sys/kernel/random/boot_id").read_text().strip(),
            ),
            since=0.0,
            bin=folder,
            sbin=folder,
        )
        running.save(folder)
        assert running.supervisor.is_alive()  # so far it is what it seems
        content = json.loads(file.read_text())
        content["supervisor"] |= change
        file.write_text(json.dumps(content))

        assert person.run("vispa", "pool", "status", "--dir", str(folder)).returncode == 3
        stop(person, folder)

        assert bystander.poll() is None
        bystander.kill()
        bystander.communicate()


class TestTiedToItsStarter:
    SCRIPT = """
import sys, time
from pathlib import Path
from vispa_htcondor.pool import Pool
pool = Pool(Path(sys.argv[1]), cores=4, die_with_parent=True)
pool.start()
print("ready", flush=True)
sys.stdin.read()
"""

    @pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
    def test_it_ends_with_it(self, person: Person, number: signal.Signals) -> None:
        folder = person.folder / "pool"
        starter = person.popen(sys.executable, "-c", self.SCRIPT, str(folder))
        assert starter.stdout is not None
        assert starter.stdout.readline() == "ready\n"
        processes = family(folder)
        assert len(processes) > 5

        os.kill(starter.pid, number)
        starter.communicate()

        wait_for(lambda: not survivors(processes))

    def test_it_ends_when_the_starter_dies_while_starting(self, person: Person) -> None:
        folder = person.folder / "pool"
        starter = person.popen(sys.executable, "-c", self.SCRIPT, str(folder))
        wait_for((folder / "running.json").exists)
        processes = family(folder)
        starter.kill()
        starter.communicate()
        wait_for(lambda: not survivors(processes))

    def test_as_a_context_it_ends_with_the_block(self, person: Person) -> None:
        done = person.python("""
from pathlib import Path
from vispa_htcondor.pool import Pool
with Pool(Path("pool"), cores=4) as pool:
    print(pool.is_running(), pool.status().cores)
print(pool.is_running(), pool.status().running)
""")
        assert done.stdout == "True 4\nFalse False\n", done.stderr
