"""The workers of people: one each, kept for a moment, and never many at once."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from vispa_htcondor.broker import Broker, Workers
from vispa_htcondor.errors import Unavailable
from vispa_htcondor.identity import Identity
from vispa_htcondor.submit_as import own_rights

Make = Callable[..., Workers]


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    """Make workers for people without any HTCondor, which is enough to read files."""
    made: list[Workers] = []

    def make(**options: Any) -> Workers:
        made.append(Workers(own_rights(), {"CONDOR_CONFIG": "/dev/null"}, **options))
        return made[-1]

    yield make
    for workers in made:
        await workers.close()


def person(name: str) -> Identity:
    """Somebody else for the workers, the same account for the system."""
    return replace(Identity.current(), name=name)


def alive() -> int:
    return sum(
        "vispa_htcondor.broker.worker" in child.cmdline()
        for child in psutil.Process().children()
        if child.status() != psutil.STATUS_ZOMBIE
    )


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def use(workers: Workers, name: str) -> Broker:
    async with workers.of(person(name)) as broker:
        await broker.call("tail", folder="/", name="none", lines=1)
        return broker


async def test_who_comes_back_soon_finds_the_same_worker(make: Make) -> None:
    workers = make()
    first = await use(workers, "ann")
    assert await use(workers, "ann") is first
    assert first.starts == 1


async def test_two_people_never_share_a_worker(make: Make) -> None:
    workers = make()
    first, second = await use(workers, "ann"), await use(workers, "bob")
    assert first is not second
    assert alive() == 2


async def test_a_worker_that_nobody_uses_ends(make: Make) -> None:
    workers = make(idle=0.01)
    broker = await use(workers, "ann")
    await until(lambda: not broker.is_running)
    await until(lambda: len(workers) == 0)
    assert (await use(workers, "ann")).is_running


async def test_of_many_that_nobody_uses_the_latest_stay(make: Make) -> None:
    workers = make(kept=2)
    brokers = [await use(workers, name) for name in ("ann", "bob", "carl", "dora")]
    await until(lambda: len(workers) == 2)
    assert [broker.is_running for broker in brokers] == [False, False, True, True]
    assert alive() == 2


async def test_who_finds_no_place_within_the_deadline_is_told(make: Make) -> None:
    workers = make(at_once=1, deadline=0.2)
    async with workers.of(person("ann")):
        with pytest.raises(Unavailable, match="busy with what others asked"):
            async with workers.of(person("bob")):
                pytest.fail("there was no place")
    async with workers.of(person("bob")) as broker:
        assert broker.identity.name == "bob"


async def test_a_worker_that_is_let_go_twice_at_once_ends_once(make: Make, tmp_path: Path) -> None:
    problems: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: problems.append(context))
    workers = make(idle=0)
    broker = await use(workers, "ann")
    async with broker._lock:
        # A call that its caller gave up holds the worker while two others come and go.
        for _ in range(2):
            call = asyncio.ensure_future(use(workers, "ann"))
            await asyncio.sleep(0.01)
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
            await asyncio.sleep(0.01)
    await until(lambda: len(workers) == 0)
    gc.collect()  # the last moment at which a task tells of its exception
    asyncio.get_running_loop().set_exception_handler(None)
    assert problems == []
    assert alive() == 0


async def test_closing_waits_for_calls_that_were_given_up(make: Make, tmp_path: Path) -> None:
    workers = make()
    (tmp_path / "secret").write_text("x")
    async with workers.of(person("ann")) as broker:
        call = asyncio.ensure_future(broker.call("forget", folder=str(tmp_path), names=["secret"]))
        await asyncio.sleep(0)
        call.cancel()
    await workers.close()
    assert not (tmp_path / "secret").exists()
    assert alive() == 0
