"""Slots as the collector knows them: what is free of them now, and what they have when empty."""

import math
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

import classad2

PROJECTION = (
    "MyType", "Name", "Machine", "SlotType", "State", "Requirements", "AvailableGPUs",
    "Cpus", "Memory", "Disk", "GPUs", "TotalSlotCpus", "TotalSlotMemory", "TotalSlotDisk",
    "TotalSlotGPUs", "GPUs_DeviceName", "RemoteOwner",
    "ChildRemoteOwner", "ChildCpus", "ChildMemory", "ChildGPUs",
    "Arch", "OpSys", "HasFileTransfer", "CondorVersion",
)  # fmt: skip

CONSTRAINT = 'MyType == "Machine" && BackfillSlot =!= true && (SlotType =!= "Dynamic" || GPUs > 0)'
"""Partitionable slots tell of the jobs in their dynamic ones, except of the type of their GPUs."""

_MOST_GPUS = 1000  # of one machine: more is a slip of its configuration
_DYNAMIC = re.compile(r"_\d+(?=@|$)")


class Slot:
    """One slot that is not a part of another, and those parts of it that have GPUs."""

    def __init__(self, ad: Any, parts: Iterable[Any] = ()) -> None:
        """Keep the ads; nothing is evaluated yet."""
        self.ad = ad
        self.parts = list(parts)
        self.machine = str(ad.get("Machine"))
        self.partitionable = ad.get("SlotType") == "Partitionable"

    @cached_property
    def empty(self) -> Any:
        """The ad as it would be without any job. Later GPUs join those that are free."""
        ad = classad2.ClassAd(repr(self.ad))
        for name in ("Cpus", "Memory", "Disk", "GPUs"):
            if (total := _number(self.ad, f"TotalSlot{name}")) is not None:
                ad[name] = total
        if self.parts:
            gpus = [*_references(self.ad), *(n for part in self.parts for n in _references(part))]
            for part in map(_gpus, self.parts):
                ad.update(part)
            ad["AvailableGPUs"] = classad2.ExprTree("{" + ", ".join(dict.fromkeys(gpus)) + "}")
        return ad

    @property
    def may_take(self) -> bool:
        """Whether a job can start on it now without another one leaving."""
        state = str(self.ad.get("State"))
        return state == "Unclaimed" or (self.partitionable and state == "Claimed")

    def total(self, what: str) -> int:
        """Return how much of Cpus, Memory (MB), Disk (KB) or GPUs it has in all."""
        return int(_number(self.ad, f"TotalSlot{what}") or _number(self.ad, what) or 0)

    def free(self, what: str) -> int:
        """Return how much of it no job has; a static slot is free as a whole or not at all."""
        return int(_number(self.ad, what) or 0) if self.may_take else 0

    def gpu_types(self) -> Iterator[tuple[str, bool]]:
        """Yield the type of each GPU, and whether it is free."""
        names = [_type_of(self.ad, name) for name in _references(self.ad)]
        free = self.free("GPUs")
        whole = min(self.total("GPUs"), _MOST_GPUS)
        for index in range(whole - sum(map(_count, self.parts))):
            yield (names[index] if index < len(names) else _common_type(self.ad)), index < free
        for part in self.parts:
            for _ in range(_count(part)):
                yield _common_type(part), False

    def users(self) -> Iterator[tuple[str, int, int, int]]:
        """Yield who has how much of it: owner, cores, memory in MB, GPUs; once for each job."""
        if not self.partitionable:
            if owner := self.ad.get("RemoteOwner"):
                yield str(owner), self.total("Cpus"), self.total("Memory"), self.total("GPUs")
            return
        cores, memory, gpus = (
            _list(self.ad, f"Child{what}") for what in ("Cpus", "Memory", "GPUs")
        )
        for index, owner in enumerate(_list(self.ad, "ChildRemoteOwner")):
            if isinstance(owner, str):
                yield owner, _at(cores, index), _at(memory, index), _at(gpus, index)


def slots_of(ads: Iterable[Any]) -> list[Slot]:
    """Put dynamic slots where they belong."""
    whole, parts = [], dict[str, list[Any]]()
    for ad in ads:
        if ad.get("SlotType") == "Dynamic":
            parts.setdefault(_DYNAMIC.sub("", str(ad.get("Name"))), []).append(ad)
        else:
            whole.append(ad)
    return [Slot(ad, parts.get(str(ad.get("Name")), ())) for ad in whole]


def _number(ad: Any, name: str) -> int | float | None:
    value = ad.eval(name) if name in ad else None
    return value if isinstance(value, int | float) and math.isfinite(value) else None


def _list(ad: Any, name: str) -> list[Any]:
    value = ad.eval(name) if name in ad else None
    return value if isinstance(value, list) else []


def _at(values: list[Any], index: int) -> int:
    value = values[index] if index < len(values) else 0
    return int(value) if isinstance(value, int | float) and math.isfinite(value) else 0


def _count(part: Any) -> int:
    return min(int(_number(part, "GPUs") or 0), _MOST_GPUS)


def _references(ad: Any) -> list[str]:
    """Return the names in AvailableGPUs, each that of an ad within the ad."""
    if "AvailableGPUs" not in ad:
        return []
    return re.findall(r"\w+", str(ad.lookup("AvailableGPUs")))


def _gpus(part: Any) -> dict[str, Any]:
    return {name: part[name] for name in _references(part) if name in part}


def _type_of(ad: Any, name: str) -> str:
    gpu = ad.get(name)
    known = gpu.get("DeviceName") if isinstance(gpu, classad2.ClassAd) else None
    return str(known) if known else _common_type(ad)


def _common_type(ad: Any) -> str:
    return str(ad.get("GPUs_DeviceName") or "GPU")
