"""What a probe found: a part, how it is, and a sentence."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "failed", "off"]


@dataclass(frozen=True)
class Finding:
    """One line of the report. What is not "ok" also says what to do."""

    part: str
    level: Level
    text: str


def ok(part: str, text: str) -> Finding:
    """Say that a part is as it should be."""
    return Finding(part, "ok", text)


def warning(part: str, text: str) -> Finding:
    """Say that a part works, but perhaps not as the admin thinks."""
    return Finding(part, "warning", text)


def failed(part: str, text: str) -> Finding:
    """Say that a part does not work and what to do about it."""
    return Finding(part, "failed", text)


def off(part: str, text: str) -> Finding:
    """Say that a part is switched off, and was not looked at."""
    return Finding(part, "off", text)
