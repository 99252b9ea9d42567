"""Run HTCondor's command line tools against one pool."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .errors import PoolError
from .folder import CONFIG

# Daemons and tools get these from whoever started us, and no secret that may be there as well.
_KEPT = ("HOME", "USER", "LOGNAME", "LANG", "TZ")
_DEADLINE = 20.0


@dataclass(frozen=True)
class Tools:
    """HTCondor's programs in `bin`, configured for the pool in `folder`."""

    folder: Path
    bin: Path

    def environment(self) -> dict[str, str]:
        """Return a clean environment: only this pool's configuration counts."""
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        path = f"{self.bin}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
        return {**kept, "PATH": path, "CONDOR_CONFIG": str(self.folder / CONFIG)}

    def run(self, tool: str, *arguments: str) -> str:
        """Return what `tool` prints; raise PoolError when it fails or does not come back."""
        try:
            done = subprocess.run(
                [str(self.bin / tool), *arguments],
                env=self.environment(), stdin=subprocess.DEVNULL, capture_output=True,
                text=True, timeout=_DEADLINE, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise PoolError(f"{tool} got no answer within {_DEADLINE:.0f} seconds.") from None
        if done.returncode:
            raise PoolError(f"{tool} failed: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout
