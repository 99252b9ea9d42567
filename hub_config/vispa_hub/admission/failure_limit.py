"""How many wrong tries a minute are answered before it says: wait."""

import ipaddress
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

MINUTE = 60.0


class FailureLimit:
    """Count failures by key and in total, each from its first one on for a minute.

    Only failures count: a lecture room behind one address may log in at once. Memory is bounded:
    when too many keys fail in one minute, further ones count only in the total. Safe for threads.
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
        self._lock = threading.Lock()
        self._failures: dict[str, _Count] = {}
        self._all = _Count(clock())

    def failed(self, key: str) -> bool:
        """Count a failure; whether it was one too many."""
        now = self._clock()
        with self._lock:
            self._all = self._all.one_more(now)
            if key not in self._failures and len(self._failures) >= self._keys:
                self._failures = {old: c for old, c in self._failures.items() if c.at(now)}
            if key in self._failures or len(self._failures) < self._keys:
                self._failures[key] = self._failures.get(key, _Count(now)).one_more(now)
            return self._of(key, now) > self._each or self._all.number > self._total

    def exhausted(self, key: str) -> bool:
        """Whether one more failure would be too many."""
        now = self._clock()
        with self._lock:
            return self._of(key, now) >= self._each or self._all.at(now) >= self._total

    def _of(self, key: str, now: float) -> int:
        return self._failures[key].at(now) if key in self._failures else 0


@dataclass(frozen=True)
class _Count:
    since: float
    number: int = 0

    def at(self, now: float) -> int:
        return self.number if now - self.since < MINUTE else 0

    def one_more(self, now: float) -> "_Count":
        return replace(self, number=self.number + 1) if self.at(now) else _Count(now, 1)


def network_of(address: str) -> str:
    """Name the network failures are counted for: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:  # a Unix socket has no address
        return "unknown"
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
