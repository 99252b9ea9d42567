"""A server as an HTCondor job: from the request to an empty queue."""

import signal
from pathlib import Path

import httpx
import pytest

from tests.hub.site import Site
from tests.pool.people import wait_for

pytestmark = pytest.mark.pool


def user_token(site: Site, user: str) -> str:
    answer = site.api("POST", f"/users/{user}/tokens", {"note": "tests"})
    token: str = answer.json()["token"]
    return token


def test_a_server_on_the_cluster_is_a_stamped_job_and_answers_through_the_proxy(
    site: Site,
) -> None:
    server = site.start_server("ann", where="cluster", cores=2, hours=1)

    [job] = site.queue()
    assert (job["VispaUser"], job["VispaServer"], job["RequestCpus"]) == ("ann", "", 2)
    assert job["VispaHub"]
    assert len(job["VispaSpawn"]) == 32
    answer = httpx.get(
        f"{site.url}{server['url']}api/status",
        headers={"Authorization": f"token {user_token(site, 'ann')}"},
    )
    assert answer.status_code == 200
    session = httpx.get(
        f"{site.url}{server['url']}vispa/session",
        headers={"Authorization": f"token {user_token(site, 'ann')}"},
    ).json()
    assert session["place"] == "cluster"
    assert session["job_id"] == f"{job['ClusterId']}.0"

    site.stop_server("ann")
    assert site.queue() == []


def test_the_secret_file_is_gone_once_the_server_runs(site: Site) -> None:
    site.start_server("bob", where="cluster")
    folder = Path(site.queue()[0]["Iwd"])
    assert (folder / "server.log").exists()
    assert not (folder / "spawn.json").exists()
    assert not list((site.folder / "pool/execute").rglob("spawn.json"))
    site.stop_server("bob")


def test_a_job_too_large_for_every_machine_says_so_and_can_be_cancelled(site: Site) -> None:
    site.request_server("carl", where="cluster", cores=60)
    sentences = []
    for event in site.progress("carl", 20):
        sentences.append(event["message"])
        if "No machine" in event["message"]:
            break
    assert "No machine of the cluster has 60 cores (the most is 16). Ask for less." in sentences[-1]
    site.stop_server("carl")
    assert site.queue() == []


def test_a_hub_that_is_killed_finds_its_server_again(site: Site) -> None:
    site.start_server("dora", where="cluster")
    [before] = site.queue()

    site.stop_hub(signal.SIGKILL)
    site.start_hub()

    wait_for(lambda: (site.server("dora") or {}).get("ready"))
    [after] = site.queue()
    assert after["ClusterId"] == before["ClusterId"]
    site.stop_server("dora")
    assert site.queue() == []


def test_a_server_that_ended_while_the_hub_was_down_is_gone_when_the_hub_is_back(
    site: Site,
) -> None:
    site.start_server("dora", where="cluster")
    site.stop_hub(signal.SIGKILL)
    site.condor("condor_rm", "-all")
    wait_for(lambda: site.queue() == [])
    site.start_hub()
    assert site.server("dora") is None


def test_a_frozen_schedd_costs_no_server_and_delays_nobody_else(site: Site) -> None:
    site.start_server("ann", where="cluster")
    [before] = site.queue()
    with site.frozen("condor_schedd"):
        answer = site.request_server("bob", where="cluster")
        if answer.status_code == 202:  # slow, not refused yet: the sentence comes as progress
            events = list(site.progress("bob", 40))
            said = events[-1]["message"]
        else:
            assert answer.status_code == 503
            said = answer.json()["message"]
        assert "HTCondor did not answer within 15 seconds" in said
        assert "Try again in a minute" in said
        server = site.server("ann")  # the hub answers, and unknown is not gone
        assert server is not None
        assert server["ready"]
    wait_for(lambda: [job["ClusterId"] for job in site.queue()] == [before["ClusterId"]])
    site.stop_server("ann")
    assert site.queue() == []


def test_a_cancel_while_the_schedd_is_frozen_works_and_leaves_nothing(site: Site) -> None:
    with site.frozen("condor_schedd"):
        site.request_server("bob", where="cluster")
        server = site.server("bob")
        assert server is not None
        assert server["pending"] == "spawn"
        answer = site.api("DELETE", "/users/bob/server")
        assert answer.status_code in (202, 204), answer.text
    wait_for(lambda: site.server("bob") is None)
    wait_for(lambda: site.queue() == [])
    homes = site.folder / "homes/bob/.local/share/vispa/servers"
    wait_for(lambda: not list(homes.rglob("spawn.json")))
