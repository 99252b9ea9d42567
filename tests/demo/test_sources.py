"""How the sources reach the account that root's demo runs as."""

import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from dev import ROOT
from dev.sources import RECEIVE, pack, source_files

SOURCES = {
    "Makefile": "all:\n",
    ".gitignore": "__pycache__/\n.venv/\n*.egg-info/\nlabextensions/*/lib/\n",
    "package/module.py": "x = 1\n",
    "labextensions/jobs/src/index.ts": "",
    "lib/kept.py": "",
    "lib/second name.py": "",
    "not yet committed.txt": "",
}
IGNORED = {
    ".venv/bin/python": "",
    "package/__pycache__/module.pyc": "",
    "vispa.egg-info/PKG-INFO": "",
    "labextensions/jobs/lib/index.js": "",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with things in it that are no sources."""
    root = tmp_path / "root"
    for name, text in (SOURCES | IGNORED).items():
        write(root / name, text)
    (root / "lib/second name.py").unlink()
    (root / "link").symlink_to("Makefile")
    (root / "Makefile").chmod(0o600)
    (root / "lib/second name.py").hardlink_to(root / "lib/kept.py")
    return root


@pytest.fixture
def repository(root: Path) -> Path:
    git(root, "init", "-q")
    git(root, "add", "Makefile", ".gitignore", "package", "link")
    return root


def names(root: Path) -> set[str]:
    return {str(file) for file in source_files(root)}


def test_git_knows_the_sources(repository: Path) -> None:
    assert names(repository) == {*SOURCES, "link"}


def test_an_unpacked_archive_has_the_same_sources(root: Path) -> None:
    assert names(root) == {*SOURCES, "link"}


def test_both_agree_on_this_very_checkout() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this is an unpacked archive: there is nothing to compare with")
    from dev.sources import _known_to_git, _not_ignored

    known = _known_to_git(ROOT)
    assert known
    assert _not_ignored(ROOT) == known


def test_a_deleted_file_is_no_source(repository: Path) -> None:
    (repository / "package/module.py").unlink()
    assert "package/module.py" not in names(repository)


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_git_answers_root_about_the_checkout_of_somebody_else(repository: Path) -> None:
    subprocess.run(["chown", "-R", "65534:65534", repository], check=True)
    (repository / ".git/info/exclude").write_text("not yet committed.txt")  # only git reads this
    assert names(repository) == {*SOURCES, "link"} - {"not yet committed.txt"}


def send(root: Path, target: Path) -> None:
    """Do what the demo does: pack here, unpack in a process that has only the program's text."""
    stream = io.BytesIO()
    pack(root, stream)
    command = [sys.executable, "-I", "-c", RECEIVE.read_text(), str(target)]
    subprocess.run(command, input=stream.getvalue(), check=True)


def test_a_copy_holds_the_sources_and_nothing_else(repository: Path, tmp_path: Path) -> None:
    copy = tmp_path / "home/vispa"
    send(repository, copy)
    for name, text in SOURCES.items():
        assert (copy / name).read_text() == text
    assert (copy / "link").readlink() == Path("Makefile")
    assert files(copy) == {*SOURCES, "link", ".sources"}
    assert copy.stat().st_mode & 0o777 == 0o700
    assert (copy / "Makefile").stat().st_mode & 0o777 == 0o644, "the sender's umask stays behind"


def test_a_second_copy_brings_changes_and_keeps_what_was_built(
    repository: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "vispa"
    send(repository, copy)
    write(copy / ".venv/bin/python", "built here")
    write(copy / "package/__pycache__/module.pyc", "built here")
    unchanged = (copy / "Makefile").stat()
    write(repository / "package/module.py", "x = 2\n")
    (repository / "labextensions/jobs/src/index.ts").unlink()
    (repository / "link").unlink()
    (repository / "link").mkdir()
    write(repository / "link/now a folder", "")
    send(repository, copy)
    assert (copy / "package/module.py").read_text() == "x = 2\n"
    assert not (copy / "labextensions").exists(), "a folder without sources goes as well"
    assert (copy / "link/now a folder").exists()
    assert (copy / ".venv/bin/python").read_text() == "built here"
    assert (copy / "package/__pycache__/module.pyc").exists()
    assert (copy / "Makefile").stat().st_ino == unchanged.st_ino, "written again without a need"


def test_a_copy_that_was_interrupted_is_completed(repository: Path, tmp_path: Path) -> None:
    copy = tmp_path / "vispa"
    stream = io.BytesIO()
    pack(repository, stream)
    command = [sys.executable, "-I", "-c", RECEIVE.read_text(), str(copy)]
    half = stream.getvalue()[: 4 * tarfile.BLOCKSIZE + 10]
    broken = subprocess.run(command, input=half, capture_output=True, check=False)
    assert broken.returncode != 0
    send(repository, copy)
    assert files(copy) == {*SOURCES, "link", ".sources"}


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, check=True)
