"""What a measured hub is told, on its way from the benchmark to the hub's configuration."""

import json
import os
from dataclasses import asdict, dataclass
from typing import ClassVar, Self


@dataclass(frozen=True)
class Setup:
    """A hub: its spawner, its private folder, its ports (public, API, proxy's API)."""

    VARIABLE: ClassVar[str] = "VISPA_BENCHMARK_HUB"
    PENDING: ClassVar[str] = "pending"
    """Begins the names of users whose servers are larger than the pool: they never start."""

    spawner: str
    folder: str
    ports: list[int]
    token: str
    proxy: str
    stand_in: str
    """The program that stands in for the servers on the cluster; empty: real ones."""
    look_every: float
    """Seconds between JupyterHub's looks at each server; 0: its default."""

    def to_json(self) -> str:
        """Write as JSON text."""
        return json.dumps(asdict(self))

    @classmethod
    def take(cls) -> Self:
        """Read from our environment, and remove it from there: it holds the hub's token."""
        return cls(**json.loads(os.environ.pop(cls.VARIABLE)))

    def home_of(self, user: str) -> str:
        """Return the home of a user; "{username}" gives a template."""
        return f"{self.folder}/homes/{user}"
