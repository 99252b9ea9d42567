"""What a worker can do. Arguments and results are plain JSON; the bindings stay in here."""

from collections.abc import Callable
from typing import Any

import classad2
import htcondor2

from vispa_htcondor import spool
from vispa_htcondor.broker import examination, pool_operations
from vispa_htcondor.broker.daemons import NoAnswer, collector, reach, reached_schedd, schedd
from vispa_htcondor.broker.plain import plain
from vispa_htcondor.broker.submission import (
    NoFolder,
    WrongOwner,
    submit,
    submit_spooled,
    tail_spooled,
)

__all__ = ["OPERATIONS", "NoAnswer", "NoFolder", "NotAllowed", "WrongOwner"]


class NotAllowed(Exception):
    """The jobs are there, and HTCondor says that we may not do this to them."""


def query_jobs(constraint: str, projection: list[str], limit: int = -1) -> list[dict[str, Any]]:
    """Return the jobs in the queue that match, each as the projected attributes it has."""
    return plain(reach(lambda: schedd().query(constraint, projection, limit=limit)))


def query_history(
    constraint: str, projection: list[str], limit: int, until: str = ""
) -> list[dict[str, Any]]:
    """Return up to `limit` jobs that left the queue, newest first.

    The search through the history ends at the first job for which the expression `until` is true.
    """
    stop = classad2.ExprTree(until) if until else None
    return plain(reach(lambda: schedd().history(constraint, projection, limit, stop)))


def query_slots(constraint: str, projection: list[str]) -> list[dict[str, Any]]:
    """Return the execute slots in the collector that match."""
    return plain(reach(lambda: collector().query(htcondor2.AdType.Startd, constraint, projection)))


def act(action: str, constraint: str, reason: str) -> int:
    """Remove, hold or release the jobs that match; returns how many were changed."""
    jobs = reach(lambda: schedd().query(constraint, ["ClusterId"]))
    if not jobs:
        return 0
    # The reason must be a tuple: a plain string is silently lost.
    result = schedd().act(htcondor2.JobAction[action], constraint, (reason, 0))
    changed = int(result["TotalSuccess"])
    if not changed and result["TotalPermissionDenied"]:
        raise NotAllowed(f"HTCondor does not let this account {action.lower()} the job.")
    return changed


def edit(constraint: str, changes: dict[str, str]) -> int:
    """Set attributes, given as ClassAd expressions, of the jobs that match; returns how many."""
    here = reached_schedd()
    jobs = reach(lambda: here.query(constraint, ["ClusterId", "ProcId"]))
    ids = [f"{job['ClusterId']}.{job['ProcId']}" for job in jobs]
    for name, expression in changes.items():
        if ids:
            here.edit(ids, name, expression)
    return len(ids)


def discard(folder: str) -> None:
    """Delete a job's private folder; it may be gone already."""
    spool.discard(folder)


def forget(folder: str, names: list[str]) -> None:
    """Delete some files of a job's private folder, such as those that held a secret."""
    spool.forget(folder, names)


def tail(folder: str, name: str, lines: int) -> str:
    """Return the last lines of a text file in a job's private folder, empty if there is none."""
    return spool.tail(folder, name, lines)


def read(folder: str, name: str) -> str:
    """Return the text of a file in a job's private folder."""
    return spool.read(folder, name)


OPERATIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        query_jobs, query_history, query_slots, act, edit,
        submit, submit_spooled, tail_spooled, discard, forget, read, tail,
        *pool_operations.ALL,
    )
} | examination.OPERATIONS  # fmt: skip
