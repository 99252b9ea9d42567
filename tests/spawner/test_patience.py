"""Two clocks: waiting in the queue takes nothing from the time a server has to come up."""

import time
from typing import Any

import pytest

from vispa_htcondor.model import Job
from vispa_spawner.cluster.patience import Patience

HOUR = 3600.0


def job(status: int, **ad: Any) -> Job:
    return Job.from_ad({"ClusterId": 7, "JobStatus": status, **ad})


def waits(hours: float) -> Job:
    return job(1, QDate=int(time.time() - hours * HOUR))


def test_the_queue_has_its_own_clock_which_a_restart_does_not_set_back() -> None:
    assert Patience(queue=2 * HOUR, start=1).over(waits(hours=1.9)) is None
    sentence = Patience(queue=2 * HOUR, start=1).over(waits(hours=2.1))
    assert sentence is not None
    assert "waited in the queue for 2 hours" in sentence
    assert Patience(queue=0, start=1).over(waits(hours=999)) is None


def test_the_clock_of_a_start_begins_with_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    patience = Patience(queue=24 * HOUR, start=300)
    assert patience.over(waits(hours=1)) is None
    now[0] += HOUR
    running = job(2, RemoteHost="slot1_1@worker7")
    assert patience.over(running) is None
    now[0] += 299
    assert patience.over(running) is None
    now[0] += 2
    sentence = patience.over(running)
    assert sentence is not None
    assert "5 minutes after its job began on worker7" in sentence


def test_a_suspended_server_and_one_out_of_sight_lose_no_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    patience = Patience(queue=0, start=300)
    for status in (2, 7):
        assert patience.over(job(status)) is None
        now[0] += HOUR
    assert patience.over(job(7)) is None
    assert patience.over(job(2)) is None
    now[0] += HOUR
    assert patience.over(None) is None
