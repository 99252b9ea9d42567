"""Workshops, seats and tokens as text for a terminal, or as CSV for a printer of slips."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from vispa_hub.settings import Settings
from vispa_hub.workshops.workshop import Workshop, spoken


def tokens_table(workshop: Workshop, tokens: Mapping[str, str]) -> str:
    """Show the token of each seat."""
    return "\n".join((f"{workshop.title}\n", _table(("SEAT", "TOKEN"), tokens.items())))


def tokens_csv(workshop: Workshop, tokens: Mapping[str, str], settings: Settings) -> str:
    """Give one line a slip: seat, token, where to go, what for, and until when."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(("seat", "token", "url", "title", "begins", "ends"))
    for seat, token in tokens.items():
        begins, ends = (
            workshop.begins.isoformat("T", "minutes"),
            workshop.ends.isoformat("T", "minutes"),
        )
        lines.writerow((seat, token, settings.hub.url, _safe(workshop.title), begins, ends))
    return text.getvalue().rstrip("\n")


def workshops_table(workshops: Iterable[Workshop], now: datetime) -> str:
    """Show a line for each workshop, those that end last first."""
    rows = [
        (
            shop.name,
            shop.state(now),
            f"{sum(1 for seat in shop.seats if seat.first_used)} of {len(shop.seats)}",
            _time(shop.begins),
            _time(shop.ends),
            shop.title,
        )
        for shop in sorted(workshops, key=lambda shop: shop.ends, reverse=True)
    ]
    return _table(("NAME", "STATE", "SEATS USED", "BEGINS", "ENDS", "TITLE"), rows)


def seats_table(workshop: Workshop, now: datetime) -> str:
    """Show a workshop and what has become of each seat."""
    rows = [
        (seat.name, seat.state, _time(seat.first_used) if seat.first_used else "-")
        for seat in workshop.seats
    ]
    states = Counter(seat.state for seat in workshop.seats)
    summary = ", ".join(f"{count} {state}" for state, count in states.items())
    return (
        f"{workshop.title}: {workshop.state(now)}, {summary}\n"
        f"{spoken(workshop.begins)} to {spoken(workshop.ends)}\n\n"
        f"{_table(('SEAT', 'STATE', 'FIRST USED'), rows)}"
    )


def _time(time: datetime) -> str:
    return f"{time.astimezone():%Y-%m-%d %H:%M}"


def _safe(text: str) -> str:
    """Keep a spreadsheet from taking a title for a formula."""
    return f"'{text}" if text[:1] in "=+-@" else text


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
