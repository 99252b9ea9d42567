"""Why a job waits, in sentences."""

from typing import Any

import pytest

from vispa_htcondor.explain import idle, wish
from vispa_htcondor.model import Job
from vispa_htcondor.view import Group, Outlook, Sight, Size, Verdict, Wanted

JOB = Job.from_ad({"ClusterId": 7, "JobStatus": 1, "RequestCpus": 4, "RequestMemory": 8192})
WANTED = Wanted(cpus=4, memory_mb=8192, owner="ann", group="phys")


def sight(**known: Any) -> Sight:
    unknown: dict[str, Any] = {
        "number": 1, "at": 0.0, "personal": False, "machines": 2, "usable_machines": 2,
        "total": Size(), "free": Size(), "largest_free": Size(), "gpu_types": (), "users": {},
        "waiting": {}, "priorities": {}, "groups": {}, "negotiated_at": 0,
    }  # fmt: skip
    return Sight(**{**unknown, **known})


def outlook(verdict: Verdict, **known: Any) -> Outlook:
    return Outlook(WANTED, verdict, sight(**known))


def test_nothing_is_known_yet() -> None:
    assert idle(JOB, None) == "Waiting in the queue."


@pytest.mark.parametrize(
    ("verdict", "sentence"),
    [
        (Verdict(obstacle="no machines"), "The cluster has no machine at the moment."),
        (
            Verdict(obstacle="size", most={"cpus": 2, "memory_mb": 4096}),
            (
                "No machine of the cluster has 4 cores (the most is 2) and 8 GB of memory (the "
                "most is 4 GB). Ask for less."
            ),
        ),
        (
            Verdict(obstacle="together"),
            (
                "No machine of the cluster has all of it together: 4 cores, 8 GB. Ask for less of "
                "something."
            ),
        ),
        (
            Verdict(obstacle="requirements", clause="HasCvmfs"),
            "No machine of the cluster meets the requirement HasCvmfs.",
        ),
        (Verdict(now=1, ever=1), "A machine is free; HTCondor is assigning it."),
        (
            Verdict(ever=1),
            "The only machine that could take it is busy (4 cores, 8 GB). It keeps its place.",
        ),
        (
            Verdict(ever=3),
            "All 3 machines that could take it are busy (4 cores, 8 GB). It keeps its place.",
        ),
    ],
)
def test_why_a_job_waits(verdict: Verdict, sentence: str) -> None:
    assert idle(JOB, outlook(verdict)) == sentence


def test_that_htcondor_looked_for_matches_long_ago_is_told() -> None:
    free = Verdict(now=1, ever=1)
    assert idle(JOB, outlook(free, at=160.0, negotiated_at=100)).endswith("is assigning it.")
    assert idle(JOB, outlook(free, at=280.0, negotiated_at=100)).endswith(
        "It looked for matches 3 minutes ago."
    )


def test_a_group_whose_quota_is_used_up() -> None:
    groups = {"phys": Group(64, 64, surplus=False)}
    full = outlook(Verdict(now=1, ever=1), groups=groups)
    assert idle(JOB, full) == (
        "Your group phys has 64 of its 64 cores in use. It starts when a job of the group ends."
    )
    assert full.answer == "waits"
    more = outlook(Verdict(now=1, ever=1), groups={"phys": Group(64, 64, surplus=True)})
    assert more.answer == "now"


def test_who_comes_first_is_who_has_the_better_priority() -> None:
    waiting = {"phys.ann@x": 2, "bob@x": 3, "eve@x": 5, "new@x": 1}
    priorities = {"phys.ann@x": 600.0, "bob@x": 500.0, "eve@x": 900.0}
    busy = outlook(Verdict(ever=2), waiting=waiting, priorities=priorities)
    assert busy.sight.idle_jobs_ahead("ann", "phys") == 4  # Bob's, and those of somebody new
    assert idle(JOB, busy).endswith(
        "10 more jobs wait, of all people; 4 of people with a better priority, who come first."
    )
    assert wish(busy).startswith(
        "It would wait: the 2 machines that could take it are busy. 11 jobs wait, of all people; 4"
    )
    alone = outlook(Verdict(ever=2), waiting={"phys.ann@x": 1})
    assert idle(JOB, alone).endswith("It keeps its place.")
    assert busy.sight.idle_jobs_ahead("zoe", "") == 0  # unknown: nothing is claimed
