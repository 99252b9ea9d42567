"""What the hub must remember of a server's job to find it again after any crash."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self


@dataclass(frozen=True)
class Submission:
    """A job that was, or may have been, submitted for a server.

    `spawn` is drawn before anything else happens; `cluster` is 0 until HTCondor has answered, and
    `url` is empty until the server has reported. `request` is what was asked for.
    """

    spawn: str
    account: str
    folder: Path
    request: dict[str, Any] = field(default_factory=dict)
    cluster: int = 0
    url: str = ""

    @property
    def runtime(self) -> int:
        """Return the seconds the server may run; 0 for no limit."""
        return int(self.request.get("runtime", 0))

    def to_state(self) -> dict[str, Any]:
        """Write as JSON values."""
        return {**asdict(self), "folder": str(self.folder)}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self | None:
        """Read what `to_state` wrote; None when there is nothing."""
        if not state.get("spawn"):
            return None
        return cls(
            spawn=str(state["spawn"]),
            account=str(state["account"]),
            folder=Path(state["folder"]),
            request=dict(state.get("request", {})),
            cluster=int(state.get("cluster", 0)),
            url=str(state.get("url", "")),
        )
