"""Which Python the virtual environment is made of."""

import json
import os
from pathlib import Path

import pytest

from dev import interpreter
from dev.interpreter import choose, open_to_all, probe


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH of one folder, reachable by everybody, and nothing in the usual places."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o011)
    place = tmp_path / "bin"
    place.mkdir(mode=0o755)
    monkeypatch.setenv("PATH", str(place))
    monkeypatch.setattr(interpreter, "_USUAL_PLACES", ())
    return place


def python(
    path: Path, name: str, version: tuple[int, int], *, has_venv: bool = True, is_open: bool = True
) -> Path:
    """Put a program that answers as a Python would."""
    home = path.parent / f"home-of-{name}"
    (home / "library").mkdir(parents=True)
    home.chmod(0o755 if is_open else 0o700)
    (home / "library").chmod(0o755)
    program = path / name
    answer = {
        "version": version,
        "executable": str(program),
        "library": str(home / "library"),
        "has_venv": has_venv,
    }
    program.write_text(f"#!/bin/sh\necho '{json.dumps(answer)}'\n")
    program.chmod(0o755)
    return program


def chosen() -> Path | None:
    found = choose()
    return found.path if found else None


def test_the_plain_python_is_taken_when_it_will_do(path: Path) -> None:
    plain = python(path, "python3", (3, 11))
    python(path, "python3.13", (3, 13))
    assert chosen() == plain


def test_one_that_is_too_old_is_passed_over(path: Path) -> None:
    python(path, "python3", (3, 9))
    newer = python(path, "python3.12", (3, 12))
    assert chosen() == newer


def test_one_in_a_closed_folder_comes_after_one_that_everybody_can_run(path: Path) -> None:
    python(path, "python3", (3, 13), is_open=False)
    open_one = python(path, "python3.11", (3, 11))
    assert chosen() == open_one


def test_one_in_a_closed_folder_is_better_than_none(path: Path) -> None:
    closed = python(path, "python3", (3, 13), is_open=False)
    assert chosen() == closed


def test_one_that_cannot_make_environments_comes_later(path: Path) -> None:
    python(path, "python3", (3, 11), has_venv=False)
    able = python(path, "python3.12", (3, 12))
    assert chosen() == able


def test_being_open_matters_more_than_making_environments(path: Path) -> None:
    """Other tools make environments as well; nothing opens a closed folder."""
    python(path, "python3", (3, 13), is_open=False)
    open_one = python(path, "python3.11", (3, 11), has_venv=False)
    assert chosen() == open_one


def test_what_does_not_run_is_no_python(path: Path) -> None:
    broken = path / "python3"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    assert choose() is None


def test_the_environment_itself_is_no_candidate(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be on PATH, activated, when it is to be made anew."""
    python(path, "python3", (3, 12))
    monkeypatch.setattr(interpreter, "VENV", path.parent)
    assert choose() is None


def test_the_probe_reads_a_real_python() -> None:
    found = probe(Path("/proc/self/exe").resolve())
    assert found
    assert found.version >= (3, 11)


def test_a_file_is_open_when_every_folder_above_lets_others_pass(path: Path) -> None:
    file = path / "file"
    file.write_text("")
    file.chmod(0o644)
    assert open_to_all(file)
    file.chmod(0o640)
    assert not open_to_all(file)
    file.chmod(0o644)
    path.chmod(0o750)
    assert not open_to_all(file)
    assert not open_to_all(path / "missing")
