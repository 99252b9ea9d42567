"""A pool that root starts serves every account of the machine."""

import contextlib
import os
import pwd
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from vispa_htcondor.pool import Pool, PoolError, folder

from .people import Person, family, folder_of, new_account, survivors, wait_for

pytestmark = [
    pytest.mark.pool,
    pytest.mark.root,
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to create accounts"),
]


def owners(place: Path) -> set[int]:
    """Return the accounts that processes of the pool in `place` run as."""
    found = set()
    for process in family(place):
        with contextlib.suppress(psutil.NoSuchProcess):
            found.add(process.uids().real)
    return found


@pytest.fixture(scope="module")
def shared() -> Iterator[Pool]:
    with (
        new_account("condor", "--system") as condor,
        folder_of(condor) as place,
    ):
        os.chown(place, 0, 0)
        with Pool(place / "pool", cores=64, memory_mb=20000) as pool:
            yield pool


@pytest.fixture
def people(accounts: list[pwd.struct_passwd]) -> Iterator[list[Person]]:
    with folder_of(accounts[0]) as first, folder_of(accounts[1]) as second:
        yield [
            Person(account.pw_name, account.pw_uid, account.pw_gid, place)
            for account, place in zip(accounts, [first, second], strict=True)
        ]


def test_jobs_run_as_their_owners(shared: Pool, people: list[Person]) -> None:
    for one in people:
        one.write("id.sub", "executable = /usr/bin/id\noutput = output\nqueue\n")
        done = one.run("condor_submit", "id.sub", **shared.environment())
        assert done.returncode == 0, done.stderr
    for one in people:
        output = one.folder / "output"
        wait_for(lambda output=output: output.exists() and output.read_text())
        assert f"uid={one.uid}({one.name}) gid={one.gid}" in output.read_text()
        assert output.stat().st_uid == one.uid


def test_jobs_of_others_can_be_seen_but_not_removed(shared: Pool, people: list[Person]) -> None:
    owner, other = people
    owner.write("hold.sub", "executable = /bin/true\nhold = true\nqueue\n")
    done = owner.run("condor_submit", "-terse", "hold.sub", **shared.environment())
    job = done.stdout.split()[0]
    seen = other.run("condor_q", job, "-af", "Owner", **shared.environment())
    assert seen.stdout.strip() == owner.name
    assert other.run("condor_rm", job, **shared.environment()).returncode != 0
    assert owner.run("condor_rm", job, **shared.environment()).returncode == 0


def test_root_itself_cannot_submit_but_look(shared: Pool, people: list[Person]) -> None:
    sub = people[0].write("root.sub", "executable = /bin/true\nqueue\n")
    environment = {**os.environ, **shared.environment()}
    for command, works in ((["condor_submit", str(sub)], False), (["condor_q"], True)):
        done = subprocess.run(command, env=environment, capture_output=True, check=False)
        assert (done.returncode == 0) is works


def test_the_folder_can_be_reached_but_not_changed_by_others(shared: Pool) -> None:
    owned_by_root = [shared.folder, shared.folder / "condor_config", shared.folder / "etc"]
    for path in owned_by_root:
        assert path.stat().st_uid == 0
        assert path.stat().st_mode & 0o022 == 0
    assert shared.folder.stat().st_mode & 0o777 == 0o755
    assert (shared.folder / "etc/passwords.d").stat().st_mode & 0o077 == 0


def test_others_cannot_stop_it(shared: Pool, people: list[Person]) -> None:
    done = people[0].run("vispa", "pool", "stop", "--dir", str(shared.folder))
    assert done.returncode == 1
    assert "belongs to root" in done.stderr
    assert shared.is_running()


def test_stop_ends_jobs_of_everybody(people: list[Person]) -> None:
    with new_account("condor", "--system") as condor, folder_of(condor) as place:
        os.chown(place, 0, 0)
        with Pool(place, cores=8) as pool:
            for one in people:
                one.write("long.sub", "executable = /bin/sleep\narguments = 300\nqueue\n")
                assert one.run("condor_submit", "long.sub", **pool.environment()).returncode == 0
            wait_for(lambda: {one.uid for one in people} <= owners(place))
            processes = family(place)
        assert survivors(processes) == []


def test_a_place_jobs_cannot_reach_is_refused(tmp_path: Path) -> None:
    """Pytest's folders are closed to other accounts, as root's home is."""
    with (
        new_account("condor", "--system"),
        pytest.raises(PoolError, match=r"cannot reach .* because .* is closed"),
    ):
        Pool(tmp_path / "pool").start()


def test_without_the_account_condor_it_says_how_to_make_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> None:
        raise KeyError(name)

    monkeypatch.setattr(folder.pwd, "getpwnam", missing)
    with pytest.raises(PoolError, match=r"useradd --system .* condor' creates it"):
        Pool(tmp_path / "pool").start()
