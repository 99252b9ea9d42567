"""What travels in the wheel, and that it works where nothing else of VISPA is."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.packaging.environment import Environment, new_environment
from tests.packaging.test_imports import FOLDERS, ROOT

LAB_EXTENSIONS = sorted(
    f"@vispa/{manifest.parent.name}" for manifest in ROOT.glob("labextensions/*/package.json")
)
NOT_IN_A_CLONE = (
    *(".git", ".venv", ".cache", ".demo", "node_modules", "labextension", "lib", "*.tsbuildinfo"),
    *("__pycache__", "docs", "tests", "test-results", "dist", ".*_cache", ".hypothesis"),
)


def _build(checkout: Path, into: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", into],
        cwd=checkout,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    done = _build(ROOT, folder)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Environment:
    """VISPA without extras."""
    environment = new_environment(tmp_path_factory.mktemp("bare") / "venv")
    environment.install(str(wheel))
    return environment


@pytest.fixture(scope="module")
def lab_environment(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Environment:
    """VISPA as it is installed for people's servers."""
    environment = new_environment(tmp_path_factory.mktemp("lab") / "venv")
    environment.install(f"{wheel}[lab]")
    return environment


@pytest.fixture
def fresh_clone(tmp_path: Path) -> Path:
    """A checkout in which nothing is built."""
    clone = tmp_path / "clone"
    shutil.copytree(ROOT, clone, ignore=shutil.ignore_patterns(*NOT_IN_A_CLONE))
    return clone


def _files(wheel: Path) -> dict[str, bytes]:
    """Map the places after installing to the contents."""
    with zipfile.ZipFile(wheel) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return {name.partition(".data/data/")[2] or name: content for name, content in files.items()}


def test_all_packages_are_in_it_with_their_types(wheel: Path) -> None:
    names = _files(wheel).keys()
    for package, folder in FOLDERS.items():
        assert f"{package}/py.typed" in names
        sources = {str(file.relative_to(folder.parent)) for file in folder.rglob("*.py")}
        assert sources <= names


def test_the_lab_extensions_are_in_it(wheel: Path) -> None:
    names = _files(wheel).keys()
    assert LAB_EXTENSIONS
    for extension in LAB_EXTENSIONS:
        folder = f"share/jupyter/labextensions/{extension}/"
        assert f"{folder}package.json" in names
        assert any(name.startswith(f"{folder}static/remoteEntry.") for name in names)


def test_the_configuration_is_in_it(wheel: Path) -> None:
    assert {
        "etc/vispa/jupyterhub_config.py",
        "etc/jupyter/jupyter_server_config.d/vispa.json",
        "etc/jupyter/labconfig/page_config.d/vispa.json",
        "share/jupyter/lab/settings/overrides.d/vispa.json",
    } <= _files(wheel).keys()


def test_nothing_else_is_in_it(wheel: Path) -> None:
    places = (*FOLDERS, "etc/jupyter", "etc/vispa", "share/jupyter/lab", "vispa_hub-")
    for name, content in _files(wheel).items():
        assert name.startswith(places)
        assert not {"tests", "node_modules", "src", "lib"} & set(Path(name).parts[:-1]), name
        assert Path(name).suffix not in {".ts", ".tsx", ".map", ".pyc", ".pem", ".key", ".sqlite"}
        assert b"PRIVATE KEY-----" not in content, name
        assert str(ROOT).encode() not in content, f"{name} tells where it was built"


def test_the_command_works_without_extras(environment: Environment) -> None:
    version = environment.run("vispa", "--version")
    assert version.stdout.startswith("vispa, version ")
    overview = environment.run("vispa", "--help").stdout
    for command in ("check", "hub", "pool", "workshop"):
        assert f"\n  {command} " in overview
    pool = environment.run("vispa", "pool", "--help")
    assert pool.returncode == 0
    assert "Usage: vispa pool" in pool.stdout


def test_what_needs_an_extra_says_so(environment: Environment) -> None:
    done = environment.run("vispa", "hub")
    assert done.returncode == 1
    assert "pip install 'vispa-hub[hub]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_jupyterlab_finds_the_extensions_without_nodejs(lab_environment: Environment) -> None:
    listed = lab_environment.run("jupyter", "labextension", "list")
    lines = (listed.stdout + listed.stderr).splitlines()
    for extension in LAB_EXTENSIONS:
        (line,) = [line for line in lines if f"{extension} v" in line]
        assert "enabled" in line
        assert "OK" in line
    (proxy,) = [line for line in lines if "@jupyterhub/jupyter-server-proxy v" in line]
    assert "disabled" in proxy


def test_jupyter_server_finds_the_extensions(lab_environment: Environment) -> None:
    listed = lab_environment.run("jupyter", "server", "extension", "list")
    said = listed.stdout + listed.stderr
    lines = [line for line in said.splitlines() if line.strip().startswith("vispa_server.session")]
    assert "enabled" in lines[0]
    assert "OK" in lines[1]


def test_without_nodejs_no_wheel_is_built_and_a_sentence_says_why(
    fresh_clone: Path, tmp_path: Path
) -> None:
    done = _build(fresh_clone, tmp_path, PATH="/nonexistent")
    assert done.returncode != 0
    assert "needs Node.js and jlpm. Run `make lab`" in done.stderr
    assert not list(tmp_path.glob("*.whl"))


def test_python_can_be_worked_on_without_nodejs(fresh_clone: Path, tmp_path: Path) -> None:
    called = tmp_path / "called"
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("jlpm", "node"):
        (programs / name).write_text(f"#!/bin/sh\ntouch '{called}'\nexit 1\n")
        (programs / name).chmod(0o755)
    environment = new_environment(tmp_path / "venv")
    environment.install("--editable", str(fresh_clone), path=f"{programs}:{os.environ['PATH']}")
    assert not called.exists()
    assert environment.run("vispa", "--version").returncode == 0
    where = environment.run("python", "-c", "import vispa_server; print(vispa_server.__file__)")
    assert where.stdout.startswith(str(fresh_clone))
