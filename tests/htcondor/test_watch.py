"""The watch: one query for all who wait, and a lost schedd that is not an empty queue."""

import asyncio
import time
from typing import Any

import pytest

from vispa_htcondor.errors import HTCondorError, Unavailable
from vispa_htcondor.watch import Watch


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
