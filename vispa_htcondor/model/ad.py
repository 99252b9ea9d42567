"""Values out of ads in which everybody writes what they like: reading never fails."""

import math
from collections.abc import Mapping
from typing import Any

Ad = Mapping[str, Any]
"""The projected attributes of one job or slot, as plain JSON values."""


def maybe_integer(ad: Ad, name: str) -> int | None:
    """Return a number cut to an integer; None when there is no number."""
    value = ad.get(name)
    if isinstance(value, int):
        return int(value)
    return int(value) if isinstance(value, float) and math.isfinite(value) else None


def integer(ad: Ad, name: str, default: int = 0) -> int:
    """Return a number cut to an integer; `default` when there is no number."""
    value = maybe_integer(ad, name)
    return default if value is None else value


def text(ad: Ad, name: str) -> str:
    """Return a string; empty when there is none."""
    value = ad.get(name)
    return value if isinstance(value, str) else ""


def flag(ad: Ad, name: str) -> bool:
    """Return whether the attribute is exactly true."""
    return ad.get(name) is True
