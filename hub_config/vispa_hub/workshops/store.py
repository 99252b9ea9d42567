"""The workshops on disk: a JSON file each, so that a backup and a look at them are easy.

The command and the hub share the files: each change holds a lock and replaces a whole file, and
readers notice by the files' times.
"""

import fcntl
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from vispa_hub.workshops.tokens import pepper_in
from vispa_hub.workshops.workshop import Seat, Workshop

_Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class Book:
    """All workshops as they were at one moment."""

    workshops: Mapping[str, Workshop] = field(default_factory=dict)
    broken: Mapping[Path, str] = field(default_factory=dict)
    """Files that cannot be read, and why. What was last read from them still counts."""
    seats: Mapping[str, tuple[Workshop, Seat]] = field(init=False)
    tokens: Mapping[str, tuple[Workshop, Seat]] = field(init=False)
    """By the hash of the token; those that were replaced are there, too."""

    def __post_init__(self) -> None:
        pairs = [
            (workshop, seat) for workshop in self.workshops.values() for seat in workshop.seats
        ]
        object.__setattr__(self, "seats", {seat.name: (shop, seat) for shop, seat in pairs})
        tokens = {old: (shop, seat) for shop, seat in pairs for old in seat.replaced}
        tokens |= {seat.token: (shop, seat) for shop, seat in pairs}
        object.__setattr__(self, "tokens", tokens)


class Store:
    """The folder of the workshops. All methods block on the disk; they may run in any thread."""

    def __init__(self, folder: Path) -> None:
        """Use this folder; it is made, closed to others, when it is missing."""
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.pepper = pepper_in(folder)
        self._mutex = threading.Lock()
        self._read: dict[Path, tuple[_Stamp, Workshop | None, str]] = {}
        self._book = Book()

    def book(self) -> Book:
        """Return all workshops, read anew where a file has changed."""
        with self._mutex:
            stamps = {path: _stamp(path) for path in sorted(self.folder.glob("[!.]*.json"))}
            known = {path: read[0] for path, read in self._read.items()}
            if stamps != known:
                self._read = {path: self._look(path, stamp) for path, stamp in stamps.items()}
                read = [(path, shop, wrong) for path, (_, shop, wrong) in self._read.items()]
                self._book = Book(
                    workshops={shop.name: shop for _, shop, _ in read if shop},
                    broken={path: wrong for path, _, wrong in read if wrong},
                )
            return self._book

    def add(self, workshop: Workshop) -> None:
        """Write a new workshop. Raises `FileExistsError` when there is one of this name."""
        with self._locked():
            path = self._path(workshop.name)
            if path.exists():
                raise FileExistsError(path)
            self._write(path, workshop)

    def change(self, name: str, changed: Callable[[Workshop], Workshop]) -> Workshop:
        """Exchange a workshop for what `changed` makes of it, with nobody else in between."""
        with self._locked():
            path = self._path(name)
            workshop = changed(_parse(path))
            self._write(path, workshop)
            return workshop

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _look(self, path: Path, stamp: _Stamp) -> tuple[_Stamp, Workshop | None, str]:
        before = self._read.get(path)
        if before and before[0] == stamp:
            return before
        try:
            return stamp, _parse(path), ""
        except (OSError, ValueError) as error:
            return stamp, before[1] if before else None, _first_line(error)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _write(self, path: Path, workshop: Workshop) -> None:
        """Replace the file as a whole, and have it on disk before anybody hears of it."""
        fresh = path.with_name(f".{path.name}.new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(workshop.model_dump_json(indent=1))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _parse(path: Path) -> Workshop:
    workshop = Workshop.model_validate_json(path.read_bytes())
    if workshop.name != path.stem:
        raise ValueError(f"the file is of a workshop named {workshop.name}")
    return workshop


def _stamp(path: Path) -> _Stamp:
    try:
        stat = path.stat()
    except FileNotFoundError:  # gone since it was listed
        return 0, 0, 0
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return ": ".join([".".join(map(str, first["loc"])), first["msg"]]).lstrip(": ")
    return str(error)
