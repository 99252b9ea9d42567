"""What a wished job has to expect."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from vispa_htcondor.view.sight import Group, Sight
from vispa_htcondor.view.wanted import Wanted

Answer = Literal["now", "waits", "never"]


@dataclass(frozen=True)
class Verdict:
    """The result of matching: machines that would take the job now, and when they are empty.

    When there are none, `obstacle` tells why: "no machines", "policy" (their START expression),
    "requirements" (`clause` when it is a single one), "gpu kind", "size" (`most` has the largest of
    each request that is too large), or "together" (each is there, but not on one machine).
    """

    now: int = 0
    ever: int = 0
    obstacle: str = ""
    clause: str = ""
    most: Mapping[str, int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Outlook:
    """A wished job, how it matches, and the pool it was matched with."""

    wanted: Wanted
    verdict: Verdict
    sight: Sight

    @property
    def answer(self) -> Answer:
        """Say whether it starts now, later, or never as things are."""
        if self.verdict.now and not self.full_group:
            return "now"
        # Machines come back, and what their owners want changes with the hour.
        may_change = self.verdict.obstacle in {"no machines", "policy"}
        return "waits" if self.verdict.ever or may_change else "never"

    @property
    def full_group(self) -> Group | None:
        """The accounting group, when its quota is used up."""
        group = self.sight.groups.get(self.wanted.group)
        return group if group is not None and group.is_full else None
