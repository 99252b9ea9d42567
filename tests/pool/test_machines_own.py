"""An HTCondor that somebody installed is used instead of a fetched one."""

import shutil
from pathlib import Path

import pytest

from vispa_htcondor.pool.cache import fetched_htcondor
from vispa_htcondor.pool.release import fetched_release, find_release, machine_release
from vispa_htcondor.pool.relocate import relocate

from .people import Person

pytestmark = pytest.mark.pool


@pytest.fixture
def installed(person: Person) -> Path:
    """Install HTCondor in a prefix of its own, as from a tarball."""
    prefix = person.folder / "opt"
    shutil.copytree(fetched_htcondor(), prefix, symlinks=True)
    relocate(prefix, prefix)
    (prefix / "vispa-relocated.json").unlink()
    return prefix / "usr"


def test_it_is_found_on_the_path(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"/usr/bin:{installed / 'sbin'}")
    release = find_release()
    assert (release.bin, release.sbin) == (installed / "bin", installed / "sbin")
    assert (release.libexec, release.lib) == (
        installed / "libexec/condor",
        installed / "lib/condor",
    )
    assert release.version() == "23.9.6"


def test_its_own_configuration_tells_where_its_parts_are(
    installed: Path, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    libexec = person.folder / "elsewhere"
    libexec.mkdir()
    monkeypatch.setenv("PATH", f"/usr/bin:{installed / 'sbin'}")
    # In place of a file: HTCondor takes single settings from the environment.
    monkeypatch.setenv("CONDOR_CONFIG", "ONLY_ENV")
    for name in ("BIN", "SBIN", "LIB"):
        monkeypatch.setenv(f"_CONDOR_{name}", str(installed / name.lower()))
    monkeypatch.setenv("_CONDOR_LIBEXEC", str(libexec))
    release = machine_release()
    assert release is not None
    assert release.libexec == libexec


def test_a_pool_runs_with_it(person: Person, installed: Path) -> None:
    path = f"{person.environment()['PATH']}:{installed / 'sbin'}"
    folder = person.folder / "pool"
    started = person.run("vispa", "pool", "start", "--dir", str(folder), PATH=path)
    assert started.returncode == 0, started.stderr
    env = person.run("vispa", "pool", "env", "--dir", str(folder), PATH=path)
    assert f"{installed / 'bin'}:" in env.stdout
    assert f"LIBEXEC = {installed / 'libexec/condor'}" in (folder / "condor_config").read_text()
    assert person.run("vispa", "pool", "stop", "--dir", str(folder)).returncode == 0


def test_a_fetched_one_on_the_path_is_not_the_machines_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell that uses a pool has it there."""
    monkeypatch.setenv("PATH", str(fetched_release().sbin))
    assert machine_release() is None
