"""Python runs this first in the server's process: note which programs it starts."""

import sys
from pathlib import PurePath
from typing import Any

started: list[str] = []


def _note(event: str, about: tuple[Any, ...]) -> None:
    if event in {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.system"}:
        started.append(PurePath(about[0]).name if event == "subprocess.Popen" else event)


sys.addaudithook(_note)
