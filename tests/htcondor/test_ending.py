"""How a job ended, told from what the queue and the history have of it."""

from typing import Any

import pytest

from vispa_htcondor import ending
from vispa_htcondor.model import Job

BEGAN = 1_700_000_000
POLICY = "The job attribute PeriodicRemove expression '…' evaluated to TRUE"


def job(**ad: Any) -> Job:
    return Job.from_ad({"ClusterId": 7, "JobStatus": 4, "JobCurrentStartDate": BEGAN, **ad})


@pytest.mark.parametrize(
    ("ad", "runtime", "reason", "code"),
    [
        ({"ExitCode": 3}, 0, "exit", 3),
        ({"ExitCode": 0, "CompletionDate": BEGAN + 90}, 3600, "exit", 0),
        ({"ExitCode": 0, "CompletionDate": BEGAN + 3598}, 3600, "time-limit", 0),
        ({"ExitCode": 1, "CompletionDate": BEGAN + 3599}, 3600, "exit", 1),
        ({"ExitBySignal": True, "ExitSignal": 9}, 0, "signal", 1),
        ({"JobStatus": 5, "HoldReasonCode": 34}, 0, "held", 1),
        ({"JobStatus": 3, "LastJobStatus": 5, "RemoveReason": "by ann"}, 0, "held", 1),
        ({"JobStatus": 3, "LastJobStatus": 2, "RemoveReason": "by ann"}, 0, "removed", 1),
        ({"JobStatus": 3, "LastJobStatus": 2, "RemoveReason": POLICY}, 60, "time-limit", 1),
        (
            {"JobStatus": 3, "LastJobStatus": 1, "NumJobStarts": 1, "RemoveReason": POLICY},
            60,
            "machine-lost",
            1,
        ),
        ({}, 0, "unknown", 1),
    ],
)
def test_each_end_has_a_reason(ad: dict[str, Any], runtime: int, reason: str, code: int) -> None:
    end = ending.of(job(**ad), runtime)
    assert (end.reason, end.code) == (reason, code)
    assert end.sentence.endswith(".") or end.sentence.endswith(str(ad.get("RemoveReason")))


def test_a_job_that_left_no_trace_is_said_to_have_left_none() -> None:
    assert "history does not have it" in ending.of(None).sentence


def test_a_lost_machine_is_named_with_what_htcondor_says() -> None:
    lost = job(
        JobStatus=1, NumJobStarts=1, LastRemoteHost="slot1@worker7", VacateReason="Node drained"
    )
    assert ending.has_lost_its_machine(lost)
    assert not ending.has_lost_its_machine(job(JobStatus=1))
    sentence = ending.of_lost_machine(lost).sentence
    assert sentence.startswith("It lost its machine (worker7)")
    assert sentence.endswith("HTCondor says: Node drained")
