"""An examination in words for a terminal, and as JSON for machines."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click

from vispa_htcondor.doctor.daemons import Daemon
from vispa_htcondor.doctor.examination import Examination
from vispa_htcondor.doctor.finding import Finding, Level, Line, Place
from vispa_htcondor.doctor.waiting import summary

_MARKS: dict[Level, tuple[str, str]] = {
    "ok": ("ok", "green"),
    "advice": ("advice", "yellow"),
    "fault": ("FAULT", "red"),
    "unknown": ("?", "yellow"),
}
_ORDER: list[Level] = ["ok", "advice", "unknown", "fault"]
_PLACES: list[Place] = ["negotiator", "schedd", "startd", "here"]
_END = {
    0: "Nothing is at fault.",
    1: "Something is at fault.",
    3: "It could not be measured.",
}


def text(seen: Examination, width: int) -> str:
    """Write the report for a terminal of this width, the most important at the end."""
    parts = [*_findings(seen, width), *_remedies(seen), _END[seen.status]]
    if daemons := list(_daemons(seen)):
        parts = [*daemons, "", *parts]
    return "\n".join(parts)


def plain(seen: Examination) -> dict[str, Any]:
    """Return everything as what JSON can hold; times are in seconds."""
    figures = summary(seen.waits)
    daemons = (seen.negotiator, seen.schedd, seen.startd)
    return {
        "status": seen.status,
        "figures": asdict(figures) if figures else None,
        "probes": [asdict(wait) for wait in seen.waits],
        "findings": [asdict(finding) for finding in seen.findings],
        "daemons": [asdict(daemon) for daemon in daemons if daemon],
        "lines": [{"machine": _machine(seen, line.place), **asdict(line)} for line in _lines(seen)],
    }


def _daemons(seen: Examination) -> Iterator[str]:
    for daemon in (seen.negotiator, seen.schedd, seen.startd):
        if daemon:
            version = ".".join(str(number) for number in daemon.version)
            note = "" if daemon.asked else " (did not tell its settings)"
            yield f"{daemon.kind:<11} {version:<9} on {daemon.machine}{_more(seen, daemon)}{note}"


def _more(seen: Examination, daemon: Daemon) -> str:
    machines = len({worker.machine for worker in seen.workers})
    return f", one of {machines} workers" if daemon is seen.startd and machines > 1 else ""


def _findings(seen: Examination, width: int) -> Iterator[str]:
    for finding in sorted(seen.findings, key=lambda one: _ORDER.index(one.level)):
        yield _paragraph(finding, width)


def _paragraph(finding: Finding, width: int) -> str:
    mark, colour = _MARKS[finding.level]
    body = click.wrap_text(
        finding.text, width=max(40, width), initial_indent=" " * 8, subsequent_indent=" " * 8
    )
    return click.style(f"{mark:<8}", fg=colour, bold=finding.level == "fault") + body[8:]


def _remedies(seen: Examination) -> Iterator[str]:
    """Write the lines to add, one block for each machine or kind of machines."""
    lines = _lines(seen)
    for place in _PLACES:
        mine = [line for line in lines if line.place == place]
        if not mine:
            continue
        yield f"\nOn {_owner(seen, place)}, add {_file(seen, place)}:\n"
        for line in mine:
            yield f"    # {line.why}"
            yield f"    {line.name} = {line.value}"
    if lines:
        yield "\nThen run condor_reconfig on each of these machines, and vispa doctor pool again."
    yield ""


def _lines(seen: Examination) -> list[Line]:
    """All lines of all findings; each setting once on each machine."""
    unique = {(line.place, line.name): line for finding in seen.findings for line in finding.lines}
    return list(unique.values())


def _owner(seen: Examination, place: Place) -> str:
    names = {
        "negotiator": "the central manager",
        "schedd": "the submit machine",
        "startd": "all workers",
        "here": "this machine",
    }
    machine = _machine(seen, place)
    return f"{names[place]} {machine}" if machine else names[place]


def _machine(seen: Examination, place: Place) -> str:
    daemon = {"negotiator": seen.negotiator, "schedd": seen.schedd}.get(place)
    return daemon.machine if daemon else ""


def _file(seen: Examination, place: Place) -> str:
    daemon = {
        "negotiator": seen.negotiator, "schedd": seen.schedd, "startd": seen.startd
    }.get(place)  # fmt: skip
    folder = daemon.settings.get("LOCAL_CONFIG_DIR", "") if daemon else ""
    if not folder:
        return "at the end of the configuration"
    return f"as a new file {folder.split(',')[0]}/99-vispa"
