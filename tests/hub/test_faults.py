"""HTCondor frozen, killed and restarted: no server is lost, and each end has its words."""

import os
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.hub.site import Site
from tests.pool.people import wait_for

pytestmark = pytest.mark.pool

FROZEN_FOR = float(os.environ.get("VISPA_DRILL_FROZEN", "25"))
CANCELLED = int(os.environ.get("VISPA_DRILL_CANCELLED", "10"))


@pytest.fixture
def anns(site: Site) -> Iterator[dict[str, Any]]:
    """Ann's server on the cluster, as its job."""
    site.start_server("ann", where="cluster")
    [job] = site.servers_of("ann")
    yield job
    site.stop_server("ann")
    wait_for(lambda: site.queue() == [])


def is_the_same(site: Site, before: dict[str, Any]) -> bool:
    """Whether Ann's server is ready, on the job it had before."""
    server = site.server("ann")
    assert server is not None, site.log[-3000:]
    assert server["ready"], server
    return [job["ClusterId"] for job in site.servers_of("ann")] == [before["ClusterId"]]


def queue_answers(site: Site) -> bool:
    return site.person.run("condor_q", **site.environment).returncode == 0


def test_a_schedd_that_is_frozen_for_long_costs_no_server(site: Site, anns: dict[str, Any]) -> None:
    restarts = site.metric("vispa_cluster_broker_restarts_total")
    with site.frozen("condor_schedd"):
        deadline = time.monotonic() + FROZEN_FOR
        while time.monotonic() < deadline:
            server = site.server("ann")
            assert server is not None
            assert server["ready"]
            time.sleep(1)
        assert site.metric("vispa_cluster_out_of_sight") == 1
        assert site.metric("vispa_cluster_snapshot_age_seconds") > FROZEN_FOR / 2
    wait_for(lambda: site.metric("vispa_cluster_out_of_sight") == 0)
    assert site.metric("vispa_cluster_broker_restarts_total") > restarts
    assert is_the_same(site, anns)


def test_a_schedd_that_is_killed_comes_back_to_the_same_servers(
    site: Site, anns: dict[str, Any]
) -> None:
    site.daemon("condor_schedd").kill()
    assert site.server("ann")["ready"]  # type: ignore[index]
    wait_for(lambda: queue_answers(site), 120)
    wait_for(lambda: is_the_same(site, anns))
    site.start_server("bob", where="cluster")
    site.stop_server("bob")


def test_a_collector_that_is_away_takes_the_numbers_and_nothing_else(
    site: Site, anns: dict[str, Any]
) -> None:
    token = site.api("POST", "/users/bob/tokens", {"note": "tests"}).json()["token"]
    time.sleep(11)  # what was seen before is shown for ten seconds
    with site.frozen("condor_collector"):
        answer = site.api("GET", "/vispa/pool", token=token)
        assert answer.status_code == 503
        assert "The cluster's numbers are not to be had" in answer.json()["message"]
        assert is_the_same(site, anns)


def test_a_server_that_loses_its_machine_ends_and_says_so(site: Site) -> None:
    site.start_server("ann", where="cluster")
    site.condor("condor_vacate_job", "-fast", "-all")
    wait_for(lambda: site.server("ann") is None, 150)
    assert "It lost its machine" in site.farewell("ann")
    wait_for(lambda: site.queue() == [])


def test_a_server_that_is_put_on_hold_ends_with_the_reason(site: Site) -> None:
    site.start_server("ann", where="cluster")
    held = site.metric("vispa_cluster_ends_total")
    site.condor("condor_hold", "-all", "-reason", "Memory is short here.")
    wait_for(lambda: site.server("ann") is None, 90)
    assert "Memory is short here." in site.farewell("ann")
    assert site.metric("vispa_cluster_ends_total") == held + 1
    wait_for(lambda: site.queue() == [])
    site.start_server("ann", where="cluster")
    assert site.farewell("ann") == ""
    site.stop_server("ann")


def test_a_program_that_is_missing_on_the_worker_is_named(site: Site) -> None:
    site.request_server("lost", where="cluster")
    said = ""
    for event in site.progress("lost", 60):
        said = event["message"]
    assert "The program could not be started on the worker" in said
    assert "/nowhere/bin/python" in said
    wait_for(lambda: site.queue() == [])


def test_a_home_that_cannot_be_written_is_a_sentence(site: Site) -> None:
    folder = site.folder / "homes/bob/.local/share/vispa/servers"
    site.person.run("mkdir", "-p", str(folder))
    folder.chmod(0o500)
    try:
        answer = site.request_server("bob", where="cluster")
        assert answer.status_code == 400, answer.text
        assert "cannot be made: Permission denied" in answer.json()["message"]
    finally:
        folder.chmod(0o700)
    assert site.queue() == []


def test_starts_that_are_cancelled_at_any_moment_leave_nothing(site: Site) -> None:
    users = ["ann", "bob", "carl", "dora", "emil"]
    moments = random.Random(42)  # noqa: S311

    def start_and_cancel(user: str, after: float) -> None:
        with ThreadPoolExecutor(1) as other:
            asked = other.submit(site.request_server, user, where="cluster")
            wait_for(lambda: site.server(user) is not None or asked.done())
            time.sleep(after)
            answer = site.api("DELETE", f"/users/{user}/server")
            assert answer.status_code in (202, 204), answer.text
            assert asked.result().status_code < 600
        wait_for(lambda: site.server(user) is None)

    for _ in range(CANCELLED // len(users)):
        with ThreadPoolExecutor(len(users)) as threads:
            after = [moments.uniform(0, 3) for _ in users]
            list(threads.map(start_and_cancel, users, after))
    wait_for(lambda: site.queue() == [], 10 + 5)
    site.start_server("ann", where="cluster")
    site.stop_server("ann")


def test_twenty_who_wait_cost_no_more_queries_than_one(site: Site) -> None:
    def looks_in_five_seconds(viewers: int) -> float:
        before = site.metric("vispa_cluster_looks_total")
        with ThreadPoolExecutor(viewers) as threads:
            list(threads.map(lambda _: list(site.progress("carl", 5)), range(viewers)))
        return site.metric("vispa_cluster_looks_total") - before

    site.request_server("carl", where="cluster", cores=60)
    wait_for(lambda: site.servers_of("carl"))
    one = looks_in_five_seconds(1)
    # Nine looks more would be half a look for each viewer: no room for a query of one's own.
    assert looks_in_five_seconds(20) <= one + 9
    site.stop_server("carl")
    assert httpx.get(f"{site.url}/hub/metrics").status_code == 403
