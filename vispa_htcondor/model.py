"""Jobs and slots as typed values, made from the few attributes we ask HTCondor for."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Self


class JobStatus(IntEnum):
    """HTCondor's JobStatus."""

    IDLE = 1
    RUNNING = 2
    REMOVED = 3
    COMPLETED = 4
    HELD = 5
    TRANSFERRING_OUTPUT = 6
    SUSPENDED = 7


@dataclass(frozen=True)
class Job:
    """One job (proc), in the queue or from the history."""

    PROJECTION = (
        "ClusterId", "ProcId", "Owner", "JobStatus", "QDate", "EnteredCurrentStatus",
        "RequestCpus", "RequestMemory", "RequestGPUs", "RemoteHost", "NumJobStarts",
        "HoldReason", "HoldReasonCode", "HoldReasonSubCode", "RemoveReason",
        "ExitCode", "ExitBySignal", "ExitSignal",
        "VispaHub", "VispaUser", "VispaServer", "VispaSpawn",
    )  # fmt: skip

    cluster: int
    proc: int
    owner: str
    status: JobStatus
    entered_status: int
    cpus: int
    memory_mb: int
    gpus: int
    remote_host: str
    starts: int
    hold_code: int
    hold_reason: str
    remove_reason: str
    exit_code: int | None
    exit_signal: int | None
    hub: str
    user: str
    server: str
    spawn: str

    @classmethod
    def from_ad(cls, ad: Mapping[str, Any]) -> Self:
        """Read a job from its projected ad; what is missing or senseless becomes an empty value.

        Everybody writes into the ads of their own jobs what they like, so this never fails.
        """
        return cls(
            cluster=_int(ad, "ClusterId"),
            proc=_int(ad, "ProcId"),
            owner=_text(ad, "Owner"),
            status=_status(ad),
            entered_status=_int(ad, "EnteredCurrentStatus"),
            cpus=_int(ad, "RequestCpus", 1),
            memory_mb=_int(ad, "RequestMemory"),
            gpus=_int(ad, "RequestGPUs"),
            remote_host=_text(ad, "RemoteHost"),
            starts=_int(ad, "NumJobStarts"),
            hold_code=_int(ad, "HoldReasonCode"),
            hold_reason=_text(ad, "HoldReason"),
            remove_reason=_text(ad, "RemoveReason"),
            exit_code=None if ad.get("ExitBySignal") else _maybe_int(ad, "ExitCode"),
            exit_signal=_maybe_int(ad, "ExitSignal") if ad.get("ExitBySignal") else None,
            hub=_text(ad, "VispaHub"),
            user=_text(ad, "VispaUser"),
            server=_text(ad, "VispaServer"),
            spawn=_text(ad, "VispaSpawn"),
        )


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
    def from_ad(cls, ad: Mapping[str, Any]) -> Self:
        """Read a slot from its projected ad. A static slot is free as a whole or not at all."""
        free = ad.get("SlotType") == "Partitionable" or ad.get("State") == "Unclaimed"
        cpus, memory, gpus = (_int(ad, name) for name in ("Cpus", "Memory", "GPUs"))
        return cls(
            name=_text(ad, "Name"),
            machine=_text(ad, "Machine"),
            total_cpus=_int(ad, "TotalSlotCpus", cpus),
            total_memory_mb=_int(ad, "TotalSlotMemory", memory),
            total_gpus=_int(ad, "TotalSlotGPUs", gpus),
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


def _status(ad: Mapping[str, Any]) -> JobStatus:
    try:
        return JobStatus(_int(ad, "JobStatus", JobStatus.IDLE))
    except ValueError:  # of a newer HTCondor
        return JobStatus.IDLE


def _maybe_int(ad: Mapping[str, Any], name: str) -> int | None:
    value = ad.get(name)
    return int(value) if isinstance(value, int | float) and math.isfinite(value) else None


def _int(ad: Mapping[str, Any], name: str, default: int = 0) -> int:
    value = _maybe_int(ad, name)
    return default if value is None else value


def _text(ad: Mapping[str, Any], name: str) -> str:
    value = ad.get(name)
    return value if isinstance(value, str) else ""
