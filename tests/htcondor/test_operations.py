"""All that can be asked of a real HTCondor, the oldest and the newest we support."""

import asyncio
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

from tests.pool.people import family
from vispa_htcondor.broker import Broker
from vispa_htcondor.client import Client
from vispa_htcondor.errors import HTCondorError, Refused, Unavailable
from vispa_htcondor.identity import Identity
from vispa_htcondor.model import Job, JobStatus
from vispa_htcondor.pool import Pool
from vispa_htcondor.submit import Request, ServerJob
from vispa_htcondor.submit_as import Launch, own_rights

pytestmark = pytest.mark.pool

T = TypeVar("T")


@pytest.fixture(scope="module")
def home(person: Identity) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="vispa-home-", dir="/tmp"))
    os.chown(folder, person.uid, person.gid)
    yield folder
    shutil.rmtree(folder)


def sleeper(home: Path, spawn: str, seconds: int = 300, requirements: str = "") -> ServerJob:
    return ServerJob(
        executable="/bin/sh",
        arguments=["-c", f"echo started; id -u; sleep {seconds}"],
        folder=str(home / "servers" / spawn),
        request=Request(memory_mb=64, requirements=(requirements,)),
        stamp={"VispaHub": "tests", "VispaUser": "ann", "VispaServer": "", "VispaSpawn": spawn},
    )


async def until(look: Callable[[], Awaitable[T | None]]) -> T:
    """Look again and again until there is something."""
    async with asyncio.timeout(90):
        while (found := await look()) is None:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        return found


def seen(
    client: Client, spawn: str, right: Callable[[Job], bool]
) -> Callable[[], Awaitable[Job | None]]:
    async def look() -> Job | None:
        job = await client.find(spawn)
        return job if job is not None and right(job) else None

    return look


@asynccontextmanager
async def submitted(
    client: Client, person: Identity, home: Path, requirements: str = ""
) -> AsyncIterator[str]:
    spawn = secrets.token_hex(8)
    await client.submit(person, sleeper(home, spawn, requirements=requirements), {})
    try:
        yield spawn
    finally:
        await client.remove(person, spawn, "the test is over")


async def test_a_job_from_its_first_to_its_last_moment(
    client: Client, person: Identity, home: Path
) -> None:
    async with submitted(client, person, home) as spawn:
        job = await until(seen(client, spawn, lambda job: job.executing_at > 0 and job.status == 2))
        assert job.owner == person.name
        assert job.queued_at <= job.started_at <= job.executing_at
        assert job.host
        assert (job.hold, job.completed_at, job.disconnected) == (None, 0, False)
        assert job.usage.wall_seconds >= 0
        folder = home / "servers" / spawn

        async def log() -> str | None:
            return await client.tail(person, folder, "server.log") or None

        assert await until(log) == f"started\n{person.uid}"
        assert await client.remove(person, spawn, "enough of it") == 1
    ended = await until(lambda: client.ended(spawn))
    assert (ended.status, ended.last_status) == (JobStatus.REMOVED, JobStatus.RUNNING)
    assert "enough of it" in ended.remove_reason
    assert ended.last_host == job.remote_host
    assert await client.find(spawn) is None
    found = await client.job(job.cluster)
    assert found is not None
    assert found.spawn == spawn


async def test_hold_and_release_with_the_words_of_whoever_did_it(
    client: Client, person: Identity, home: Path
) -> None:
    async with submitted(client, person, home, requirements="false") as spawn:
        assert await client.hold(person, spawn, "lunch") == 1
        job = await until(seen(client, spawn, lambda job: job.hold is not None))
        assert job.status is JobStatus.HELD
        assert job.hold_code == 1
        assert "lunch" in job.hold_reason
        assert await client.release(person, spawn, "back") == 1
        job = await until(seen(client, spawn, lambda job: job.hold is None))
        assert (job.status, job.last_status) == (JobStatus.IDLE, JobStatus.HELD)
        assert await client.release(person, spawn, "twice") == 0


async def test_editing_keeps_types_and_touches_no_other_job(
    client: Client, person: Identity, home: Path
) -> None:
    async with (
        submitted(client, person, home, requirements="false") as spawn,
        submitted(client, person, home, requirements="false") as other,
    ):
        odd = 'a "quoted" $(Owner) || true \\'
        assert await client.edit(person, spawn, {"RequestMemory": 77, "VispaUser": odd}) == 1
        job, left = await client.find(spawn), await client.find(other)
        assert job is not None
        assert left is not None
        assert (job.memory_mb, job.user) == (77, odd)
        assert (left.memory_mb, left.user) == (64, "ann")
        with pytest.raises(HTCondorError, match="Owner"):
            await client.edit(person, spawn, {"Owner": "somebody"})


async def test_nothing_happens_to_a_job_that_is_not_there(client: Client, person: Identity) -> None:
    for act in (client.remove, client.hold, client.release):
        assert await act(person, "no-such-spawn", "nothing") == 0
    assert await client.edit(person, "no-such-spawn", {"RequestMemory": 1}) == 0
    assert await client.remove_as_hub("no-such-spawn", "nothing") == 0
    assert await client.job(999_999) is None


