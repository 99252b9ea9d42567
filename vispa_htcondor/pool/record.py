"""Remember which process looks after a pool, and which HTCondor it runs."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from .processes import Process

_FILE = "running.json"


@dataclass(frozen=True)
class Running:
    """A pool that was started: by which supervisor, when (Unix time) and with which programs."""

    supervisor: Process
    since: float
    bin: Path
    sbin: Path

    def save(self, folder: Path) -> None:
        """Write this down in the pool's folder."""
        fresh = folder / f".{_FILE}.new"
        content = {**asdict(self), "bin": str(self.bin), "sbin": str(self.sbin)}
        fresh.write_text(json.dumps(content))
        fresh.replace(folder / _FILE)


def load(folder: Path) -> Running | None:
    """Return what was last started in `folder`, whether it still runs or not."""
    try:
        content = json.loads((folder / _FILE).read_text())
    except FileNotFoundError:
        return None
    return Running(
        supervisor=Process(**content["supervisor"]),
        since=content["since"],
        bin=Path(content["bin"]),
        sbin=Path(content["sbin"]),
    )


def forget(folder: Path) -> None:
    """Remove the note."""
    (folder / _FILE).unlink(missing_ok=True)
