"""How many sizes one person may have matched: nobody keeps the others waiting."""

import time
from collections import Counter


class Ration:
    """Grants each person `sizes` matches in `seconds` seconds; then all begin anew."""

    def __init__(self, sizes: int, seconds: float) -> None:
        self._sizes = sizes
        self._seconds = seconds
        self._since = 0.0
        self._used: Counter[str] = Counter()

    def grant(self, name: str) -> bool:
        """Take one of the person's matches; false when none is left."""
        now = time.monotonic()
        if now - self._since > self._seconds:
            self._since = now
            self._used.clear()
        self._used[name] += 1
        return self._used[name] <= self._sizes