async def test_the_history_is_bounded_and_newest_first(
    client: Client, person: Identity, home: Path
) -> None:
    spawns = []
    for _ in range(3):
        async with submitted(client, person, home, requirements="false") as spawn:
            spawns.append(spawn)
        await until(lambda spawn=spawn: client.ended(spawn))
    newest = [job.spawn for job in await client.history(user="ann", limit=2)]
    assert newest == spawns[:0:-1]
    last = (await client.history(limit=1))[0]
    assert last.spawn == spawns[-1]
    assert spawns[-1] in {job.spawn for job in await client.history(since=last.entered_status)}
    assert await client.history(since=last.entered_status + 1000) == []
    assert await client.history(user="nobody") == []


async def test_the_hub_removes_what_it_does_not_own(
    client: Client, person: Identity, home: Path
) -> None:
    async with submitted(client, person, home, requirements="false") as spawn:
        assert await client.remove_as_hub(spawn, "nobody knows it") == 1
    ended = await until(lambda: client.ended(spawn))
    assert "nobody knows it" in ended.remove_reason


def oldest_schedd(pool: Pool) -> psutil.Process:
    """Return the schedd itself: it has children of its own name while it answers."""
    schedds = (one for one in family(pool.folder) if one.name() == "condor_schedd")
    return min(schedds, key=lambda one: one.create_time())


@contextmanager
def frozen_schedd(pool: Pool) -> Iterator[None]:
    schedd = oldest_schedd(pool)
    schedd.suspend()
    try:
        yield
    finally:
        schedd.resume()


async def test_twenty_callers_behind_a_frozen_schedd_cost_one_deadline(pool: Pool) -> None:
    broker = Broker(environment=pool.environment(), deadline=300)

    async def ask(deadline: float) -> str:
        try:
            await broker.call(
                "query_jobs", constraint="false", projection=["ClusterId"], deadline=deadline
            )
        except Unavailable as error:
            return str(error)
        return "answered"

    try:
        assert await ask(30) == "answered"
        with frozen_schedd(pool):
            answers = await asyncio.gather(ask(1), *(ask(200) for _ in range(20)))
        assert "answered" not in answers
        assert broker.restarts == 1
        assert broker.calls == 2, "nobody behind the first one was sent to the schedd"
        assert await ask(30) == "answered"
    finally:
        await broker.close()


async def test_a_submission_that_missed_its_deadline_is_found_by_its_mark_or_never_was(
    pool: Pool, person: Identity, home: Path
) -> None:
    client = Client("tests", pool.environment(), deadline=2)
    spawn = secrets.token_hex(8)
    try:
        with frozen_schedd(pool), pytest.raises(Unavailable):
            await client.submit(person, sleeper(home, spawn, requirements="false"), {})
        # A schedd that comes back may still take what its killed client had sent.
        job = await client.find(spawn)
        assert await client.remove(person, spawn, "the test is over") == (0 if job is None else 1)
        async with client.people.of(person) as broker:
            assert broker.restarts == 1
    finally:
        await client.close()


async def test_a_schedd_that_was_restarted_is_answered_at_once_by_workers_that_knew_the_old_one(
    pool: Pool, client: Client, person: Identity, home: Path
) -> None:
    async with submitted(client, person, home, requirements="false") as spawn:
        assert await client.find(spawn) is not None
        oldest_schedd(pool).kill()

        async def back() -> bool | None:
            fresh = Broker(environment=pool.environment())
            try:
                await fresh.call("query_jobs", constraint="false", projection=["ClusterId"])
            except Unavailable:
                return None
            finally:
                await fresh.close()
            return True

        await until(back)
        assert await client.hold(person, spawn, "the new schedd knows it") == 1
        assert await client.find(spawn) is not None
        async with client.people.of(person) as broker:
            assert (broker.starts, broker.restarts) == (2, 0)


async def test_a_worker_that_is_killed_in_the_middle_is_replaced(
    client: Client, person: Identity, home: Path
) -> None:
    async with submitted(client, person, home, requirements="false") as spawn:
        async with client.people.of(person) as broker:
            broker._process._process.kill()
            async with asyncio.timeout(30):
                while broker.is_running:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
        assert await client.hold(person, spawn, "a new worker did it") == 1
        assert broker.starts == 2


class Mistaken:
    """A way that spools, and whose proof of identity is not the one that was meant."""

    spools = True
    hub_removes = True

    async def launch(self, identity: Identity) -> Launch:
        return await own_rights().launch(identity)

    def folder(self, identity: Identity, folder: Path) -> Path:
        return folder


async def test_a_job_that_became_somebody_elses_gets_no_files_and_is_removed(
    pool: Pool, person: Identity, home: Path
) -> None:
    client = Client("tests", pool.environment(), Mistaken())
    spawn = secrets.token_hex(8)
    try:
        with pytest.raises(Refused, match=f"took somebody for {person.name}. The job was removed"):
            await client.submit(
                replace(person, name="somebody"), sleeper(home, spawn), {"spawn.json": "secret"}
            )
        ended = await until(lambda: client.ended(spawn))
        assert (ended.owner, ended.starts) == (person.name, 0)
        assert not (home / "servers" / spawn).exists()
    finally:
        await client.close()
