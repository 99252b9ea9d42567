"""What would happen to a server that somebody thinks of starting."""

from vispa_htcondor.explain.amounts import count
from vispa_htcondor.explain.idle import ahead
from vispa_htcondor.explain.obstacle import obstacle
from vispa_htcondor.view.outlook import Outlook


def wish(outlook: Outlook) -> str:
    """Say whether a server of this size would start now, wait, or never start."""
    verdict = outlook.verdict
    if not verdict.ever:
        tail = " It would wait until that changes." if outlook.answer == "waits" else ""
        return obstacle(outlook) + tail
    if (group := outlook.full_group) is not None:
        return (
            f"It would wait: your group {outlook.wanted.group} has {group.used:g} of its "
            f"{group.quota:g} cores in use."
        )
    if verdict.now:
        room = count(verdict.now, "machine")
        return f"It would start now: {room} {'has' if verdict.now == 1 else 'have'} room for it."
    machines = count(verdict.ever, "machine")
    could = (
        "the only machine that could take it is"
        if verdict.ever == 1
        else (f"the {machines} that could take it are")
    )
    return f"It would wait: {could} busy.{ahead(outlook)}"
