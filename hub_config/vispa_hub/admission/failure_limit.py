"""How many wrong tries a minute are answered before it says: wait."""

import ipaddress
import time
from collections import Counter
from collections.abc import Callable


class FailureLimit:
    """Count failures by key and in total, for a minute at a time, in bounded memory.

    Only failures count: a lecture room behind one address may log in at once.
    """

    def __init__(
        self,
        each: int,
        total: int,
        *,
        keys: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Allow `each` failures a minute for a key and `total` for all; remember `keys` keys."""
        self._each, self._total, self._keys = each, total, keys
        self._clock = clock
        self._minute = self._now()
        self._failures: Counter[str] = Counter()
        self._all = 0

    def failed(self, key: str) -> bool:
        """Count a failure; whether it was one too many."""
        self._forget()
        self._all += 1
        if key in self._failures or len(self._failures) < self._keys:
            self._failures[key] += 1
        return self._failures[key] > self._each or self._all > self._total

    def exhausted(self, key: str) -> bool:
        """Whether one more failure would be too many."""
        self._forget()
        return self._failures[key] >= self._each or self._all >= self._total

    def _forget(self) -> None:
        if self._minute != self._now():
            self._minute = self._now()
            self._failures.clear()
            self._all = 0

    def _now(self) -> int:
        return int(self._clock() // 60)


def network_of(address: str) -> str:
    """Name the network failures are counted for: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:  # a Unix socket has no address
        return "unknown"
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
