"""What is said of the pool and of wished jobs, against what a real HTCondor does."""

import random
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.htcondor.live_pool import LivePool, live
from vispa_htcondor import explain
from vispa_htcondor.submit import Request
from vispa_htcondor.view import Size, Use, Wanted

__all__ = ["live"]  # a fixture
pytestmark = pytest.mark.pool

A100 = 'DeviceName == "NVIDIA A100"'
STATIC, DIVIDED = 'SlotType == "Static"', 'SlotType != "Static"'


@pytest.fixture(autouse=True)
async def next_test_begins_with_an_empty_pool(live: LivePool) -> AsyncIterator[None]:
    yield
    await live.empty()


async def answer(live: LivePool, wanted: Wanted) -> str:
    return explain.wish(await live.view.consider(wanted))


async def test_an_empty_pool_in_numbers(live: LivePool) -> None:
    sight = await live.view.look()
    assert sight.total == sight.free == Size(64, 20_000, 3)
    assert sight.largest_free == Size(48, 16_000, 3)
    assert [(one.name, one.total, one.free) for one in sight.gpu_types] == [
        ("NVIDIA A100", 2, 2),
        ("Tesla T4", 1, 1),
    ]
    assert (sight.machines, sight.usable_machines, sight.idle_jobs()) == (1, 1, 0)


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (Wanted(cpus=48), "It would start now: 1 machine has room for it."),
        (
            Wanted(memory_mb=999_999),
            "No machine of the cluster has 976.6 GB of memory (the most is 15.6 GB). Ask for less.",
        ),
        (
            Wanted(cpus=49, gpus=4),
            (
                "No machine of the cluster has 49 cores (the most is 48) and 4 GPUs (the most is "
                "3). Ask for less."
            ),
        ),
        (
            Wanted(gpus=3, gpu_kind=A100),
            "No machine of the cluster has 3 GPUs of the wanted kind.",
        ),
        (
            Wanted(requirements='OpSys == "LINUX" && (OpSysName == "Beos")'),
            'No machine of the cluster meets the requirement OpSysName == "Beos".',
        ),
        (
            Wanted(requirements="TotalSlotCpus == 48 && TotalSlotMemory == 2000"),
            (
                "No machine of the cluster meets all of the requirements "
                "TotalSlotCpus == 48 && TotalSlotMemory == 2000."
            ),
        ),
        (
            Wanted(gpus=1, requirements="TotalSlotCpus == 8", cpus=2),
            "No machine of the cluster has 1 GPU (the most is 0). Ask for less.",
        ),
        (
            Wanted(cpus=1, requirements="TotalSlotCpus == 8"),
            (
                "No machine of the cluster takes it at the moment: what their owners allow (START) "
                "rules it out. It would wait until that changes."
            ),
        ),
    ],
)
async def test_what_an_empty_pool_says_of_a_wish(
    live: LivePool, wanted: Wanted, sentence: str
) -> None:
    assert await answer(live, wanted) == sentence


async def test_a_filled_pool_in_numbers(live: LivePool) -> None:
    await live.submit(Request(cpus=10, memory_mb=3_000, gpus=1), 600)
    await live.submit(Request(cpus=20, memory_mb=6_000), 600)
    sight = await live.settled()
    # HTCondor hands out memory in pieces of 128 MB.
    assert sight.free == Size(64 - 30, 20_000 - 3_072 - 6_016, 2)
    assert sum(one.free for one in sight.gpu_types) == 2
    assert sum(one.total for one in sight.gpu_types) == 3
    assert sight.use_of(live.person.name) == Use(2, 30, 9_088, 1)
    assert (await answer(live, Wanted(cpus=19))).startswith(
        "It would wait: the only machine that could take it is busy."
    )


async def test_the_predictions_are_right(live: LivePool) -> None:
    await live.submit(Request(cpus=29, memory_mb=9_100, gpus=1), 600)
    await live.submit(Request(cpus=8, memory_mb=2_000, requirements=(STATIC,)), 600)
    sight = await live.settled()
    assert sight.free == Size(64 - 37, 20_000 - 9_216 - 2_000, 2)

    dice = random.Random(7)  # noqa: S311 - the same requests each time
    requests = [
        Request(
            cpus=dice.choice([1, 2, 7, 8, 9, dice.randint(17, 21), dice.randint(1, 60)]),
            memory_mb=dice.choice([500, 2_000, 2_001, 6_784, 6_785, dice.randint(1, 18_000)]),
            gpus=dice.choice([0, 0, 0, 1, 2, 3]),
            requirements=(
                dice.choice(["", 'OpSys == "LINUX"', "Memory > 6000", STATIC, "HasSshd"]),
            ),
        )
        for _ in range(50)
    ]
    said = [
        (await live.view.consider(Wanted.of(request, live.person.name))).answer == "now"
        for request in requests
    ]
    assert 10 < sum(said) < 40  # else it is no test
    jobs = [await live.submit(request, 0) for request in requests]
    await live.settled()
    waiting = await live.idle()
    wrong = [
        (request, predicted)
        for request, predicted, job in zip(requests, said, jobs, strict=True)
        if predicted != (job not in waiting)
    ]
    assert len(wrong) <= 2, wrong


async def test_a_group_whose_quota_is_used_up_waits(live: LivePool) -> None:
    me = live.person.name
    three = Request(cpus=3, memory_mb=100, accounting_group="group_small", requirements=(DIVIDED,))
    two = replace(three, cpus=2)
    await live.submit(three, 600)
    await live.settled()
    # HTCondor lets the last job go beyond the quota of 4.
    assert (await live.view.consider(Wanted.of(two, me))).answer == "now"
    await live.submit(two, 600)
    await live.settled()
    assert await live.idle() == set()

    outlook = await live.view.consider(Wanted.of(two, me))
    assert outlook.answer == "waits"
    assert explain.wish(outlook) == (
        "It would wait: your group group_small has 5 of its 4 cores in use."
    )
    waits = await live.submit(two, 600)
    await live.settled()
    assert await live.idle() == {waits}
