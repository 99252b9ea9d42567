"""How much a benchmark does: enough to believe its figures, or only enough to see that it works."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """`many` servers are started at once. A `quick` run is short, and its figures say nothing."""

    many: int = 20
    quick: bool = False
