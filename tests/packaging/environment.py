"""Virtual environments in which nothing is installed but what a test puts there."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_BESIDE_PYTHON = str(Path(sys.executable).parent)
_UV = shutil.which("uv", path=f"{_BESIDE_PYTHON}:{os.environ['PATH']}")


@dataclass(frozen=True)
class Environment:
    """A virtual environment and its programs."""

    folder: Path

    @property
    def _python(self) -> str:
        return str(self.folder / "bin/python")

    def install(self, *arguments: str, path: str = os.environ["PATH"]) -> None:
        """Install into this environment, with `path` as PATH."""
        uv = [_UV, "pip", "install", "--python", self._python]
        pip = uv if _UV else [self._python, "-m", "pip", "install"]
        done = _run([*map(str, pip), "--quiet", *arguments], path)
        assert done.returncode == 0, done.stderr

    def run(self, program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run one of its programs; there is nothing else on PATH, and no Node.js."""
        return _run([str(self.folder / "bin" / program), *arguments], str(self.folder / "bin"))


def new_environment(folder: Path) -> Environment:
    """Make an environment of the Python these tests run in."""
    make = [_UV, "venv", "--python", sys.executable] if _UV else [sys.executable, "-m", "venv"]
    subprocess.run([*make, folder], check=True, capture_output=True)
    return Environment(folder)


def _run(command: list[str], path: str) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"PATH": path}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
