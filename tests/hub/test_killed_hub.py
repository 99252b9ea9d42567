"""A hub that is killed at any point of a start: the server comes up, and never twice."""

import contextlib
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.hub.site import Site
from tests.pool.people import wait_for

pytestmark = pytest.mark.pool

ROUNDS = int(os.environ.get("VISPA_DRILL_ROUNDS", "1"))
"""How often each drill is repeated: once in the usual run."""


@contextlib.contextmanager
def asked_for(site: Site, method: str, user: str, **options: Any) -> Iterator[None]:
    """Ask the hub for something that it will not live to answer."""

    def ask() -> None:
        with contextlib.suppress(httpx.TransportError):
            body = {"user_options": options} if options else None
            site.api(method, f"/users/{user}/server", body)

    thread = threading.Thread(target=ask)
    thread.start()
    yield
    thread.join()


def restart(site: Site, number: int = signal.SIGKILL) -> None:
    site.stop_hub(number)
    site.start_hub()


def is_ready(site: Site, user: str) -> bool:
    return bool((site.server(user) or {}).get("ready"))


def job_of(site: Site, user: str) -> dict[str, Any]:
    [job] = site.servers_of(user)
    return job


def answers(site: Site, user: str) -> bool:
    """Whether the server itself answers through the proxy, to its person's token."""
    token = site.api("POST", f"/users/{user}/tokens", {"note": "tests"}).json()["token"]
    answer = httpx.get(
        f"{site.url}/user/{user}/api/status", headers={"Authorization": f"token {token}"}
    )
    return answer.status_code == 200


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_job_that_waits_keeps_its_place(site: Site, number: int) -> None:
    site.request_server("carl", where="cluster", cores=60)  # more than the pool has
    wait_for(lambda: site.servers_of("carl"))
    before = job_of(site, "carl")

    restart(site, number)

    wait_for(lambda: (site.server("carl") or {}).get("pending") == "spawn")
    sentences = (event["message"] for event in site.progress("carl", 30))
    assert any("No machine of the cluster" in sentence for sentence in sentences)
    site.condor("condor_qedit", str(before["ClusterId"]), "RequestCpus", "1")
    wait_for(lambda: is_ready(site, "carl"), 120)
    assert job_of(site, "carl")["ClusterId"] == before["ClusterId"]
    assert not (Path(before["Iwd"]) / "spawn.json").exists()
    assert answers(site, "carl")
    site.stop_server("carl")
    assert site.queue() == []


def test_a_job_that_waits_can_be_cancelled_after_a_restart(site: Site) -> None:
    site.request_server("carl", where="cluster", cores=60)
    wait_for(lambda: site.servers_of("carl"))
    restart(site)
    wait_for(lambda: (site.server("carl") or {}).get("pending") == "spawn")
    site.stop_server("carl")
    assert site.queue() == []


def test_who_starts_elsewhere_meanwhile_leaves_no_job_and_no_token(site: Site) -> None:
    site.request_server("carl", where="cluster", cores=60)
    wait_for(lambda: site.servers_of("carl"))
    job = job_of(site, "carl")
    secret = Path(job["Iwd"]) / "spawn.json"
    token = json.loads(secret.read_text())["environment"]["JUPYTERHUB_API_TOKEN"]
    assert site.api("GET", "/user", token=token).status_code == 200
    with site.frozen("condor_schedd"):  # so that the start cannot be taken up yet
        restart(site)
        site.start_server("carl", where="login-node")
        assert site.api("GET", "/user", token=token).status_code == 403
        assert not secret.exists()
    wait_for(lambda: site.queue() == [])
    assert is_ready(site, "carl")
    site.stop_server("carl")


def before_submit(site: Site) -> None:
    """A moment in which the job may or may not be on its way."""
    time.sleep(0.02)


def during_submit(site: Site) -> None:
    time.sleep(0.5)


def as_idle(site: Site) -> None:
    wait_for(lambda: site.servers_of("emil"))


def as_running(site: Site) -> None:
    wait_for(lambda: [job for job in site.servers_of("emil") if job["JobStatus"] == 2])


@pytest.mark.parametrize("moment", [before_submit, during_submit, as_idle, as_running] * ROUNDS)
def test_a_hub_killed_during_a_start_leaves_one_server_or_none(
    site: Site, moment: Callable[[Site], None]
) -> None:
    with asked_for(site, "POST", "emil", where="cluster"):
        moment(site)
        site.stop_hub(signal.SIGKILL)
    site.start_hub()

    def is_over() -> bool:
        """Either the server is ready on its one job, or there is neither server nor job."""
        server = site.server("emil")
        jobs = site.servers_of("emil")
        assert len(jobs) <= 1
        return bool(server["ready"]) if server else not jobs

    wait_for(is_over, 150)
    time.sleep(3)  # a job that was on its way would be there by now
    wait_for(is_over, 150)
    if moment in (as_idle, as_running):
        assert is_ready(site, "emil")
        assert answers(site, "emil")
    site.stop_server("emil")
    wait_for(lambda: site.queue() == [])


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_a_hub_killed_as_a_server_is_stopped_loses_nothing(site: Site, _round: int) -> None:
    site.start_server("emil", where="cluster")
    with asked_for(site, "DELETE", "emil"):
        time.sleep(0.1)
        site.stop_hub(signal.SIGKILL)
    site.start_hub()

    def agree() -> bool:
        """The hub and the queue say the same of the server."""
        ready, jobs = is_ready(site, "emil"), site.servers_of("emil")
        return ready == bool(jobs)

    wait_for(agree, 150)
    site.stop_server("emil")
    wait_for(lambda: site.queue() == [])
