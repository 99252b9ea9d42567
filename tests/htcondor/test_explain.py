"""HTCondor's states in sentences."""

from typing import Any

import pytest

from vispa_htcondor import explain
from vispa_htcondor.model import Job


def job(**ad: Any) -> Job:
    return Job.from_ad(
        {"ClusterId": 7, "JobStatus": 1, "RequestCpus": 4, "RequestMemory": 8192, **ad}
    )


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
