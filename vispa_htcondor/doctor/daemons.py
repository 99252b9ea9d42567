"""The daemons of a pool as the doctor knows them: where, which version, with which settings."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

Version = tuple[int, ...]

NEGOTIATOR = (
    "NEGOTIATOR_INTERVAL", "NEGOTIATOR_MIN_INTERVAL", "NEGOTIATOR_CYCLE_DELAY",
    "PREEMPTION_REQUIREMENTS", "LOCAL_CONFIG_DIR",
)  # fmt: skip
SCHEDD = (
    "SCHEDD_INTERVAL", "SCHEDD_MIN_INTERVAL", "PERIODIC_EXPR_INTERVAL", "MAX_JOBS_RUNNING",
    "UID_DOMAIN", "LOCAL_CONFIG_DIR",
)  # fmt: skip
STARTD = ("PREEMPT", "TRUST_UID_DOMAIN", "LOCAL_CONFIG_DIR")


@dataclass(frozen=True)
class Daemon:
    """A daemon and its settings, by their names in capitals.

    `asked` is whether the running daemon told them; else they are those of the configuration on
    the machine where the doctor runs, which may be another.
    """

    kind: str
    machine: str
    version: Version
    settings: Mapping[str, str] = field(default_factory=dict)
    asked: bool = True

    def seconds(self, name: str, default: float) -> float:
        """Return a setting that is a number of seconds; the default when it is not set."""
        try:
            value = float(self.settings[name])
        except (KeyError, ValueError):  # an expression, which nobody writes here
            return default
        return value if math.isfinite(value) else default

    def where(self) -> str:
        """Say whose value a setting is."""
        if self.asked:
            return f"so says the {self.kind} on {self.machine}"
        return f"so says the configuration here; the {self.kind} on {self.machine} did not tell"


@dataclass(frozen=True)
class Rounds:
    """The negotiator's last round of matching, from its ad: how long it took, in seconds."""

    duration: float

    PROJECTION = ("Name", "Machine", "MyAddress", "CondorVersion", "LastNegotiationCycleDuration0")

    @classmethod
    def from_ad(cls, ad: Mapping[str, Any]) -> Self:
        """Read it from the negotiator's ad."""
        value = ad.get("LastNegotiationCycleDuration0")
        return cls(float(value) if isinstance(value, int | float) else 0.0)


@dataclass(frozen=True)
class Worker:
    """A slot as far as the policy of its machine shows in its ad."""

    PROJECTION = ("Machine", "MyAddress", "CondorVersion", "UidDomain", "Rank",
                  "MaxJobRetirementTime")  # fmt: skip

    machine: str
    uid_domain: str
    rank: str
    retirement: str

    @classmethod
    def from_ad(cls, ad: Mapping[str, Any]) -> Self:
        """Read it from a slot's ad; what is missing becomes HTCondor's default."""
        return cls(
            machine=str(ad.get("Machine") or "?"),
            uid_domain=str(ad.get("UidDomain") or ""),
            rank=_expression(ad.get("Rank")),
            retirement=_expression(ad.get("MaxJobRetirementTime")),
        )


def version_of(text: object) -> Version:
    """Read "$CondorVersion: 25.14.1 2026-10-16 …$"; an empty tuple when there is none."""
    match = re.search(r"(\d+)\.(\d+)\.(\d+)", str(text or ""))
    return tuple(int(number) for number in match.groups()) if match else ()


def _expression(value: object) -> str:
    """Write a number as an integer where it is one: 0.0 and 0 are the same to HTCondor."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value or 0)
