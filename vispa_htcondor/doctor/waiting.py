"""How long probe jobs waited, in numbers."""

import itertools
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Wait:
    """One probe job, from its submission until HTCondor ran it, in seconds of our own clock.

    `started` is false when it still waited after `seconds`. `room` is false when no slot was free
    for it, so that its wait says nothing about the configuration. `on_worker` is what the worker
    then needed before the program ran, in whole seconds of the schedd's clock.
    """

    submitted: float
    seconds: float
    started: bool = True
    room: bool = True
    on_worker: float | None = None


@dataclass(frozen=True)
class Summary:
    """All waits that tell something about the configuration.

    `bound` is what a job must be ready to wait: the worst that was seen or, when all starts keep
    in step with something that happens once in `period` seconds, that period.
    """

    count: int
    median: float
    worst: float
    bound: float
    period: float | None


def summary(waits: Sequence[Wait]) -> Summary | None:
    """Sum up; None when no wait tells anything."""
    telling = [wait for wait in waits if wait.room]
    if not telling:
        return None
    seconds = [wait.seconds for wait in telling]
    period = _period([wait for wait in telling if wait.started])
    return Summary(
        count=len(telling),
        median=statistics.median(seconds),
        worst=max(seconds),
        bound=max(max(seconds), period or 0),
        period=period,
    )


def _period(waits: Sequence[Wait]) -> float | None:
    """Find the clock that the starts keep in step with.

    A job that comes a moment after a round of matching waits for the next. A probe is always
    submitted the same few seconds after the one before started, so then most starts are the same
    time apart: one period, or several when the probe was not back in time for the next. The first
    ones may be out of step, since other events make HTCondor look for matches, too.
    """
    gaps = [
        later.submitted + later.seconds - (earlier.submitted + earlier.seconds)
        for earlier, later in itertools.pairwise(waits)
    ]
    worst = max((wait.seconds for wait in waits[1:]), default=0)
    if len(gaps) < 2 or worst < 2:  # noise
        return None
    gap = statistics.median(gaps)
    in_step = [one for one in gaps if abs(one - gap) <= max(1, 0.05 * gap)]
    if len(in_step) < 2 or len(in_step) <= len(gaps) / 2:
        return None
    return gap / math.floor(gap / worst)
