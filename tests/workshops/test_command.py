"""`vispa workshop`, as an organiser types it."""

import csv
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from vispa_hub.workshops.door import Door
from vispa_hub.workshops.store import Store

from vispa_cli import main

TOKEN = re.compile(r"\b(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}\b")
FILE = """
[hub]
url = "http://hub.example.org:8000"
data_dir = "state"
[accounts]
mode = "shared"
login = "none"
[groups.guests]
"""


@pytest.fixture
def vispa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "vispa.toml").write_text(FILE)

    def run(*words: str, **options: str) -> Result:
        result = CliRunner().invoke(main, ["workshop", *words], **options)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return run


@pytest.fixture
def physics(vispa) -> Result:
    return vispa("create", "physics", "--title", "Physics 1", "--seats", "3", "--days", "2")


def test_create_prints_the_tokens_this_one_time(vispa, physics: Result, tmp_path: Path) -> None:
    assert physics.exit_code == 0
    tokens = TOKEN.findall(physics.stdout)
    assert len(set(tokens)) == 3
    assert "until" in physics.stderr
    assert "cannot be shown again" in physics.stderr
    door = Door(Store(tmp_path / "state" / "workshops"))
    assert [door.admit(token, "::1") for token in tokens] == [
        "physics-01",
        "physics-02",
        "physics-03",
    ]
    for words in (("list",), ("show", "physics")):
        assert not TOKEN.search(vispa(*words).output)


def test_csv_has_a_line_for_each_slip(vispa) -> None:
    result = vispa(
        *("create", "bio", "--title", "=SUM(A1), x", "--seats", "2", "--days", "1"),
        *("--begins", "2026-03-02T09:00", "--csv"),
    )
    rows = list(csv.DictReader(result.stdout.splitlines()))
    assert [row["seat"] for row in rows] == ["bio-01", "bio-02"]
    assert all(TOKEN.fullmatch(row["token"]) for row in rows)
    assert rows[0]["url"] == "http://hub.example.org:8000"
    assert rows[0]["title"] == "'=SUM(A1), x", "no formula for the spreadsheet"
    begins, ends = (datetime.fromisoformat(rows[0][key]) for key in ("begins", "ends"))
    assert begins == datetime(2026, 3, 2, 9).astimezone(UTC)
    assert (ends - begins).days == 1


def test_an_empty_list_teaches(vispa) -> None:
    result = vispa("list")
    assert result.exit_code == 0
    assert "There are no workshops yet" in result.output
    assert "vispa workshop create physics" in result.output


def test_list_and_show_tell_who_came(vispa, physics: Result, tmp_path: Path) -> None:
    Door(Store(tmp_path / "state" / "workshops")).admit(TOKEN.findall(physics.stdout)[1], "::1")
    assert re.search(r"^physics +open +1 of 3 ", vispa("list").output, re.MULTILINE)
    shown = vispa("show", "physics").output
    assert "Physics 1: open, 2 unused, 1 in use" in shown
    assert re.search(r"^physics-02 +in use +\d{4}-\d\d-\d\d \d\d:\d\d$", shown, re.MULTILINE)


def test_revoke_asks_before_it_takes_all(vispa, physics: Result) -> None:
    assert vispa("revoke", "physics", input="n\n").exit_code == 1
    assert "3 unused" in vispa("show", "physics").output
    assert "3 tokens are withdrawn" in vispa("revoke", "physics", input="y\n").output
    assert "Physics 1: revoked, 3 revoked" in vispa("show", "physics").output


def test_revoke_takes_single_seats(vispa, physics: Result) -> None:
    result = vispa("revoke", "physics", "--seat", "2", "--seat", "physics-02")
    assert "1 token is withdrawn" in result.output
    assert "2 unused, 1 revoked" in vispa("show", "physics").output


def test_reissue_prints_a_new_token(vispa, physics: Result, tmp_path: Path) -> None:
    result = vispa("reissue", "physics", "2")
    [token] = TOKEN.findall(result.stdout)
    assert token not in physics.stdout
    assert Door(Store(tmp_path / "state" / "workshops")).admit(token, "::1") == "physics-02"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("show", "fysics"), "There is no workshop fysics. Did you mean physics?"),
        (("show", "x"), "There is no workshop x. See all with: vispa workshop list"),
        (("revoke", "physics", "--seat", "9"), "physics has no seat 9"),
        (("reissue", "physics", "9"), "its seats are physics-01 to physics-03"),
        (
            ("create", "physics", "--title", "x", "--seats", "1", "--days", "1"),
            "There is a workshop physics already",
        ),
        (
            ("create", "a", "--title", "x\ny", "--seats", "1", "--days", "1"),
            "The title must be one line",
        ),
        (
            ("create", "a", "--title", "x", "--seats", "1", "--days", "nan"),
            "more than 0 and at most 366 days",
        ),
        (("list", "--settings", "nowhere.toml"), "There is no settings file nowhere.toml"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(vispa, physics, words, sentence: str) -> None:
    result = vispa(*words)
    assert result.exit_code == 1
    assert f"Error: {sentence}" in result.output or sentence in result.output
    assert "Traceback" not in result.output


def test_without_a_group_for_guests_it_says_what_to_write(vispa, tmp_path: Path) -> None:
    (tmp_path / "vispa.toml").write_text(FILE.replace("[groups.guests]", ""))
    result = vispa("create", "a", "--title", "x", "--seats", "1", "--days", "1")
    assert result.exit_code == 1
    assert "Add a table [groups.guests]" in result.output


def test_a_broken_file_is_named(vispa, physics, tmp_path: Path) -> None:
    (tmp_path / "state" / "workshops" / "physics.json").write_text("{")
    for words in (("list",), ("show", "physics"), ("revoke", "physics", "--yes")):
        assert "physics.json cannot be read: " in vispa(*words).output


def test_another_account_than_the_hubs_is_told_whose_the_data_are(
    vispa, physics, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    result = vispa("list")
    assert result.exit_code == 1
    assert "sudo -u " in result.output
