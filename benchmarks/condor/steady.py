"""Requests at a steady rate, whether or not the ones before have been answered."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from statistics import quantiles


def p99(seconds: list[float]) -> float:
    """Return what all but one in a hundred stayed below."""
    return quantiles(seconds, n=100, method="inclusive")[98]


def latencies(request: Callable[[], object], rate: float, seconds: float) -> list[float]:
    """Call `request` `rate` times a second, and return how long each took, in seconds.

    Each is timed from the moment it was due: one that had to wait for a place to be sent from has
    waited as well. So a server that stands still counts once for every request of that time.
    """

    def timed(due: float) -> float:
        request()
        return time.monotonic() - due

    began = time.monotonic()
    with ThreadPoolExecutor(64) as threads:
        sent = []
        for number in range(round(rate * seconds)):
            due = began + number / rate
            time.sleep(max(0.0, due - time.monotonic()))
            sent.append(threads.submit(timed, due))
        return [one.result() for one in sent]
