"""Which slots take a kind of job at all, whatever its size."""

from collections.abc import Iterable, Iterator
from typing import Any

from vispa_htcondor.broker.job_ad import job_ad
from vispa_htcondor.broker.slot_ads import Slot


def willing(wanted: dict[str, Any], slots: Iterable[Slot]) -> list[Slot]:
    """Return the slots that would take such a job in some size, when they are empty.

    Owners of machines ask for a certain size, too: for a GPU, for example, or for no small jobs.
    So the smallest job is tried, and the largest there is room for, with GPUs and without.
    """
    smallest = job_ad({**wanted, **_size(1, 1, 0)})
    return [
        slot
        for slot in slots
        if slot.empty.symmetricMatch(smallest)
        or any(slot.empty.symmetricMatch(job_ad({**wanted, **size})) for size in _sizes(slot))
    ]


def _sizes(slot: Slot) -> Iterator[dict[str, Any]]:
    cores, memory, gpus = (slot.total(what) for what in ("Cpus", "Memory", "GPUs"))
    if gpus:
        yield _size(1, 1, 1)
        yield _size(cores, memory, gpus)
    yield _size(cores, memory, 0)


def _size(cpus: int, memory_mb: int, gpus: int) -> dict[str, Any]:
    return {"cpus": cpus, "memory_mb": memory_mb, "gpus": gpus, "disk_mb": 1, "gpu_kind": ""}
