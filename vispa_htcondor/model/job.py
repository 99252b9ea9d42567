"""One job, from the few attributes we ask HTCondor for."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Self

from vispa_htcondor.model.ad import Ad, flag, integer, maybe_integer, text
from vispa_htcondor.model.hold import Hold
from vispa_htcondor.model.usage import Usage

_SPOOLING = 16  # HoldReasonCode


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
    """One job (proc), in the queue or from the history.

    All times are seconds since 1970, and 0 when it has not come to that. `started_at` is when the
    last start began on a worker, with the transfer of its files; `executing_at` when its program
    did. `vacate_code` and `vacate_reason` say why HTCondor took it off its last worker.

    A job that was submitted through HTCondor's spool is `spooling` until its files are there.
    HTCondor calls that a hold, but it waits like every other: here it is idle.
    """

    PROJECTION = (
        "ClusterId", "ProcId", "Owner", "AcctGroup", "JobStatus", "LastJobStatus",
        "QDate", "EnteredCurrentStatus", "JobCurrentStartDate", "JobCurrentStartExecutingDate",
        "CompletionDate", "JobDisconnectedDate",
        "RequestCpus", "RequestMemory", "RequestGPUs", "RequestDisk",
        "RemoteHost", "LastRemoteHost", "NumJobStarts",
        "TransferringInput", "TransferringOutput", "TransferQueued",
        "RemoveReason", "VacateReason", "VacateReasonCode", "VacateReasonSubCode",
        "ExitCode", "ExitBySignal", "ExitSignal",
        "VispaHub", "VispaUser", "VispaServer", "VispaSpawn",
        *Hold.PROJECTION,
        *(name for name in Usage.PROJECTION if name not in ("JobStatus", "JobCurrentStartDate")),
    )  # fmt: skip

    cluster: int
    proc: int
    owner: str
    accounting_group: str
    status: JobStatus
    last_status: JobStatus | None
    queued_at: int
    entered_status: int
    started_at: int
    executing_at: int
    completed_at: int
    cpus: int
    memory_mb: int
    gpus: int
    disk_kb: int
    remote_host: str
    last_host: str
    spooling: bool
    starts: int
    transferring_input: bool
    transferring_output: bool
    transfer_queued: bool
    disconnected: bool
    hold: Hold | None
    remove_reason: str
    vacate_reason: str
    vacate_code: int
    vacate_subcode: int
    exit_code: int | None
    exit_signal: int | None
    usage: Usage
    hub: str
    user: str
    server: str
    spawn: str

    @classmethod
    def from_ad(cls, ad: Ad) -> Self:
        """Read a job from its projected ad; what is missing or senseless becomes an empty value.

        Everybody writes into the ads of their own jobs what they like, so this never fails.
        """
        status = _status(ad, "JobStatus") or JobStatus.IDLE
        hold = Hold.from_ad(ad)
        spooling = status is JobStatus.HELD and hold is not None and hold.code == _SPOOLING
        if spooling:
            status, hold = JobStatus.IDLE, None
        started_at = integer(ad, "JobCurrentStartDate")
        executing_at = integer(ad, "JobCurrentStartExecutingDate")
        by_signal = bool(ad.get("ExitBySignal"))
        return cls(
            cluster=integer(ad, "ClusterId"),
            proc=integer(ad, "ProcId"),
            owner=text(ad, "Owner"),
            accounting_group=text(ad, "AcctGroup"),
            status=status,
            last_status=_status(ad, "LastJobStatus"),
            queued_at=integer(ad, "QDate"),
            entered_status=integer(ad, "EnteredCurrentStatus"),
            started_at=started_at,
            # The date of an earlier start stays in the ad while a later one brings its files.
            executing_at=executing_at if executing_at >= started_at else 0,
            completed_at=integer(ad, "CompletionDate"),
            cpus=integer(ad, "RequestCpus", 1),
            memory_mb=integer(ad, "RequestMemory"),
            gpus=integer(ad, "RequestGPUs"),
            disk_kb=integer(ad, "RequestDisk"),
            remote_host=text(ad, "RemoteHost"),
            last_host=text(ad, "LastRemoteHost"),
            spooling=spooling,
            starts=integer(ad, "NumJobStarts"),
            transferring_input=flag(ad, "TransferringInput"),
            transferring_output=flag(ad, "TransferringOutput"),
            transfer_queued=flag(ad, "TransferQueued"),
            disconnected=status is JobStatus.RUNNING and integer(ad, "JobDisconnectedDate") > 0,
            hold=hold,
            remove_reason=text(ad, "RemoveReason"),
            vacate_reason=text(ad, "VacateReason"),
            vacate_code=integer(ad, "VacateReasonCode"),
            vacate_subcode=integer(ad, "VacateReasonSubCode"),
            exit_code=None if by_signal else maybe_integer(ad, "ExitCode"),
            exit_signal=maybe_integer(ad, "ExitSignal") if by_signal else None,
            usage=Usage.from_ad(ad),
            hub=text(ad, "VispaHub"),
            user=text(ad, "VispaUser"),
            server=text(ad, "VispaServer"),
            spawn=text(ad, "VispaSpawn"),
        )

    @property
    def host(self) -> str:
        """The machine it runs on or ran on last, without the slot; empty before its first start."""
        return (self.remote_host or self.last_host).rpartition("@")[2]

    @property
    def hold_code(self) -> int:
        """HoldReasonCode; 0 when it is not on hold."""
        return self.hold.code if self.hold else 0

    @property
    def hold_subcode(self) -> int:
        """HoldReasonSubCode; 0 when it is not on hold."""
        return self.hold.subcode if self.hold else 0

    @property
    def hold_reason(self) -> str:
        """HoldReason; empty when it is not on hold."""
        return self.hold.reason if self.hold else ""


def _status(ad: Ad, name: str) -> JobStatus | None:
    try:
        return JobStatus(integer(ad, name))
    except ValueError:  # of a newer HTCondor, or none at all
        return None
