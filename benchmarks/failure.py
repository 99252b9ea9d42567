"""What ends a benchmark early, and the limit on how long one may take."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Failure(Exception):
    """A benchmark cannot go on. The text says what happened and what to do."""


@contextmanager
def within(minutes: float) -> Iterator[None]:
    """Raise `Failure` in the block when it takes too long, or when we are asked to stop."""

    def too_long(number: int, frame: object) -> NoReturn:
        raise Failure(
            f"The benchmark took longer than {minutes:g} minutes and was ended. Is the machine "
            "busy? Run it again later, or allow it more with --minutes."
        )

    def stop(number: int, frame: object) -> NoReturn:
        for every in _STOPPING:  # once is enough: tidying up takes a few seconds
            signal.signal(every, signal.SIG_IGN)
        signal.setitimer(signal.ITIMER_REAL, 0)
        raise Failure("The benchmark was interrupted.")

    for number in _STOPPING:
        signal.signal(number, stop)
    signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, minutes * 60)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
