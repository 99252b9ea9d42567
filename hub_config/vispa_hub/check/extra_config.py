"""The site's own configuration files: can they be read as Python."""

from collections.abc import Iterator
from pathlib import Path

from vispa_hub.check.finding import Finding, failed, ok
from vispa_hub.check.waiting import in_thread
from vispa_hub.settings import Settings

PART = "extra config"


async def probe(settings: Settings, deadline: float) -> list[Finding]:
    """Compile each file without running it; without files there is nothing to say."""
    return await in_thread(lambda: list(_look(settings.hub.extra_config)))


def _look(folder: Path) -> Iterator[Finding]:
    files = sorted(folder.glob("*.py"))
    problems = [problem for file in files if (problem := _problem(file))]
    yield from problems
    if files and not problems:
        yield ok(PART, ", ".join(file.name for file in files))


def _problem(file: Path) -> Finding | None:
    try:
        compile(file.read_bytes(), str(file), "exec")
    except SyntaxError as error:
        return failed(PART, f"{file}, line {error.lineno}: this is not Python: {error.msg}")
    except (OSError, ValueError) as error:
        return failed(PART, f"{file} cannot be read: {error}")
    return None
