"""Ads as plain JSON."""

from typing import Any

import classad2


def plain(ads: list[Any]) -> list[dict[str, Any]]:
    """Return the ads as dictionaries of JSON values; expressions are evaluated."""
    return [{name: _value(ad, name) for name in ad} for ad in ads]


def _value(ad: Any, name: str) -> Any:
    try:
        value = ad.get(name)
    except UnicodeDecodeError:  # somebody's odd job must not hide everybody else's
        return None
    if isinstance(value, classad2.ExprTree):
        value = ad.eval(name)
    if isinstance(value, classad2.Value):  # undefined or an error, and a number for Python
        return None
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)
