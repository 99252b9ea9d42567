"""Tell a waiting person how far we are, on stderr."""

import sys
from typing import TextIO


class Progress:
    """One line that is rewritten on a terminal, and a few plain lines in a log."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()
        self._open = False

    def say(self, text: str) -> None:
        """Announce a step."""
        self._write(text)

    def keep(self, text: str) -> None:
        """Announce a result, which stays when the next line comes."""
        self._write(text)
        self.close()

    def tick(self, text: str) -> None:
        """Tell a waiting person that we go on; in a log, say nothing."""
        if self._terminal:
            self._write(text)

    def count(self, text: str, done: int, total: int) -> None:
        """Announce that `done` of `total` things are done; in a log, only start and end."""
        if self._terminal or done in {0, total}:
            self._write(f"{text}: {done}/{total}")

    def close(self) -> None:
        """End the line that is being rewritten."""
        if self._open:
            self._stream.write("\n")
            self._stream.flush()
            self._open = False

    def _write(self, line: str) -> None:
        self._stream.write(f"\r\x1b[K{line}" if self._terminal else f"{line}\n")
        self._stream.flush()
        self._open = self._terminal
