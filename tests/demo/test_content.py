"""What a new home holds, and the settings the demo runs with."""

import os
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from vispa_hub.settings import load

import demo.state
from demo.state import State
from dev import ROOT
from dev.progress import Failure


def test_the_welcome_notebook_runs_and_says_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("_CONDOR_SLOT", raising=False)
    assert "On the login node" in outputs_of_welcome(tmp_path)
    monkeypatch.setenv("_CONDOR_SLOT", "slot1_7")
    assert "On the cluster: slot slot1_7" in outputs_of_welcome(tmp_path)


def test_the_welcome_notebook_is_kept_without_outputs() -> None:
    notebook = nbformat.read(ROOT / "demo/notebooks/welcome.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)


def test_the_settings_are_right(tmp_path: Path) -> None:
    state = State(tmp_path / ".demo")
    state.passwords()
    state.write_settings(8000, '/a "strange" place/condor_config')
    settings = load(state.settings)
    assert settings.hub.url == "http://127.0.0.1:8000"
    assert len({8000, settings.hub.api_port, settings.hub.proxy_api_port}) == 3
    assert settings.hub.cleanup_servers
    assert str(settings.cluster.condor_config) == '/a "strange" place/condor_config'
    assert settings.groups["researchers"].members == ("admin", "alice")
    assert settings.groups["students"].members == ("bob",)
    assert settings.workshops_enabled


def test_the_limits_of_the_groups_differ(tmp_path: Path) -> None:
    state = State(tmp_path / ".demo")
    state.write_settings(8000, "/etc/condor/condor_config")
    groups = load(state.settings).groups.values()
    assert len({group.cluster.max_cores for group in groups}) == len(groups)
    assert all(group.title and group.description for group in groups)


def test_passwords_are_drawn_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        state = State(tmp_path / ".demo")
        first = state.passwords()
    finally:
        os.umask(umask)
    assert State(tmp_path / ".demo").passwords() == first
    assert first[0] != first[1]
    assert (tmp_path / ".demo/passwords").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / ".demo").stat().st_mode & 0o777 == 0o700


@pytest.fixture
def small_scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the scan have one point: `test_scan` looks at the real one."""
    content = tmp_path / "content"
    shutil.copytree(demo.state.CONTENT, content)
    (content / "scan/make_scan.py").write_text(
        "import pathlib, sys\n"
        "point = pathlib.Path(sys.argv[1], 'mass=115')\n"
        "point.mkdir(parents=True)\n"
        "(point / 'plot.png').touch()\n"
    )
    monkeypatch.setattr(demo.state, "CONTENT", content)


@pytest.mark.usefixtures("small_scan")
def test_a_new_home_begins_with_samples_of_everything(tmp_path: Path) -> None:
    state = State(tmp_path / ".demo")
    state.prepare_skeleton()
    home = tmp_path / ".demo/skel"
    assert {entry.name for entry in home.iterdir()} == {
        "README.md",
        "notebooks",
        "scan",
        "training",
    }
    assert {file.name for file in (home / "training").iterdir()} == {"train.py", "train.sub"}
    plot = home / "scan/mass=115/plot.png"
    made = plot.stat().st_mtime_ns
    (home / "notebooks/welcome.ipynb").write_text("an old version")
    state.prepare_skeleton()
    assert plot.stat().st_mtime_ns == made, "the scan is made once"
    assert (home / "notebooks/welcome.ipynb").read_text() != "an old version"


@pytest.mark.usefixtures("small_scan")
def test_a_changed_scan_is_made_anew(tmp_path: Path) -> None:
    state = State(tmp_path / ".demo")
    state.prepare_skeleton()
    (tmp_path / ".demo/skel/scan/old").mkdir()
    with (tmp_path / "content/scan/make_scan.py").open("a") as script:
        script.write("# changed\n")
    state.prepare_skeleton()
    scan = tmp_path / ".demo/skel/scan"
    assert [entry.name for entry in scan.iterdir()] == ["mass=115"]


@pytest.mark.usefixtures("small_scan")
def test_an_interrupted_scan_is_made_again(tmp_path: Path) -> None:
    state = State(tmp_path / ".demo")
    (tmp_path / ".demo/scan.new/mass=115").mkdir(parents=True)
    (tmp_path / ".demo/skel/scan/half").mkdir(parents=True)
    state.prepare_skeleton()
    scan = tmp_path / ".demo/skel/scan"
    assert (scan / "mass=115/plot.png").exists()
    assert not (scan / "half").exists()


def test_a_second_demo_in_the_same_place_is_told_so(tmp_path: Path) -> None:
    state = State(tmp_path / ".demo")
    with (
        state.one_at_a_time(),
        pytest.raises(Failure, match="already running"),
        State(tmp_path / ".demo").one_at_a_time(),
    ):
        pass


def outputs_of_welcome(folder: Path) -> str:
    notebook = nbformat.read(ROOT / "demo/notebooks/welcome.ipynb", as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert any("image/png" in output.get("data", {}) for output in outputs), "there is no plot"
    return "".join(output.get("text", "") for output in outputs)
