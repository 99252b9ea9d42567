"""What is read from the ads of slots, and requirements taken apart."""

from typing import Any

import classad2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vispa_htcondor.broker.job_ad import job_ad, references
from vispa_htcondor.broker.obstacle import clauses
from vispa_htcondor.broker.pool_summary import slots_in_numbers
from vispa_htcondor.broker.slot_ads import PROJECTION, slots_of

WANTED = {
    "cpus": 1, "memory_mb": 1, "gpus": 0, "disk_mb": 1, "gpu_kind": "", "requirements": "",
    "owner": "", "group": "",
}  # fmt: skip


def ad(**attributes: Any) -> classad2.ClassAd:
    return classad2.ClassAd({"Machine": "w", "Name": "slot1@w", **attributes})


def test_a_static_slot_is_free_as_a_whole_or_not_at_all() -> None:
    static = {"SlotType": "Static", "Cpus": 4, "Memory": 4000}
    [claimed] = slots_of([ad(**static, State="Claimed", RemoteOwner="ann@x")])
    assert (claimed.free("Cpus"), claimed.total("Cpus")) == (0, 4)
    assert list(claimed.users()) == [("ann@x", 4, 4000, 0)]
    [free] = slots_of([ad(**static, State="Unclaimed")])
    assert (free.free("Cpus"), list(free.users())) == (4, [])


def test_a_drained_machine_has_nothing_free() -> None:
    [slot] = slots_of([ad(SlotType="Partitionable", Cpus=4, TotalSlotCpus=8, State="Drained")])
    assert slot.free("Cpus") == 0


def test_gpus_in_use_count_by_their_type() -> None:
    whole = ad(SlotType="Partitionable", State="Unclaimed", GPUs=1, TotalSlotGPUs=2)
    whole["AvailableGPUs"] = classad2.ExprTree("{ GPUs_b }")
    whole["GPUs_b"] = {"DeviceName": "T4"}
    part = ad(Name="slot1_1@w", SlotType="Dynamic", GPUs=1, GPUs_DeviceName="A100")
    [slot] = slots_of([whole, part])
    assert list(slot.gpu_types()) == [("T4", True), ("A100", False)]


@given(
    st.dictionaries(
        st.sampled_from(PROJECTION),
        st.booleans() | st.integers(-(2**62), 2**62) | st.floats() | st.text("ab{}_", max_size=5)
        | st.lists(st.integers(0, 9), max_size=2),
    )
)  # fmt: skip
def test_no_ad_is_too_odd_to_add_up(attributes: dict[str, Any]) -> None:
    slots = slots_of([classad2.ClassAd(attributes)])
    slots_in_numbers(slots, slots)


@pytest.mark.parametrize(
    ("expression", "parts"),
    [
        ("A", ["A"]),
        ("A && B > 2", ["A", "B > 2"]),
        ('(A == "x && y") && ((B || C))', ['A == "x && y"', "B || C"]),
        ("((A && B) && !(C && D))", ["A", "B", "!(C && D)"]),
        ("A || B && C", ["A || B && C"]),
        ("A && B ? C : D", ["A && B ? C : D"]),
        ("member(A, {1, 2}) && 'B&&C' == D[0]", ["member(A, {1, 2})", "'B&&C' == D[0]"]),
    ],
)
def test_an_expression_falls_into_what_must_each_be_true(expression: str, parts: list[str]) -> None:
    assert clauses(expression) == parts


def test_the_attributes_that_requirements_speak_of() -> None:
    found = references('TARGET.HasOwl && OpSysName == "Beos" && MY.RequestCpus > 1')
    assert {"HasOwl", "OpSysName"} <= set(found)
    assert references("") == []


def test_requirements_that_are_none_are_a_value_error() -> None:
    with pytest.raises(ValueError, match="is not a ClassAd expression"):
        job_ad({**WANTED, "requirements": "A &&& B"})
