"""Whatever is sent as options through the hub's doors becomes a sentence or a job within bounds.

The people here are in a group whose requirements no machine meets. So no server starts, unless
somebody's requirements could weaken those of the group.
"""

import html
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.conftest import WAITING
from tests.hub.site import API_TOKEN, PASSWORD, Site
from tests.pool.people import wait_for
from tests.spawner.test_options import awkward, json_values, keys

pytestmark = pytest.mark.pool

# What a person decides,
CHOSEN = {
    *("RequestCpus", "RequestMemory", "RequestDisk", "RequestGPUs", "RequireGPUs"),
    *("Requirements", "Rank", "AcctGroup", "AcctGroupUser", "AccountingGroup", "PeriodicRemove"),
}
# and what differs from job to job.
OWN = {
    *("ClusterId", "GlobalJobId", "VispaUser", "VispaSpawn", "Iwd", "UserLog"),
    *("QDate", "ServerTime", "EnteredCurrentStatus", "LastSuspensionTime"),
    *("LastRejMatchReason", "LastRejMatchTime", "AutoClusterId", "AutoClusterAttrs"),
}


@pytest.fixture(scope="module")
def people(site: Site) -> Iterator[list[str]]:
    """Bring in people whose jobs wait for ever."""
    for name in WAITING:
        site.add_user(name, "waiting")
    yield WAITING
    for name in WAITING:
        site.api("DELETE", f"/users/{name}")


@pytest.fixture(scope="module")
def plain(site: Site, people: list[str]) -> dict[str, Any]:
    """Return the ad of a job for which nothing was asked."""
    assert site.request_server(people[0], where="cluster").status_code == 202
    wait_for(lambda: site.servers_of(people[0]))
    [job] = site.servers_of(people[0])
    site.stop_server(people[0])
    return job


def only_chosen_attributes_differ(job: dict[str, Any], plain: dict[str, Any]) -> None:
    same = set(plain) - CHOSEN - OWN
    assert set(job) - set(plain) <= CHOSEN | OWN
    assert {name: job.get(name) for name in same} == {name: plain[name] for name in same}
    assert job["JobStatus"] == 1
    assert 1 <= job["RequestCpus"] <= 64
    assert job.get("AcctGroup") in ("group_lab", "group_other")
    assert "HasWhatNoMachineHas" in job["Requirements"]


sane = {
    "cores": st.integers(1, 64),
    "memory_gb": st.floats(0.1, 16),
    "disk_gb": st.floats(0.01, 32),
    "gpus": st.integers(0, 4),
    "hours": st.floats(0.01, 24),
    "accounting_group": st.sampled_from(["group_lab", "group_other"]),
    "requirements": st.sampled_from(["true", "Memory > 1 || true", 'Machine == "$(x) \\u00e9"']),
    "rank": st.sampled_from(["KFlops", "0", 'Machine == "+Owner" ? 1 : 2']),
}
everything = st.dictionaries(keys, json_values, max_size=2) | st.fixed_dictionaries(
    {}, optional=sane
)
runs = settings(
    deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None
)


def batches(of: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(of, min_size=len(WAITING), max_size=len(WAITING))


# The hub answers late where a start is accepted: it waits a while for the server.
@settings(runs, max_examples=4)
@given(requests=batches(everything))
def test_through_the_api(
    site: Site, people: list[str], plain: dict[str, Any], requests: list[dict[str, Any]]
) -> None:
    def ask(name: str, options: dict[str, Any]) -> httpx.Response:
        body = json.dumps({"user_options": {**options, "where": "cluster"}})
        return httpx.post(
            f"{site.url}/hub/api/users/{name}/server",
            content=body,  # with Infinity and NaN, which Python takes for JSON
            headers={"Authorization": f"token {API_TOKEN}"},
            timeout=60,
        )

    with ThreadPoolExecutor(len(people)) as threads:
        answers = list(threads.map(ask, people, requests))
    accepted = set()
    for name, options, answer in zip(people, requests, answers, strict=True):
        # JupyterHub says 201 of a pending start when the one before it was refused.
        assert answer.status_code in (201, 202, 400), (options, answer.text)
        if answer.status_code == 400:
            assert answer.json()["message"].strip(), options
        else:
            accepted.add(name)
    jobs_are_harmless(site, accepted, plain)


def jobs_are_harmless(site: Site, accepted: set[str], plain: dict[str, Any]) -> None:
    """Wait for the jobs of these people, compare them, and remove them."""
    wait_for(lambda: {job["VispaUser"] for job in site.queue()} == accepted)
    for job in site.queue():
        only_chosen_attributes_differ(job, plain)
    with ThreadPoolExecutor(len(WAITING)) as threads:
        list(threads.map(lambda name: site.api("DELETE", f"/users/{name}/server"), accepted))
    wait_for(lambda: site.queue() == [])
    wait_for(lambda: all(site.server(name) is None for name in accepted))


@pytest.fixture(scope="module")
def browsers(site: Site, people: list[str]) -> Iterator[list[httpx.Client]]:
    """Log in everybody, with cookies as browsers have them."""
    with ExitStack() as stack:
        yield [stack.enter_context(logged_in(site, name)) for name in people]


@contextmanager
def logged_in(site: Site, name: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.url, timeout=60) as client:
        token = re.search('name="_xsrf" value="([^"]*)"', client.get("/hub/login").text)
        assert token
        form = {"username": name, "password": PASSWORD, "_xsrf": token[1]}
        answer = client.post("/hub/login", data=form)
        assert answer.headers["Location"] == "/hub/spawn", answer.text
        yield client


fields = st.dictionaries(
    keys.filter(str.isidentifier),
    st.lists(awkward.filter(lambda value: value != "\ud800").map(str) | st.text(), max_size=2),
    max_size=3,
)


@settings(runs, max_examples=2)
@given(forms=batches(fields | st.fixed_dictionaries({}, optional=sane)))
def test_through_the_form(
    site: Site, browsers: list[httpx.Client], plain: dict[str, Any], forms: list[dict[str, Any]]
) -> None:
    def send(browser: httpx.Client, form: dict[str, Any]) -> httpx.Response:
        page = browser.get("/hub/spawn").text
        action = re.search('action="(/hub/spawn[^"]*)"', page)
        assert action, page
        return browser.post(html.unescape(action[1]), data={**form, "where": "cluster"})

    with ThreadPoolExecutor(len(browsers)) as threads:
        answers = list(threads.map(send, browsers, forms))
    accepted = set()
    for name, form, answer in zip(WAITING, forms, answers, strict=True):
        assert answer.status_code in (302, 400), (form, answer.text)
        if answer.status_code == 400:
            assert re.search('id="spawn-error">[^<]', answer.text), answer.text
        else:
            accepted.add(name)
    jobs_are_harmless(site, accepted, plain)
