"""What the waiting page says in each state of the job."""

from typing import Any

import pytest

from vispa_htcondor.model import Job
from vispa_spawner.cluster.phases import phase


def say(trouble: str = "", **ad: Any) -> str:
    job = Job.from_ad({"ClusterId": 7, "RemoteHost": "slot1_1@worker7", **ad}) if ad else None
    return phase(7, job, trouble, None)[1]


@pytest.mark.parametrize(
    ("ad", "words"),
    [
        ({"JobStatus": 1}, "Waiting in the queue"),
        ({"JobStatus": 1, "NumJobStarts": 1}, "lost its machine (worker7)"),
        ({"JobStatus": 2, "TransferringInput": True}, "HTCondor brings its files there"),
        ({"JobStatus": 2}, "runs on worker7; JupyterLab starts there"),
        ({"JobStatus": 2, "JobDisconnectedDate": 1}, "lost sight of worker7"),
        ({"JobStatus": 7}, "suspended it on worker7"),
        ({"JobStatus": 5, "HoldReasonCode": 34}, "on hold. It used more memory"),
        ({"JobStatus": 6}, "has ended on worker7"),
        ({"JobStatus": 4}, "has ended on worker7"),
        ({"JobStatus": 3}, "is being removed"),
    ],
)
def test_each_state_has_words_of_its_own(ad: dict[str, Any], words: str) -> None:
    sentence = say(**ad)
    assert sentence.startswith("Job 7")
    assert words in sentence


def test_before_htcondor_has_it_and_while_it_is_silent() -> None:
    assert phase(0, None, "", None) == (10, "Handing your server to HTCondor.")
    assert say() == "HTCondor has your server as job 7."
    assert say("It is silent.") == "It is silent. Your job keeps its place; we keep asking."
