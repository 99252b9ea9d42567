"""The shared view of the pool: what it costs when many look, and what it does when none answers."""

import asyncio
from typing import Any

import pytest

from vispa_htcondor.errors import Unavailable
from vispa_htcondor.view import PoolView, Wanted

LOOK: dict[str, Any] = {
    "at": 0.0,
    "personal": False,
    "machines": 1,
    "usable_machines": 1,
    "total": {"cores": 8, "memory_mb": 8000, "gpus": 0},
    "free": {"cores": 4, "memory_mb": 4000, "gpus": 0},
    "largest_free": {"cores": 4, "memory_mb": 4000, "gpus": 0},
    "gpu_types": [],
    "users": {},
    "waiting": {},
    "priorities": {},
    "groups": {},
    "negotiated_at": 0,
}


class Worker:
    """Stands in for the broker and counts (a real one: test_match.py)."""

    def __init__(self) -> None:
        self.looks = self.matches = self.number = 0
        self.down = False
        self.requirements: list[str] = []
        self.more: dict[str, Any] = {}

    async def call(self, operation: str, **arguments: Any) -> Any:
        await asyncio.sleep(0)
        if operation == "match_job":
            self.matches += 1
            known = arguments["look"] == self.number
            return {"now": 1, "ever": 1} if known else None
        assert operation == "look_at_pool"
        self.looks += 1
        if self.down:
            raise Unavailable("HTCondor did not answer within 15 seconds.")
        self.requirements = arguments["requirements"]
        self.number += 1
        return {**LOOK, **self.more, "number": self.number}


@pytest.fixture
def worker() -> Worker:
    return Worker()


@pytest.fixture
def view(worker: Worker) -> PoolView:
    return PoolView(worker)  # type: ignore[arg-type]


async def test_fifty_viewers_cost_as_many_queries_as_one(worker: Worker, view: PoolView) -> None:
    for _ in range(3):
        await asyncio.gather(*(view.look() for _ in range(50)))
        await asyncio.gather(*(view.consider(Wanted(cpus=2)) for _ in range(50)))
    assert (worker.looks, worker.matches) == (1, 1)


async def test_each_size_is_matched_once_a_look(worker: Worker, view: PoolView) -> None:
    for cpus in (1, 2, 1, 2):
        await view.consider(Wanted(cpus=cpus))
    assert (worker.looks, worker.matches) == (1, 2)
    view.fresh = 0
    await view.consider(Wanted(cpus=1))
    assert (worker.looks, worker.matches) == (2, 3)


async def test_a_silent_collector_is_asked_once_for_all_who_wait(
    worker: Worker, view: PoolView
) -> None:
    worker.down = True
    answers = await asyncio.gather(*(view.look() for _ in range(50)), return_exceptions=True)
    assert {str(one) for one in answers} == {"HTCondor did not answer within 15 seconds."}
    assert worker.looks == 1
    worker.down = False
    view.fresh = 0
    assert (await view.look()).machines == 1


async def test_whose_job_it_is_counts_only_where_machines_ask_for_it(
    worker: Worker, view: PoolView
) -> None:
    for owner in ("ann", "bob"):
        await view.consider(Wanted(owner=owner, group="phys"))
    assert worker.matches == 1
    worker.more = {"personal": True}
    view.fresh = 0
    await view.look()
    view.fresh = 60
    for owner in ("ann", "bob", "ann"):
        await view.consider(Wanted(owner=owner, group="phys"))
    assert worker.matches == 3


async def test_a_worker_that_was_killed_looks_again(worker: Worker, view: PoolView) -> None:
    await view.consider(Wanted())
    worker.number = 0
    assert (await view.consider(Wanted(cpus=3))).verdict.now == 1
    assert worker.looks == 2


async def test_new_requirements_bring_the_attributes_they_speak_of(
    worker: Worker, view: PoolView
) -> None:
    view.usual = Wanted(requirements="HasCvmfs")
    await view.consider(Wanted(requirements="HasCvmfs"))
    assert (worker.looks, worker.requirements) == (1, ["HasCvmfs"])
    await view.consider(Wanted(requirements="HasOwl"))
    await view.consider(Wanted(cpus=2, requirements="HasOwl"))
    assert (worker.looks, worker.requirements) == (2, ["HasCvmfs", "HasOwl"])


async def test_what_was_said_last_is_known_without_asking(worker: Worker, view: PoolView) -> None:
    assert view.known(Wanted()) is None
    outlook = await view.consider(Wanted())
    assert view.known(Wanted()) is outlook
    assert worker.looks == 1
