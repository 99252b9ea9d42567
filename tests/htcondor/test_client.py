"""The client: one worker a person, which ends when nobody needs it."""

import asyncio
import gc
from pathlib import Path
from typing import Any

import psutil

from vispa_htcondor.client import Client
from vispa_htcondor.identity import Identity
from vispa_htcondor.submit import classad_string


def workers() -> int:
    return sum(
        "vispa_htcondor.broker.worker" in child.cmdline()
        for child in psutil.Process().children()
        if child.status() != psutil.STATUS_ZOMBIE
    )


async def test_a_worker_that_is_let_go_twice_at_once_ends_once(
    tmp_path: Path,
) -> None:
    problems: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: problems.append(context))
    client = Client("hub", {"CONDOR_CONFIG": "/dev/null"})
    me = Identity.current()
    before = workers()
    async with client._broker_of(me) as broker:
        pass
    async with broker._lock:
        # A call that its caller gave up holds the worker while two others come and go.
        for _ in range(2):
            call = asyncio.ensure_future(client.tail(me, tmp_path, "none"))
            await asyncio.sleep(0.01)
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
            await asyncio.sleep(0.01)
    while client._retiring:
        await asyncio.wait(set(client._retiring))
        await asyncio.sleep(0)
    gc.collect()  # the last moment at which a task tells of its exception
    asyncio.get_running_loop().set_exception_handler(None)
    assert problems == []
    assert client._people == {}
    assert workers() == before
    await client.close()


def test_a_constraint_means_the_hub_as_it_is_named() -> None:
    assert Client("a$b").watch.constraint == 'VispaHub =?= "a$b"'
    assert classad_string('a"b') == '"a\\"b"'
