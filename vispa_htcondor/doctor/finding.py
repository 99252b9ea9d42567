"""What the doctor found: how bad, a sentence, and the lines that mend it."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "advice", "fault", "unknown"]
"""`fault` makes the exit status 1; `unknown` is something that could not be measured."""

Place = Literal["negotiator", "schedd", "startd", "here"]
"""Whose machine a line is for: the daemon's, or "here", where the doctor (and the hub) runs."""


@dataclass(frozen=True)
class Line:
    """A setting to add to HTCondor's configuration on the machine of `place`, and why."""

    place: Place
    name: str
    value: str
    why: str


@dataclass(frozen=True)
class Finding:
    """One result. What is not "ok" says what to do, in `text` or with `lines`."""

    level: Level
    topic: str
    text: str
    lines: tuple[Line, ...] = ()
