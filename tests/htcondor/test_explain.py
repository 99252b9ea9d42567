"""HTCondor's states in sentences."""

from typing import Any

import pytest

from vispa_htcondor import explain
from vispa_htcondor.model import Job, Slot


def job(**ad: Any) -> Job:
    return Job.from_ad(
        {"ClusterId": 7, "JobStatus": 1, "RequestCpus": 4, "RequestMemory": 8192, **ad}
    )


def slot(total: tuple[int, int, int], free: tuple[int, int, int]) -> Slot:
    return Slot("slot1@w", "w", *total, *free)


@pytest.mark.parametrize(
    ("slots", "sentence"),
    [
        (None, "Waiting in the queue."),
        ([], "Waiting in the queue."),
        (
            [slot((2, 99999, 0), (2, 99999, 0))],
            "No machine of the cluster is large enough: 4 cores, 8.0 GB. Ask for less.",
        ),
        ([slot((8, 16384, 0), (4, 8192, 0))], "A machine is free; HTCondor is assigning it."),
        (
            [slot((8, 16384, 0), (4, 8191, 0))],
            "All machines that could take it are busy (4 cores, 8.0 GB). It keeps its place.",
        ),
    ],
)
def test_why_a_job_waits(slots: list[Slot] | None, sentence: str) -> None:
    assert explain.idle(job(), slots) == sentence


def test_gpus_count() -> None:
    with_gpu = job(RequestGPUs=1, RequestCpus=1)
    assert explain.request(with_gpu) == "1 core, 8.0 GB, 1 GPU"
    assert "large enough" in explain.idle(with_gpu, [slot((8, 16384, 0), (8, 16384, 0))])


def test_why_a_job_is_held() -> None:
    held = job(JobStatus=5, HoldReasonCode=34, HoldReason="memory usage exceeded")
    assert explain.held(held) == (
        "It used more memory than it asked for. Ask for more memory. "
        "HTCondor says: memory usage exceeded"
    )
    assert explain.held(job(HoldReasonCode=999)) == "HTCondor put it on hold."


@pytest.mark.parametrize(
    ("ad", "sentence"),
    [
        ({"ExitBySignal": True, "ExitSignal": 9}, "It was ended by signal 9 on the worker."),
        ({"ExitBySignal": False, "ExitCode": 1}, "It ended by itself with exit code 1."),
        ({"RemoveReason": "by user"}, "It was removed: by user"),
        (
            {"RemoveReason": "The job attribute PeriodicRemove expression '…' evaluated to TRUE"},
            "Its time was over, or it lost its machine.",
        ),
        ({}, "It left the queue."),
    ],
)
def test_how_a_job_ended(ad: dict[str, Any], sentence: str) -> None:
    assert explain.ended(job(JobStatus=4, **ad)) == sentence


def test_a_static_slot_is_free_as_a_whole_or_not_at_all() -> None:
    ad = {"Cpus": 4, "Memory": 4000, "SlotType": "Static"}
    assert Slot.from_ad({**ad, "State": "Claimed"}).free_cpus == 0
    assert Slot.from_ad({**ad, "State": "Unclaimed"}).free_cpus == 4
