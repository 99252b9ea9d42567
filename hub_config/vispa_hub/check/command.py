"""`vispa check`: a line for each part, with what to do; status 1 when something does not work."""

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from vispa_hub.check.finding import Finding, Level, failed, ok
from vispa_hub.check.report import findings
from vispa_hub.settings import Settings, SettingsError, load
from vispa_hub.settings.option import settings_option

_MARKS: dict[Level, tuple[str, str, str]] = {
    "ok": ("✓", "ok", "green"),
    "warning": ("!", "!!", "yellow"),
    "failed": ("✗", "NO", "red"),
    "off": ("-", "--", "bright_black"),
}


@click.command()
@settings_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--deadline",
    type=click.FloatRange(0.1, 600),
    default=30,
    show_default=True,
    help="Seconds each program and service may take to answer.",
)
def check(path: Path, as_json: bool, deadline: float) -> None:
    """Look at the settings and at everything they speak of; change nothing."""
    found = asyncio.run(_all(path, deadline, show=not as_json))
    good = not any(finding.level == "failed" for finding in found)
    if as_json:
        click.echo(json.dumps({"ok": good, "findings": [asdict(one) for one in found]}, indent=1))
    else:
        click.echo("\nReady." if good else "\nNot ready: mend what is marked, then check again.")
    sys.exit(0 if good else 1)


async def _all(path: Path, deadline: float, *, show: bool) -> list[Finding]:
    found: list[Finding] = []

    def add(finding: Finding) -> None:
        found.append(finding)
        if show:
            _print(finding)

    try:
        settings = load(path)
    except SettingsError as error:
        for line in str(error).splitlines():
            add(failed("settings", line))
        return found
    add(_summary(path, settings))
    async for finding in findings(settings, deadline):
        add(finding)
    return found


def _summary(path: Path, settings: Settings) -> Finding:
    groups = ", ".join(settings.groups) or "none"
    return ok("settings", f"{path} can be used. Groups: {groups}.")


def _print(finding: Finding) -> None:
    nice, plain, colour = _MARKS[finding.level]
    encoding = (sys.stdout.encoding or "").lower()
    mark = nice if encoding.startswith("utf") else plain
    text = f"{finding.part:<13} {finding.text}"
    if mark is plain:
        text = text.encode(errors="backslashreplace").decode("ascii", "backslashreplace")
    click.echo(f"{click.style(mark, fg=colour)} {text}")
