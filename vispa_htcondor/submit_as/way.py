"""What a way to submit as somebody has to decide."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from vispa_htcondor.identity import Identity


def _nothing() -> None:
    """Leave nothing behind: there was nothing."""


@dataclass(frozen=True)
class Launch:
    """How one worker starts.

    `account` is whose environment it gets, `process` are further arguments for the start of the
    process, `environment` further variables. After `good_until` (monotonic) it is replaced before
    it gets another request. `clean_up` is called when it has ended.
    """

    account: Identity
    process: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    good_until: float = math.inf
    clean_up: Callable[[], None] = _nothing


class SubmitAs(Protocol):
    """A way to submit as somebody."""

    @property
    def spools(self) -> bool:
        """Whether HTCondor keeps the job's files: the worker cannot write into the home."""
        ...

    @property
    def hub_removes(self) -> bool:
        """Whether the hub's own account may remove everybody's jobs."""
        ...

    async def launch(self, identity: Identity) -> Launch:
        """Say how the worker of this person starts; HTCondorError with a sentence if it cannot."""
        ...

    def folder(self, identity: Identity, folder: Path) -> Path:
        """Return where the worker puts a job's files, when `folder` is where they belong."""
        ...
