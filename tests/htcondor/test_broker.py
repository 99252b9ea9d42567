"""The broker: deadlines, killed workers, and calls that outlive their callers."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from vispa_htcondor.broker import Broker
from vispa_htcondor.errors import Refused, Unavailable


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Broker]:
    """A broker without any HTCondor behind it, which is enough to read files."""
    broker = Broker(environment={"CONDOR_CONFIG": "/dev/null"}, deadline=20)
    yield broker
    await broker.close()


def worker() -> psutil.Process:
    [process] = [
        child
        for child in psutil.Process().children()
        if "vispa_htcondor.broker.worker" in child.cmdline()
    ]
    return process


async def test_one_worker_serves_many_calls(broker: Broker, tmp_path: Path) -> None:
    (tmp_path / "log").write_text("one\ntwo\nthree\n")
    for _ in range(3):
        assert await broker.call("tail", folder=str(tmp_path), name="log", lines=2) == "two\nthree"
    assert (broker.calls, broker.restarts) == (3, 0)
    worker()


async def test_a_frozen_worker_is_killed_at_the_deadline_and_the_next_call_works(
    broker: Broker, tmp_path: Path
) -> None:
    await broker.call("tail", folder=str(tmp_path), name="none", lines=1)
    frozen = worker()
    frozen.send_signal(signal.SIGSTOP)
    with pytest.raises(Unavailable, match="did not answer within 1 seconds"):
        await broker.call("tail", folder=str(tmp_path), name="none", lines=1, deadline=1)
    assert not frozen.is_running()
    assert await broker.call("tail", folder=str(tmp_path), name="none", lines=1) == ""
    assert broker.restarts == 1


async def test_nobody_waits_for_a_turn_for_longer_than_a_deadline(
    broker: Broker, tmp_path: Path
) -> None:
    arguments = {"folder": str(tmp_path), "name": "none", "lines": 1}
    await broker.call("tail", **arguments)
    slow = worker()
    slow.suspend()
    first = asyncio.ensure_future(broker.call("tail", deadline=60, **arguments))
    await asyncio.sleep(0)
    with pytest.raises(Unavailable, match="did not answer"):
        await broker.call("tail", deadline=0.2, **arguments)
    assert not first.done()
    slow.resume()
    assert await first == ""
    assert broker.restarts == 0, "who waits does not end a worker that works for somebody else"


async def test_a_killed_worker_is_unknown_not_refused(broker: Broker, tmp_path: Path) -> None:
    await broker.call("tail", folder=str(tmp_path), name="none", lines=1)
    victim = worker()
    victim.send_signal(signal.SIGSTOP)  # so that it cannot answer before it is killed
    call = asyncio.ensure_future(
        broker.call("tail", folder=str(tmp_path), name="none", lines=1, deadline=30)
    )
    await asyncio.sleep(0.2)
    victim.kill()
    with pytest.raises(Unavailable, match="ended"):
        await call
    assert await broker.call("tail", folder=str(tmp_path), name="none", lines=1) == ""


async def test_what_the_worker_cannot_do_is_refused_with_its_reason(broker: Broker) -> None:
    with pytest.raises(Refused, match="KeyError"):
        await broker.call("open_the_pod_bay_doors")


async def test_without_a_schedd_nothing_is_known(broker: Broker) -> None:
    with pytest.raises(Unavailable, match="HTCondor cannot be reached"):
        await broker.call("query_jobs", constraint="true", projection=["ClusterId"])


async def test_a_cancelled_call_still_runs_to_its_end(broker: Broker, tmp_path: Path) -> None:
    folder = tmp_path / "job"
    folder.mkdir()
    (folder / "secret").write_text("x")
    call = asyncio.ensure_future(broker.call("forget", folder=str(folder), names=["secret"]))
    await asyncio.sleep(0)
    call.cancel()
    await broker.call("tail", folder=str(folder), name="secret", lines=1)  # queued behind it
    assert not (folder / "secret").exists()


async def test_the_worker_gets_no_secrets_of_the_hub(
    broker: Broker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CONFIGPROXY_AUTH_TOKEN", "secret")
    other = Broker(environment={"CONDOR_CONFIG": "/dev/null"})
    try:
        await other.call("tail", folder=str(tmp_path), name="none", lines=1)
        assert "CONFIGPROXY_AUTH_TOKEN" not in worker().environ()
        assert os.environ["CONFIGPROXY_AUTH_TOKEN"] == "secret"
    finally:
        await other.close()
