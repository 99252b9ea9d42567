"""Jobs and slots out of ads: everybody writes into their own what they like."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vispa_htcondor import explain
from vispa_htcondor.model import Hold, Job, JobStatus, Slot, Usage

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=4,
)


def ads_of(kind: type[Job] | type[Slot]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(kind.PROJECTION), anything)


@given(ads_of(Job))
def test_no_ad_of_a_job_is_too_odd_to_read_and_to_explain(ad: dict[str, Any]) -> None:
    job = Job.from_ad(ad)
    assert isinstance(job.status, JobStatus)
    for sentence in (explain.idle(job, None), explain.held(job), explain.ended(job), job.host):
        assert isinstance(sentence, str)


@given(ads_of(Slot))
def test_no_ad_of_a_slot_is_too_odd_to_read(ad: dict[str, Any]) -> None:
    Slot.from_ad(ad)


def test_a_static_slot_is_free_as_a_whole_or_not_at_all() -> None:
    ad = {"Cpus": 4, "Memory": 4000, "SlotType": "Static"}
    assert Slot.from_ad({**ad, "State": "Claimed"}).free_cpus == 0
    assert Slot.from_ad({**ad, "State": "Unclaimed"}).free_cpus == 4


@given(st.integers())
def test_a_number_without_end_is_a_number(number: int) -> None:
    assert Job.from_ad({"RequestMemory": number * 10**400}).memory_mb == number * 10**400


def test_no_attribute_is_asked_for_twice() -> None:
    assert len(Job.PROJECTION) == len(set(Job.PROJECTION))
    assert set(Hold.PROJECTION + Usage.PROJECTION) <= set(Job.PROJECTION)


def test_a_job_is_on_hold_only_when_its_ad_says_why() -> None:
    assert Job.from_ad({"HoldReasonSubCode": 3}).hold is None
    held = Job.from_ad({"HoldReasonCode": 6, "HoldReasonSubCode": 2, "HoldReason": "no such file"})
    assert held.hold == Hold(6, 2, "no such file")
    assert (held.hold_code, held.hold_subcode, held.hold_reason) == (6, 2, "no such file")


def test_a_status_nobody_knows_yet_is_idle_and_an_earlier_one_is_none() -> None:
    job = Job.from_ad({"JobStatus": 99, "LastJobStatus": 0})
    assert (job.status, job.last_status) == (JobStatus.IDLE, None)


def test_the_program_of_an_earlier_start_does_not_execute_now() -> None:
    job = Job.from_ad({"JobCurrentStartDate": 200, "JobCurrentStartExecutingDate": 150})
    assert (job.started_at, job.executing_at) == (200, 0)


@pytest.mark.parametrize(
    ("ad", "host"),
    [
        ({}, ""),
        ({"RemoteHost": "slot1_1@w1.example.org"}, "w1.example.org"),
        ({"LastRemoteHost": "slot1@w2"}, "w2"),
        ({"RemoteHost": "slot1@w1", "LastRemoteHost": "slot1@w2"}, "w1"),
    ],
)
def test_the_host_is_the_last_one_it_was_on(ad: dict[str, Any], host: str) -> None:
    assert Job.from_ad(ad).host == host


def test_only_a_running_job_can_have_lost_its_connection() -> None:
    lost = {"JobDisconnectedDate": 100}
    assert Job.from_ad({"JobStatus": 2, **lost}).disconnected
    assert not Job.from_ad({"JobStatus": 1, **lost}).disconnected
    assert not Job.from_ad({"JobStatus": 2}).disconnected


def test_usage_counts_the_start_that_is_under_way() -> None:
    ad = {
        "MemoryUsage": "((ResidentSetSize + 1023) / 1024)",
        "ResidentSetSize": 2049,
        "DiskUsage": 17,
        "RemoteUserCpu": 1.5,
        "RemoteSysCpu": 2.0,
        "RemoteWallClockTime": 60.0,
        "JobCurrentStartDate": 1000,
        "ServerTime": 1030,
    }
    assert Job.from_ad({"JobStatus": 2, **ad}).usage == Usage(3, 17, 3, 90)
    assert Job.from_ad({"JobStatus": 1, **ad}).usage.wall_seconds == 60
