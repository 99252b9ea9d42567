"""The watch: one query for all who wait, and a lost schedd that is not an empty queue."""

import asyncio
import math
import time
from typing import Any

import pytest

from vispa_htcondor.errors import HTCondorError, Unavailable
from vispa_htcondor.model import JobStatus
from vispa_htcondor.watch import Snapshot, Watch


class Schedd:
    """Stands in for the broker: counts queries and fails on demand (a real one: tests/hub)."""

    def __init__(self) -> None:
        self.queries = 0
        self.jobs: list[dict[str, Any]] = []
        self.down = False

    async def call(self, operation: str, **arguments: Any) -> list[dict[str, Any]]:
        assert operation == "query_jobs"
        self.queries += 1
        await asyncio.sleep(0)
        if self.down:
            raise Unavailable("HTCondor did not answer within 15 seconds.")
        return self.jobs


@pytest.fixture
def schedd() -> Schedd:
    return Schedd()


@pytest.fixture
async def watch(schedd: Schedd) -> Any:
    watch = Watch(schedd, "true", interval=30, hurry=0.05)  # type: ignore[arg-type]
    yield watch
    await watch.stop()


async def test_a_hundred_who_wait_cost_one_query_a_look(schedd: Schedd, watch: Watch) -> None:
    await watch.changed()
    before = schedd.queries
    await asyncio.gather(*(watch.changed() for _ in range(100)))
    assert schedd.queries - before == 1


async def test_nobody_waiting_costs_no_query_before_the_interval(
    schedd: Schedd, watch: Watch
) -> None:
    await watch.changed()
    before = schedd.queries
    await asyncio.sleep(0.3)
    assert schedd.queries == before


async def test_a_failed_look_keeps_the_last_snapshot(schedd: Schedd, watch: Watch) -> None:
    schedd.jobs = [{"ClusterId": 1, "JobStatus": 2, "VispaSpawn": "abc"}]
    await watch.changed()
    schedd.down = True
    await watch.changed()
    assert watch.trouble == "HTCondor did not answer within 15 seconds."
    assert watch.snapshot is not None
    assert "abc" in watch.snapshot.by_spawn
    schedd.down = False
    await watch.changed()
    assert watch.trouble == ""


async def test_since_means_asked_for_after_that_moment(schedd: Schedd, watch: Watch) -> None:
    await watch.changed()
    moment = time.monotonic()
    assert (await watch.since(moment)).asked_at >= moment
    schedd.down = True
    with pytest.raises(HTCondorError, match="did not answer"):
        await watch.since(time.monotonic())


async def test_a_copy_of_somebodys_marks_is_not_taken_for_the_job(
    schedd: Schedd, watch: Watch
) -> None:
    schedd.jobs = [
        {"ClusterId": 1, "JobStatus": 2, "VispaSpawn": "abc"},
        {"ClusterId": 2, "JobStatus": 5, "VispaSpawn": "abc"},
    ]
    await watch.changed()
    assert watch.snapshot is not None
    job = watch.snapshot.find("abc", 1)
    assert job is not None
    assert job.status is JobStatus.RUNNING
    assert watch.snapshot.find("other", 1) is None
    assert watch.snapshot.find("abc", 3) is None
    assert watch.snapshot.find("abc", 0) is not None


async def test_what_cannot_be_understood_does_not_end_the_watch(
    schedd: Schedd, watch: Watch
) -> None:
    def fail(snapshot: Snapshot) -> None:
        raise RuntimeError("of whoever listens")

    watch.on_snapshot.append(fail)
    schedd.jobs = [
        {"ClusterId": 1, "JobStatus": 77, "RequestCpus": math.inf, "RequestMemory": math.nan}
    ]
    for _ in range(2):
        await asyncio.wait_for(watch.changed(), 10)
    assert watch.snapshot is not None
    assert [job.cpus for job in watch.snapshot.jobs] == [1]
