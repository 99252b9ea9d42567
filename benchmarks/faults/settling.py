"""How long both sides get to put things right after a fault."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Settling:
    """Waits; a quick run waits only a `part` of each time."""

    part: float = 1

    def wait(self, seconds: float) -> None:
        """Wait."""
        time.sleep(self.part * seconds)

    def wait_for(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until the condition holds, in steps of half a second; return whether it did."""
        deadline = time.monotonic() + self.part * seconds
        while not (holds := condition()) and time.monotonic() < deadline:
            time.sleep(0.5)
        return holds
