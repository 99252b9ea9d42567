"""What a pool is doing, in numbers."""

from collections import Counter
from dataclasses import dataclass, field

from .tools import Tools

_JOB_STATES = {1: "idle", 2: "running", 3: "removed", 4: "completed", 5: "held", 7: "suspended"}


@dataclass(frozen=True)
class Status:
    """One look at a pool. `since` is Unix time; `jobs` counts the jobs in the queue by state."""

    running: bool
    version: str = ""
    since: float = 0.0
    cores: int = 0
    free_cores: int = 0
    memory_mb: int = 0
    free_memory_mb: int = 0
    jobs: dict[str, int] = field(default_factory=dict)


def look(tools: Tools, since: float) -> Status:
    """Ask the pool's collector and schedd."""
    machine = tools.run(
        "condor_status", "-constraint", "PartitionableSlot",
        "-af", "TotalSlotCpus", "Cpus", "TotalSlotMemory", "Memory",
    )  # fmt: skip
    cores, free_cores, memory, free_memory = (int(word) for word in machine.split())
    states = tools.run("condor_q", "-allusers", "-af", "JobStatus").split()
    return Status(
        running=True,
        version=tools.run("condor_version").split()[1],
        since=since,
        cores=cores,
        free_cores=free_cores,
        memory_mb=memory,
        free_memory_mb=free_memory,
        jobs=dict(Counter(_JOB_STATES.get(int(state), "other") for state in states)),
    )
