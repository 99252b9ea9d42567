"""HTCondor is fetched once, completely or not at all."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from vispa_htcondor.pool import PoolError, debian
from vispa_htcondor.pool.cache import fetched_htcondor
from vispa_htcondor.pool.relocate import is_ready

from .people import Person, wait_for

pytestmark = pytest.mark.pool

FETCH = [sys.executable, "-c", "from vispa_htcondor.pool.cache import *; print(fetched_htcondor())"]


@pytest.fixture
def cache(person: Person, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use an empty cache of our own."""
    folder = person.folder / "cache"
    monkeypatch.setenv("VISPA_CACHE", str(folder))
    return folder


def version_of(tree: Path) -> str:
    command = [str(tree / "usr/bin/condor_version")]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_fetch_killed_at_any_step_does_not_harm_the_next(person: Person, cache: Path) -> None:
    for step in ("Looking for", "Fetching", "Unpacking"):
        process = person.popen(*FETCH)
        assert process.stdout is not None
        next(line for line in process.stdout if line.startswith(step))
        process.kill()
        process.wait()
        assert list(cache.glob("*.part-*")), f"nothing was interrupted while {step}"
        assert not any(is_ready(folder) for folder in cache.iterdir())

    done = person.run(*FETCH)

    assert done.returncode == 0, done.stderr
    tree = Path(done.stdout.strip())
    assert "CondorVersion" in version_of(tree)
    assert sorted(cache.iterdir()) == [tree, tree.with_name(f"{tree.name}.lock")]


def test_two_at_once_share_one_download(person: Person, cache: Path) -> None:
    outputs = [process.communicate()[0] for process in [person.popen(*FETCH), person.popen(*FETCH)]]
    tree = str(next(cache.glob("htcondor-*[!k]")))
    assert [output.splitlines()[-1] for output in outputs] == [tree, tree]
    downloads = [output for output in outputs if "Fetching HTCondor 23.9.6 from Debian" in output]
    assert len(downloads) == 1


def test_other_accounts_can_use_what_was_fetched_whatever_the_umask(
    person: Person, cache: Path
) -> None:
    assert person.run("sh", "-c", 'umask 077; exec "$@"', "sh", *FETCH).returncode == 0
    tree = fetched_htcondor()
    closed = [
        path
        for path in (cache, tree, *tree.rglob("*"))
        if not path.is_symlink() and path.stat().st_mode & 0o004 == 0
    ]
    assert closed == []
    assert (tree / "usr/sbin/condor_master").stat().st_mode & 0o777 == 0o755


class TestMovedCache:
    @pytest.fixture
    def copied(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """Copy the common cache; the programs in it still name the place they came from."""
        original = fetched_htcondor()
        shutil.copytree(original, tmp_path / "moved" / original.name, symlinks=True)
        monkeypatch.setenv("VISPA_CACHE", str(tmp_path / "moved"))
        return tmp_path / "moved" / original.name

    def test_it_is_adapted_to_its_new_place(self, copied: Path) -> None:
        assert fetched_htcondor() == copied
        tool = copied / "usr/bin/condor_version"
        loaded = subprocess.run(["ldd", str(tool)], capture_output=True, text=True, check=True)
        libraries = re.findall(r"libcondor_utils\S+ => (\S+)", loaded.stdout)
        assert [Path(library).parent for library in libraries] == [copied / "usr/lib"]

    def test_an_interrupted_adaption_is_done_again(self, copied: Path) -> None:
        with subprocess.Popen(FETCH, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            next(line for line in process.stderr if line.startswith("Adapting"))
            process.kill()
        assert not is_ready(copied)
        assert "CondorVersion" in version_of(fetched_htcondor())
        assert is_ready(copied)

    def test_it_is_moved_while_its_programs_run(
        self, copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fetched_htcondor()
        log = tmp_path / "log"
        log.write_text(
            "000 (1.0.0) 2026-01-01 00:00:00 Job submitted from host: <127.0.0.1:1>\n...\n"
        )
        command = [str(copied / "usr/bin/condor_wait"), str(log)]
        with subprocess.Popen(command, env={"CONDOR_CONFIG": "ONLY_ENV"}) as waiting:
            process = psutil.Process(waiting.pid)
            try:
                wait_for(lambda: str(log) in {file.path for file in process.open_files()})
                moved = copied.parent.rename(tmp_path / "moved again")
                monkeypatch.setenv("VISPA_CACHE", str(moved))
                assert "CondorVersion" in version_of(fetched_htcondor())
                assert waiting.poll() is None
            finally:
                waiting.kill()


class TestFailuresAreExplained:
    def test_no_network(self, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(debian, "machine_mirror", lambda: "http://127.0.0.1:9/debian")
        with pytest.raises(PoolError, match=r"Check the network. Or: Install HTCondor yourself"):
            fetched_htcondor()
        assert not list(cache.glob("*.part-*"))

    def test_no_such_suite(self, cache: Path) -> None:
        with pytest.raises(PoolError, match=r"no such suite: .*buzz"):
            fetched_htcondor("buzz")

    def test_a_suite_without_htcondor(self, cache: Path) -> None:
        with pytest.raises(PoolError, match=r"has no HTCondor"):
            fetched_htcondor("bookworm")

    def test_not_a_debian_like_system(self, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(cache))
        with pytest.raises(PoolError, match=r"needs a Debian-like Linux with apt-get and dpkg"):
            fetched_htcondor()

    def test_no_keys_of_debian(self, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(debian, "_KEYRINGS", [cache / "keyring.gpg"])
        with pytest.raises(PoolError, match=r"Install the package debian-archive-keyring"):
            fetched_htcondor()

    def test_no_space(self, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(debian, "_NEEDED_SPACE", 10**18)
        with pytest.raises(PoolError, match=r"MB of disk space below .*VISPA_CACHE"):
            fetched_htcondor()

    def test_a_cache_that_cannot_be_written(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("VISPA_CACHE", "/proc/vispa")
        with pytest.raises(PoolError, match=r"cannot be kept in /proc/vispa: .* VISPA_CACHE"):
            fetched_htcondor()
