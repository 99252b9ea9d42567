"""How a job came to its end: one word for statistics and one sentence for its person."""

from dataclasses import dataclass

from vispa_htcondor import explain
from vispa_htcondor.model import Job, JobStatus

_EARLY = 5
"""Seconds before its time is over in which a server may begin to end by itself."""


@dataclass(frozen=True)
class End:
    """The end of a job.

    `reason` is one of ``exit``, ``signal``, ``held``, ``time-limit``, ``machine-lost``,
    ``removed`` and ``unknown``; `code` is the exit code, 1 where there is none.
    """

    reason: str
    sentence: str
    code: int = 1


def of(job: Job | None, runtime: int = 0) -> End:
    """Tell how a job ended, from its ad in the history; None is a job that left no trace.

    `runtime` is the number of seconds it was allowed to run, 0 for no limit.
    """
    if job is None:
        return End("unknown", "It left the queue, and HTCondor's history does not have it.")
    removed = job.status is JobStatus.REMOVED
    if job.status is JobStatus.HELD or (removed and job.last_status is JobStatus.HELD):
        return End("held", explain.held(job))
    if removed:
        return _removed(job, runtime)
    if job.exit_signal is not None:
        return End("signal", f"It was ended by signal {job.exit_signal} on the worker.")
    if job.exit_code == 0 and _time_over(job, runtime):
        return End("time-limit", _TIME_OVER, 0)
    if job.exit_code is not None:
        sentence = f"It ended by itself with exit code {job.exit_code}."
        return End("exit", sentence, job.exit_code)
    return End("unknown", "It left the queue.")


def has_lost_its_machine(job: Job) -> bool:
    """Whether a job in the queue has had a machine and has it no longer."""
    return job.status is JobStatus.IDLE and job.starts > 0


def of_lost_machine(job: Job) -> End:
    """Tell the end of a server whose job waits for another machine, on which it may not start."""
    where = f" ({job.host})" if job.host else ""
    why = f" HTCondor says: {job.vacate_reason}" if job.vacate_reason else ""
    return End(
        "machine-lost",
        f"It lost its machine{where}: the machine went down, or HTCondor needed it for somebody "
        f"else. What was not saved is lost. Start again.{why}",
    )


_TIME_OVER = "Its time was over. Ask for more hours next time, if you need them."


def _removed(job: Job, runtime: int) -> End:
    if "PeriodicRemove" in job.remove_reason:
        if job.last_status is JobStatus.IDLE:  # NumJobStarts may still be 0: the shadow tells late
            return of_lost_machine(job)
        return End("time-limit", _TIME_OVER)
    if job.last_status is JobStatus.RUNNING and _time_over(job, runtime):
        return End("time-limit", _TIME_OVER)
    reason = job.remove_reason or "nobody said why"
    return End("removed", f"It was removed: {reason}")


def _time_over(job: Job, runtime: int) -> bool:
    began = job.executing_at or job.started_at
    ended = job.completed_at or job.entered_status
    return bool(runtime and began and ended - began >= runtime - _EARLY)
