"""The generated configuration, as HTCondor itself reads it."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from vispa_htcondor.pool.config import Settings, render
from vispa_htcondor.pool.release import Release, find_release
from vispa_htcondor.pool.tools import Tools

pytestmark = pytest.mark.pool


@pytest.fixture(scope="module")
def release() -> Release:
    return find_release()


@pytest.fixture
def settings(tmp_path: Path, release: Release) -> Settings:
    return Settings(tmp_path, release, "MARK=1", 64, 20000, owner="alice", as_root=False)


def read(settings: Settings, *names: str) -> list[str]:
    """Write the configuration and let HTCondor tell what it understands."""
    (settings.folder / "condor_config").write_text(render(settings))
    tools = Tools(settings.folder, settings.release.bin)
    return tools.run("condor_config_val", *names).splitlines()


def test_the_machine_is_as_large_as_asked_for(settings: Settings) -> None:
    assert read(settings, "NUM_CPUS", "MEMORY") == ["64", "20000"]
    assert read(replace(settings, cores=3, memory_mb=4000), "NUM_CPUS", "MEMORY") == ["3", "4000"]


def test_daemons_are_found_on_a_free_port_of_this_machine_only(settings: Settings) -> None:
    names = ["COLLECTOR_HOST", "SHARED_PORT_PORT", "NETWORK_INTERFACE", "BIND_ALL_INTERFACES"]
    assert read(settings, *names) == ["127.0.0.1:0", "0", "127.0.0.1", "FALSE"]


def test_a_match_is_looked_for_at_once(settings: Settings) -> None:
    names = ["NEGOTIATOR_INTERVAL", "NEGOTIATOR_MIN_INTERVAL", "NEGOTIATOR_CYCLE_DELAY"]
    assert read(settings, *names, "SCHEDD_MIN_INTERVAL", "SCHEDD_INTERVAL") == [
        "5",
        "1",
        "1",
        "1",
        "30",
    ]


def test_nothing_is_written_outside_the_folder(settings: Settings) -> None:
    """Every path of HTCondor's that it writes to or takes secrets from is below the folder."""
    names = ["LOG", "SPOOL", "EXECUTE", "LOCK", "RUN", "ETC", "COLLECTOR_ADDRESS_FILE"]
    names += ["SEC_PASSWORD_DIRECTORY", "SEC_TOKEN_SYSTEM_DIRECTORY", "PROCD_ADDRESS"]
    for value in read(settings, *names):
        assert Path(value).is_relative_to(settings.folder)


def test_as_a_user_nobody_else_gets_in(settings: Settings) -> None:
    for level in ("READ", "WRITE", "DAEMON", "ADMINISTRATOR", "NEGOTIATOR"):
        assert read(settings, f"ALLOW_{level}") == ["alice@vispa.pool"]


def test_as_root_everybody_may_submit_but_not_administer(settings: Settings) -> None:
    allowed = read(replace(settings, as_root=True), "ALLOW_WRITE", "ALLOW_ADMINISTRATOR")
    assert allowed == ["*@vispa.pool", "root@vispa.pool condor@vispa.pool"]


def test_ones_own_settings_win(settings: Settings) -> None:
    assert read(replace(settings, extra="NUM_CPUS = 7\nMINE = yes"), "NUM_CPUS", "MINE") == [
        "7",
        "yes",
    ]


def test_settings_left_in_the_environment_do_not_count(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_CONDOR_NUM_CPUS", "1")
    assert read(settings, "NUM_CPUS") == ["64"]
    assert os.environ["_CONDOR_NUM_CPUS"] == "1"


def test_each_group_of_settings_says_why(settings: Settings) -> None:
    groups = re.split(r"\n\n+", render(replace(settings, extra="MINE = yes")).strip())
    assert [group for group in groups if not group.startswith(("#", "use "))] == []
