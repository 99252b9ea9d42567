"""Run the long steps: one line each, the noise in a log, the log's end when a step fails."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

from dev import CACHE, ROOT
from dev.family import die_with_parent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

LOG = CACHE / "bootstrap.log"
_DOT_EVERY = 5.0
_SHOWN_LINES = 25


class Failure(Exception):
    """A step cannot be done. The text says what happened and what to do."""


def say(text: str) -> None:
    """Print a line at once, also into a pipe."""
    print(text, flush=True)  # noqa: T201


def run(
    command: Sequence[object],
    doing: str,
    *,
    cwd: Path = ROOT,
    env: Mapping[str, str] | None = None,
) -> None:
    """Run a command with a line of progress; its output goes to `LOG`.

    Raises `Failure` with the end of the output when the command fails.
    """
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("a+b") as log:
        start = log.seek(0, 2)
        began = time.monotonic()
        _write(f"  {doing} ")
        status = _wait(command, log, cwd, env)
        _write(f" {time.monotonic() - began:.0f} s\n" if status == 0 else " failed\n")
        if status == 0:
            return
        log.seek(start)
        lines = log.read().decode(errors="replace").splitlines()
    end = "\n".join(f"    {line}" for line in lines[-_SHOWN_LINES:])
    raise Failure(
        f"{doing} failed: `{' '.join(map(str, command))}` ended with status {status}.\n{end}\n"
        f"All of its output is in {LOG}. Mend the cause and run the same command again: "
        "what is done already is kept. `make clean` begins from nothing."
    )


def _wait(command: Sequence[object], log: object, cwd: Path, env: Mapping[str, str] | None) -> int:
    """Wait for the command, with a dot now and then; it ends when we are ended."""
    process = subprocess.Popen(
        list(map(str, command)),
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=log,  # type: ignore[call-overload]
        stderr=subprocess.STDOUT,
        preexec_fn=die_with_parent,
    )
    try:
        while True:
            try:
                return int(process.wait(_DOT_EVERY))
            except subprocess.TimeoutExpired:
                _write(".")
    except BaseException:  # Ctrl-C above all; raised again
        process.terminate()  # a package manager wants to tidy up
        process.wait()
        raise


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
