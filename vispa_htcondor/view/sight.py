"""The pool in numbers at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Size:
    """An amount of a pool or of a slot. Memory in MB."""

    cores: int = 0
    memory_mb: int = 0
    gpus: int = 0


@dataclass(frozen=True)
class Use:
    """What somebody's running jobs have, in the whole pool."""

    jobs: int = 0
    cores: int = 0
    memory_mb: int = 0
    gpus: int = 0


@dataclass(frozen=True)
class Group:
    """An accounting group: cores in use, and its quota. With `surplus` it may have more."""

    used: float
    quota: float
    surplus: bool

    @property
    def is_full(self) -> bool:
        """Whether no more job of the group starts. The last one may go beyond the quota."""
        return not self.surplus and self.used >= self.quota


@dataclass(frozen=True)
class GpuType:
    """GPUs of one kind, by the name their driver tells."""

    name: str
    total: int
    free: int


@dataclass(frozen=True)
class Sight:
    """What one query of the collector told. Times are seconds since 1970.

    Sums are over slots that take servers at all (`usable_machines`). `users` are by owner,
    `waiting` (idle jobs) and `priorities` (less is better) by submitter, with their domains.
    """

    number: int
    at: float
    personal: bool
    machines: int
    usable_machines: int
    total: Size
    free: Size
    largest_free: Size
    gpu_types: tuple[GpuType, ...]
    users: Mapping[str, Use]
    waiting: Mapping[str, int]
    priorities: Mapping[str, float]
    groups: Mapping[str, Group]
    negotiated_at: int

    @classmethod
    def from_answer(cls, answer: Mapping[str, Any]) -> Self:
        """Read the answer of the worker's `look_at_pool`."""
        read: dict[str, Any] = {
            **answer,
            **{name: Size(**answer[name]) for name in ("total", "free", "largest_free")},
            "gpu_types": tuple(GpuType(**one) for one in answer["gpu_types"]),
            "users": {name: Use(**one) for name, one in answer["users"].items()},
            "groups": {name: Group(**one) for name, one in answer["groups"].items()},
        }
        return cls(**read)

    def use_of(self, owner: str) -> Use:
        """Return what the running jobs of an account have, here and from other schedds."""
        found = [use for name, use in self.users.items() if _without_domain(name) == owner]
        return found[0] if found else Use()

    def idle_jobs(self) -> int:
        """Return how many jobs of all people wait."""
        return sum(self.waiting.values())

    def idle_jobs_ahead(self, owner: str, group: str) -> int:
        """Return how many jobs wait of those whom HTCondor serves before this submitter.

        HTCondor does not keep one line for all: it serves submitters in the order of their
        priority. One it has not met yet comes with the best there is.
        """
        me = f"{group}.{owner}" if group else owner
        mine = [value for name, value in self.priorities.items() if _without_domain(name) == me]
        return sum(
            count
            for name, count in self.waiting.items()
            if mine and self.priorities.get(name, 0) < mine[0] and _without_domain(name) != me
        )


def _without_domain(name: str) -> str:
    return name.rpartition("@")[0] or name
