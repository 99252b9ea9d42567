"""What the hub says of the cluster to those who think of starting a server there."""

from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hub.site import Site
from tests.pool.people import wait_for

pytestmark = pytest.mark.pool

_SLEEPER = """executable = /bin/sleep
arguments = 600
request_cpus = 5
request_memory = 1000
should_transfer_files = YES
transfer_executable = false
log = events
queue
"""


@pytest.fixture(scope="module")
def tokens(site: Site) -> dict[str, str]:
    return {
        user: site.api("POST", f"/users/{user}/tokens", {"note": "tests"}).json()["token"]
        for user in ("ann", "bob", "stud")
    }


def ask(site: Site, token: str, query: Any = None) -> httpx.Response:
    return httpx.get(
        f"{site.url}/hub/api/vispa/pool",
        params=query,
        headers={"Authorization": f"token {token}"},
        timeout=60,
    )


def test_the_numbers_are_for_those_who_are_logged_in(site: Site, tokens: dict[str, str]) -> None:
    answer = ask(site, tokens["ann"])
    assert answer.status_code == 200, answer.text
    numbers = answer.json()
    assert numbers["total"] == {"cores": 16, "memory_gb": 31.2, "gpus": 0}
    assert (numbers["machines"], numbers["usable_machines"]) == (1, 1)
    assert 0 <= numbers["age"] <= 11
    assert "match" not in numbers
    assert ask(site, "not-a-token").status_code == 403


def test_what_is_taken_is_not_free_and_one_sees_what_is_ones_own(
    site: Site, tokens: dict[str, str]
) -> None:
    site.start_server("ann", where="cluster", cores=3, memory_gb=2)
    site.person.write("sleep.sub", _SLEEPER)
    site.condor("condor_submit", str(site.folder / "sleep.sub"))
    numbers: dict[str, Any] = {}

    def seen() -> bool:
        numbers.update(ask(site, tokens["ann"], {"cores": 9}).json())
        return bool(numbers["free"]["cores"] == 16 - 3 - 5)

    wait_for(seen)
    assert numbers["free"]["memory_gb"] == round((32_000 - 2_048 - 1_024) / 1024, 1)
    assert numbers["largest_free"]["cores"] == 8
    assert numbers["match"]["answer"] == "waits"
    assert ask(site, tokens["ann"], {"cores": 8}).json()["match"] == {
        "answer": "now",
        "sentence": "It would start now: 1 machine has room for it.",
        "machines_now": 1,
        "machines_ever": 1,
        "idle_jobs_ahead": 0,
    }
    me = numbers["you"]
    assert (me["servers"], me["jobs"], me["cores"], me["memory_gb"]) == (1, 1, 3, 2)
    assert me["sentences"] == [
        "You run 1 server.",
        "Your 1 running job on the cluster has 3 cores, 2 GB.",
    ]
    # Bob shares the account, but none of this is his.
    assert ask(site, tokens["bob"]).json()["you"]["jobs"] == 0
    site.condor("condor_rm", "-all")
    site.stop_server("ann")


def test_what_can_never_start_says_why(site: Site, tokens: dict[str, str]) -> None:
    match = ask(site, tokens["ann"], {"cores": 60}).json()["match"]
    assert match["answer"] == "never"
    assert match["sentence"] == (
        "No machine of the cluster has 60 cores (the most is 16). Ask for less."
    )


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"cores": "65"}, "Your group may use up to 64 cores a server."),
        ({"cores": "many"}, "cores: Input should be a valid integer"),
        ({"cores": ["1", "2"]}, "cores: Input should be a valid integer"),
        ({"memory_gb": "nan"}, "memory_gb: Input should be a finite number"),
        ({"where": "cluster"}, "where: only the cluster has these numbers."),
        ({"owner": "root"}, "There is no option 'owner'."),
    ],
)
def test_a_size_that_is_none_is_refused_with_a_sentence(
    site: Site, tokens: dict[str, str], query: dict[str, Any], sentence: str
) -> None:
    answer = ask(site, tokens["ann"], query)
    assert answer.status_code == 400, answer.text
    assert sentence in answer.json()["message"]


def test_who_may_not_start_there_has_no_match(site: Site, tokens: dict[str, str]) -> None:
    assert ask(site, tokens["stud"]).status_code == 200
    answer = ask(site, tokens["stud"], {"cores": 1})
    assert answer.status_code == 400
    assert answer.json()["message"] == "Your group may not start servers on the cluster."


@given(
    query=st.lists(
        st.tuples(
            st.sampled_from(["cores", "memory_gb", "gpus", "hours", "where", "requirements", ""])
            | st.text(max_size=8),
            st.integers().map(str)
            | st.floats().map(str)
            | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
            | st.sampled_from(["", "1e309", "0x10", "\u0661", "$$(X)", '" || true', "1\nqueue"]),
        ),
        max_size=5,
    )
)
@settings(max_examples=150, deadline=None)
def test_whatever_is_asked_nothing_breaks(
    site: Site, tokens: dict[str, str], query: list[tuple[str, str]]
) -> None:
    answer = ask(site, tokens["bob"], query)
    assert answer.status_code in {200, 400, 429}, answer.text
    if answer.status_code != 200:
        assert answer.json()["message"]
