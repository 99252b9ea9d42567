"""Amounts as people write them."""

from collections.abc import Iterable


def count(number: float, noun: str) -> str:
    """Name a number of things: "1 core", "4 cores"."""
    return f"{number:g} {noun}" if number == 1 else f"{number:g} {noun}s"


def gigabytes(megabytes: float) -> str:
    """Name an amount of memory or disk: "0.5 GB", "976.6 GB"."""
    return f"{round(megabytes / 1024, 1):g} GB"


def listed(parts: Iterable[str]) -> str:
    """Join with commas and a last "and"."""
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last
