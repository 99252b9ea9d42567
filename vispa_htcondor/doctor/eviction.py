"""May the pool take a machine away from a notebook that runs on it."""

from collections.abc import Iterator, Sequence

from vispa_htcondor.doctor.daemons import Daemon, Worker
from vispa_htcondor.doctor.finding import Finding, Line

TOPIC = "eviction"
_NO = {"", "0", "0.0", "false"}


def judge(
    negotiator: Daemon | None, startd: Daemon | None, workers: Sequence[Worker], defrag: bool
) -> Iterator[Finding]:
    """Look for what evicts jobs, and whether the workers let a running job finish first."""
    if not workers:
        return
    causes = list(_causes(negotiator, startd, workers, defrag))
    hasty = sorted({worker.machine for worker in workers if _is_no(worker.retirement)})
    if not causes or not hasty:
        yield Finding("ok", TOPIC, "Nothing here takes a machine away from a running job at once.")
        return
    yield Finding(
        "advice", TOPIC,
        f"Running notebooks can be evicted at once, with all that is in their memory: "
        f"{'; '.join(causes)}. {_machines(hasty)} no time to finish (MaxJobRetirementTime = 0).",
        (Line("startd", "MAXJOBRETIREMENTTIME", "24 * 3600",
              "seconds a running job keeps its machine; take your longest run time of a server"),),
    )  # fmt: skip


def _causes(
    negotiator: Daemon | None, startd: Daemon | None, workers: Sequence[Worker], defrag: bool
) -> Iterator[str]:
    if negotiator and not _is_no(policy := negotiator.settings.get("PREEMPTION_REQUIREMENTS", "")):
        yield f"people with a better priority preempt others (PREEMPTION_REQUIREMENTS = {policy})"
    if startd and not _is_no(policy := startd.settings.get("PREEMPT", "")):
        yield f"{startd.machine} preempts jobs (PREEMPT = {policy})"
    ranks = sorted({worker.rank for worker in workers if not _is_no(worker.rank)})
    if ranks:
        yield f"workers prefer some jobs to those that run (RANK = {ranks[0]})"
    if defrag:
        yield "condor_defrag drains machines"


def _is_no(expression: str) -> bool:
    return expression.strip().lower() in _NO


def _machines(names: list[str]) -> str:
    if len(names) == 1:
        return f"{names[0]} gives them"
    return f"{len(names)} workers ({', '.join(names[:2])}, …) give them"
