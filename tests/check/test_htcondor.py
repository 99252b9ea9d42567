"""HTCondor that answers, that is not there, and that hangs."""

import json
import os
import pwd
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pool.people import Person, folder_of, new_account

os.environ.setdefault("VISPA_CACHE", str(Path(__file__).parents[2] / ".cache"))


@pytest.fixture
def with_cluster(settings: str) -> str:
    return settings.replace("enabled = false", 'condor_config = "condor_config"')


def test_no_configuration_file(report, with_cluster, tmp_path) -> None:
    assert report(with_cluster).of("HTCondor", "failed") == [
        f"There is no {tmp_path}/condor_config. Mend cluster.condor_config."
    ]


def test_no_pool(report, with_cluster, tmp_path) -> None:
    (tmp_path / "condor_config").write_text("COLLECTOR_HOST = 127.0.0.1:1\nLOCAL_DIR = /nowhere\n")
    checked = report(with_cluster)
    assert checked.status == 1
    queue, pool = checked.of("HTCondor", "failed")
    assert queue.startswith("The queue (schedd) does not answer.")
    assert queue.endswith("Look what this says: condor_q")
    assert pool.startswith("The pool (collector) does not answer.")


def test_a_pool_that_hangs(report, with_cluster, tmp_path) -> None:
    with socket.socket() as silent:  # takes connections and never says a word
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        (tmp_path / "condor_config").write_text(f"COLLECTOR_HOST = {address}\nLOCAL_DIR = /none\n")
        checked = report(with_cluster, "--deadline", "3")
    text = checked.of("HTCondor", "failed")[-1]
    assert "The pool (collector) does not answer. HTCondor did not answer within 3 seconds." in text


@pytest.fixture(scope="module")
def person() -> Iterator[Person]:
    """Give an account that may have a pool: root's jobs would need more accounts."""
    if os.geteuid():
        account = pwd.getpwuid(os.geteuid())
        with folder_of(account) as folder:
            yield Person(account.pw_name, account.pw_uid, account.pw_gid, folder)
        return
    with new_account("vispa-check") as account, folder_of(account) as folder:
        yield Person(account.pw_name, account.pw_uid, account.pw_gid, folder)


@pytest.mark.pool
def test_a_real_pool(person: Person, with_cluster: str) -> None:
    folder = person.folder / "pool"
    started = person.run("vispa", "pool", "start", "--dir", str(folder), "--cores", "12")
    assert started.returncode == 0, started.stderr
    try:
        person.write(
            "vispa.toml", with_cluster.replace('"condor_config"', f'"{folder}/condor_config"')
        )
        done = person.run("vispa", "check", "--json")
    finally:
        person.run("vispa", "pool", "stop", "--dir", str(folder))
    found = json.loads(done.stdout)["findings"]
    assert [(one["level"], one["text"]) for one in found if one["part"] == "HTCondor"] == [
        ("ok", "The queue (schedd) answers."),
        ("ok", "The pool has 12 cores on 1 machines."),
    ]
