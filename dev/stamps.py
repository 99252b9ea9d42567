"""Remember what a step was done for, so that the next run can leave it out."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dev import VENV

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FOLDER = VENV / ".vispa"
"""In the virtual environment: whoever removes that removes the stamps with it."""


@dataclass(frozen=True)
class Stamp:
    """A finished step: its name, what it depends on, and what must still exist of it."""

    name: str
    key: str
    products: tuple[Path, ...] = ()
    folder: Path = FOLDER

    def is_fresh(self) -> bool:
        """Whether the step was finished for the same key, and its products are still there."""
        try:
            written = (self.folder / self.name).read_text()
        except FileNotFoundError:
            return False
        return written == self.key and all(product.exists() for product in self.products)

    def is_written(self) -> bool:
        """Whether the step was ever finished, for this key or another."""
        return (self.folder / self.name).exists()

    def write(self) -> None:
        """Note the step as done: to be called after it succeeded, never before."""
        self.folder.mkdir(parents=True, exist_ok=True)
        half = self.folder / f"{self.name}.{os.getpid()}"
        half.write_text(self.key)
        half.replace(self.folder / self.name)


def fingerprint(files: Iterable[Path], *words: str) -> str:
    """Hash the contents of files, with their paths, and some words. A missing file counts too."""
    digest = hashlib.sha256()
    for word in words:
        digest.update(word.encode() + b"\0")
    for path in sorted(files):
        digest.update(str(path).encode() + b"\0")
        try:
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        except FileNotFoundError:
            digest.update(b"missing")
    return digest.hexdigest()
