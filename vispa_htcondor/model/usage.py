"""What a job has used, as far as HTCondor has been told by its worker."""

from dataclasses import dataclass
from typing import Self

from vispa_htcondor.model.ad import Ad, integer, maybe_integer


@dataclass(frozen=True)
class Usage:
    """Largest memory and disk seen, and time spent.

    Workers report every few minutes, so the numbers of a running job are behind. `wall_seconds`
    counts all of its starts; the one that is under way is in it when the ad came from the queue.
    """

    PROJECTION = (
        "MemoryUsage", "ResidentSetSize", "DiskUsage", "RemoteUserCpu", "RemoteSysCpu",
        "RemoteWallClockTime", "JobStatus", "JobCurrentStartDate", "ServerTime",
    )  # fmt: skip

    memory_mb: int
    disk_kb: int
    cpu_seconds: int
    wall_seconds: int

    @classmethod
    def from_ad(cls, ad: Ad) -> Self:
        """Read the usage of a job; what is not known (yet) is zero."""
        memory = maybe_integer(ad, "MemoryUsage")
        if memory is None:  # in some ads it is an expression that stands on its own
            memory = -(-integer(ad, "ResidentSetSize") // 1024)
        return cls(
            memory_mb=memory,
            disk_kb=integer(ad, "DiskUsage"),
            cpu_seconds=integer(ad, "RemoteUserCpu") + integer(ad, "RemoteSysCpu"),
            wall_seconds=integer(ad, "RemoteWallClockTime") + _under_way(ad),
        )


def _under_way(ad: Ad) -> int:
    """Seconds of the start under way, which HTCondor adds to its sum only at the end."""
    started = integer(ad, "JobCurrentStartDate")
    now = integer(ad, "ServerTime")
    on_a_worker = integer(ad, "JobStatus") in (2, 6, 7)  # running, its output, suspended
    return max(0, now - started) if on_a_worker and started else 0
