"""Why a job waits in the queue."""

from vispa_htcondor.explain.amounts import count
from vispa_htcondor.explain.obstacle import obstacle, size
from vispa_htcondor.model import Job
from vispa_htcondor.view.outlook import Outlook

_LONG_AGO = 90.0  # seconds; HTCondor's own rounds are a minute apart


def idle(job: Job, outlook: Outlook | None) -> str:
    """Say why a job waits, from what is known; None stands for nothing known of the pool."""
    if outlook is None:
        return "Waiting in the queue."
    if not outlook.verdict.ever:
        return obstacle(outlook)
    if (group := outlook.full_group) is not None:
        return (
            f"Your group {outlook.wanted.group} has {group.used:g} of its {group.quota:g} cores in "
            "use. It starts when a job of the group ends."
        )
    if outlook.verdict.now:
        return "A machine is free; HTCondor is assigning it." + _last_round(outlook)
    return (
        f"{busy(outlook)} ({size(outlook.wanted)}). It keeps its place.{ahead(outlook, itself=1)}"
    )


def busy(outlook: Outlook) -> str:
    """Say that all machines that could take it are in use."""
    machines = outlook.verdict.ever
    if machines == 1:
        return "The only machine that could take it is busy"
    return f"All {machines} machines that could take it are busy"


def ahead(outlook: Outlook, itself: int = 0) -> str:
    """Say how many other jobs wait, and of how many it is known that they come first.

    `itself` is 1 when the job is one of those that wait.

    HTCondor does not keep one line for all: it serves people in the order of their priority, and
    the jobs of one person in the order in which they came.
    """
    sight, wanted = outlook.sight, outlook.wanted
    waiting = sight.idle_jobs() - itself
    first = sight.idle_jobs_ahead(wanted.owner, wanted.group)
    if waiting <= 0:
        return ""
    text = f" {count(waiting, 'more job' if itself else 'job')} {_wait(waiting)}, of all people"
    return (
        f"{text}; {first} of people with a better priority, who come first."
        if first
        else text + "."
    )


def _wait(number: int) -> str:
    return "waits" if number == 1 else "wait"


def _last_round(outlook: Outlook) -> str:
    """Tell when HTCondor looked for matches last, where that is long ago."""
    seconds = outlook.sight.at - outlook.sight.negotiated_at
    if not outlook.sight.negotiated_at or seconds < _LONG_AGO:
        return ""
    return f" It looked for matches {count(round(seconds / 60), 'minute')} ago."
