"""One execute slot, from the few attributes we ask HTCondor for."""

from dataclasses import dataclass
from typing import Self

from vispa_htcondor.model.ad import Ad, integer, text


@dataclass(frozen=True)
class Slot:
    """What one execute slot has in all and what of it is free."""

    PROJECTION = (
        "Name", "Machine", "SlotType", "State", "Cpus", "Memory", "GPUs",
        "TotalSlotCpus", "TotalSlotMemory", "TotalSlotGPUs",
    )  # fmt: skip

    CONSTRAINT = 'SlotType =!= "Dynamic"'
    """Dynamic slots are parts of a partitionable one, which reports what is left."""

    name: str
    machine: str
    total_cpus: int
    total_memory_mb: int
    total_gpus: int
    free_cpus: int
    free_memory_mb: int
    free_gpus: int

    @classmethod
    def from_ad(cls, ad: Ad) -> Self:
        """Read a slot from its projected ad. A static slot is free as a whole or not at all."""
        free = ad.get("SlotType") == "Partitionable" or ad.get("State") == "Unclaimed"
        cpus, memory, gpus = (integer(ad, name) for name in ("Cpus", "Memory", "GPUs"))
        return cls(
            name=text(ad, "Name"),
            machine=text(ad, "Machine"),
            total_cpus=integer(ad, "TotalSlotCpus", cpus),
            total_memory_mb=integer(ad, "TotalSlotMemory", memory),
            total_gpus=integer(ad, "TotalSlotGPUs", gpus),
            free_cpus=cpus if free else 0,
            free_memory_mb=memory if free else 0,
            free_gpus=gpus if free else 0,
        )

    def could_run(self, cpus: int, memory_mb: int, gpus: int) -> bool:
        """Whether a job of this size fits when the slot is empty."""
        return (
            cpus <= self.total_cpus
            and memory_mb <= self.total_memory_mb
            and gpus <= self.total_gpus
        )

    def can_run_now(self, cpus: int, memory_mb: int, gpus: int) -> bool:
        """Whether a job of this size fits into what is free."""
        return (
            cpus <= self.free_cpus and memory_mb <= self.free_memory_mb and gpus <= self.free_gpus
        )
