"""Read the flat ClassAds HTCondor leaves in a job's folder, without HTCondor's bindings.

The bindings hold the interpreter's lock and belong into a process of their own; a server that only
wants its own job's number needs no more than `Name = literal` lines.
"""

from __future__ import annotations

from pathlib import Path

Ad = dict[str, str]
"""Lower-case names (ClassAds ignore case) and the text of their expressions, without quotes."""


def read_ad(path: str | None) -> Ad:
    """Read a file of one ClassAd, one attribute a line; empty where there is none to read."""
    if not path:
        return {}
    try:
        text = Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:  # a job can have lost its scratch folder and still be asked where it runs
        return {}
    pairs = (line.partition("=") for line in text.splitlines())
    return {
        name.strip().lower(): expression.strip().strip('"') for name, _, expression in pairs if name
    }
