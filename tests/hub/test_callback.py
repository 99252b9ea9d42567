"""The one door through which a starting server reports: narrow, and only its own."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.hub.site import API_TOKEN, Site
from tests.pool.people import wait_for

pytestmark = pytest.mark.pool


@pytest.fixture
def pending(site: Site) -> Any:
    """A server of Carl's that waits in the queue, with what only its job may know."""
    site.request_server("carl", where="cluster", cores=60)
    wait_for(lambda: site.queue())
    [job] = site.queue()
    secret = json.loads((Path(job["Iwd"]) / "spawn.json").read_text())
    yield job["VispaSpawn"], secret["environment"]["JUPYTERHUB_API_TOKEN"]
    site.stop_server("carl")


def test_batchspawners_door_is_closed(site: Site, pending: tuple[str, str]) -> None:
    _, token = pending
    for key in (token, API_TOKEN):
        answer = site.api("POST", "/batchspawner", {"start_timeout": 1}, token=key)
        assert answer.status_code == 404
    assert site.api("POST", "/batchspawner", {}, token="forged").status_code == 403


def test_a_report_is_a_port_and_nothing_else(site: Site, pending: tuple[str, str]) -> None:
    spawn, token = pending
    for body in (
        {"port": 1, "cmd": "x"},
        {"port": "80"},
        {"port": 0},
        {"port": 70000},
        {"port": True},
        {},
        [],
        "x",
        None,
    ):
        answer = site.api("POST", f"/vispa/spawns/{spawn}/port", body, token=token)
        assert answer.status_code == 400, (body, answer.text)


def test_another_persons_token_opens_nothing(site: Site, pending: tuple[str, str]) -> None:
    spawn, _ = pending
    other = site.api("POST", "/users/bob/tokens", {"note": "tests"}).json()["token"]
    for token, status in ((other, 404), ("forged", 403)):
        answer = site.api("POST", f"/vispa/spawns/{spawn}/port", {"port": 5}, token=token)
        assert answer.status_code == status


def test_an_unknown_spawn_looks_like_somebody_elses(site: Site, pending: tuple[str, str]) -> None:
    _, token = pending
    answer = site.api("POST", f"/vispa/spawns/{'0' * 32}/port", {"port": 5}, token=token)
    assert answer.status_code == 404
