"""A server says where it runs: to the one it belongs to, and to nobody else."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from vispa_server.session.describe import Session, describe

from tests.server.lab import Lab, running_lab

STARTED = datetime(2026, 11, 23, 13, 5, tzinfo=UTC)

JOB_AD = 'ClusterId = 4711\nProcId = 3\nOwner = "alice"\nRequirements = (TARGET.Memory >= 1)\n'
MACHINE_AD = """\
Machine = "wn017.example.org"
Name = "slot1_2@wn017.example.org"
CPUs = 4
Memory = 8192
GPUs = 1
CondorLoadAvg = 0.0
"""


@pytest.fixture
def in_a_job(tmp_path: Path) -> dict[str, str]:
    """What a job's environment says: promised 2 cores and 4 GB, given 4 cores and 8 GB."""
    (tmp_path / ".job.ad").write_text(JOB_AD)
    (tmp_path / ".machine.ad").write_text(MACHINE_AD)
    return {
        "PATH": str(tmp_path),
        "VISPA_PLACE": "cluster",
        "VISPA_CORES": "2",
        "VISPA_MEMORY_MB": "4096",
        "VISPA_ENDS": "2026-11-23T21:05:00+00:00",
        "_CONDOR_SLOT": "slot1_2",
        "_CONDOR_JOB_AD": str(tmp_path / ".job.ad"),
        "_CONDOR_MACHINE_AD": str(tmp_path / ".machine.ad"),
    }


def _described(environment: dict[str, str]) -> Session:
    return describe(environment, started=STARTED, now=STARTED + timedelta(minutes=30))


def test_in_a_job_it_tells_what_htcondor_gave(in_a_job: dict[str, str]) -> None:
    session = _described(in_a_job)
    assert (session.place, session.slot, session.job_id) == ("cluster", "slot1_2", "4711.3")
    assert session.host == "wn017.example.org"
    assert (session.cores, session.memory_mb, session.gpus) == (4, 8192, 1)
    assert session.started == "2026-11-23T13:05:00+00:00"
    assert session.ends == "2026-11-23T21:05:00+00:00"
    assert session.seconds_left == 7.5 * 3600


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe no ad at all\n\n====\nCpus = many\n"])
def test_without_readable_ads_it_tells_what_was_promised(
    in_a_job: dict[str, str], content: bytes | None
) -> None:
    for name in ("_CONDOR_JOB_AD", "_CONDOR_MACHINE_AD"):
        file = Path(in_a_job[name])
        if content is None:
            file.unlink()
        else:
            file.write_bytes(content)
    session = _described(in_a_job)
    assert (session.cores, session.memory_mb, session.gpus) == (2, 4096, 0)
    assert (session.place, session.slot, session.job_id) == ("cluster", "slot1_2", None)


def test_any_htcondor_job_is_on_the_cluster(in_a_job: dict[str, str]) -> None:
    del in_a_job["VISPA_PLACE"]
    assert _described(in_a_job).place == "cluster"


def test_a_hub_inside_a_job_still_has_login_node_servers(in_a_job: dict[str, str]) -> None:
    session = _described(in_a_job | {"VISPA_PLACE": "login-node"})
    assert (session.place, session.slot, session.job_id) == ("login-node", None, None)
    assert (session.cores, session.memory_mb) == (2, 4096)


def test_a_login_node_may_give_part_of_a_core() -> None:
    assert _described({"VISPA_PLACE": "login-node", "VISPA_CORES": "0.5"}).cores == 0.5


@pytest.mark.parametrize("word", ["", "many", "nan", "inf", "-1"])
def test_words_that_are_no_numbers_are_left_out(word: str) -> None:
    session = _described({"VISPA_CORES": word, "VISPA_MEMORY_MB": word})
    assert (session.cores, session.memory_mb) == (None, None)


@pytest.mark.parametrize("ends", ["", "soon", "2026-11-23", "2026-11-23T21:05:00"])
def test_an_end_that_is_no_moment_is_left_out(in_a_job: dict[str, str], ends: str) -> None:
    session = _described(in_a_job | {"VISPA_ENDS": ends})
    assert (session.ends, session.seconds_left) == (None, None)


def test_after_the_end_no_time_is_left(in_a_job: dict[str, str]) -> None:
    session = _described(in_a_job | {"VISPA_ENDS": "2026-11-23T13:05:00+00:00"})
    assert session.seconds_left == 0


def test_it_knows_how_to_ask_for_the_queue_in_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everywhere = tmp_path / "every shell's bin"
    elsewhere = tmp_path / "elsewhere"
    monkeypatch.setattr("vispa_server.session.describe._LOGIN_PATH", str(everywhere))

    def command_in(folder: Path) -> None:
        folder.mkdir()
        (folder / "condor_q").write_text("#!/bin/sh\n")
        (folder / "condor_q").chmod(0o755)

    assert _described({"PATH": str(elsewhere)}).condor_q is None
    command_in(elsewhere)
    assert _described({"PATH": str(elsewhere)}).condor_q == f"{elsewhere}/condor_q"
    command_in(everywhere)
    assert _described({"PATH": str(elsewhere)}).condor_q == "condor_q"


def test_a_real_server_tells_where_it_runs(lab: Lab) -> None:
    answer = lab.client.get("/vispa/session")
    assert answer.status_code == 200
    session = answer.json()
    assert session["place"] == "standalone"
    assert datetime.fromisoformat(session["started"]) <= datetime.now(UTC)


def test_a_real_server_in_a_job_tells_the_job(tmp_path: Path, in_a_job: dict[str, str]) -> None:
    del in_a_job["PATH"]
    with running_lab(tmp_path, in_a_job) as lab:
        session = json.loads(lab.client.get("/vispa/session").text)
    assert (session["place"], session["job_id"], session["cores"]) == ("cluster", "4711.3", 4)


def test_nobody_else_may_ask(lab: Lab) -> None:
    assert httpx.get(f"{lab.url}/vispa/session", trust_env=False).status_code == 403


def test_asking_does_not_keep_a_server_from_being_culled(lab: Lab) -> None:
    def last_activity() -> str:
        status = lab.client.get("/api/status?no_track_activity=1").json()
        return str(status["last_activity"])

    before = last_activity()
    lab.client.get("/vispa/session")
    assert last_activity() == before
    lab.client.get("/api/contents")
    assert last_activity() != before
