"""A server as a process on the login node."""

import signal
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil
import pytest

from tests.hub.site import PASSWORD, Site
from tests.pool.people import wait_for

pytestmark = pytest.mark.pool


def server_processes(site: Site, user: str) -> list[psutil.Process]:
    """Find what runs in this person's home, or was started by something that does."""
    home = str(site.folder / "homes" / user)
    return [
        process
        for process in psutil.process_iter(["environ", "cwd"])
        if process.info["cwd"] == home or (process.info["environ"] or {}).get("HOME") == home
    ]


def test_a_server_here_is_up_and_leaves_no_process(site: Site) -> None:
    site.start_server("emil", where="login-node")
    assert server_processes(site, "emil")
    site.stop_server("emil")
    assert not server_processes(site, "emil")


def test_who_may_only_start_here_needs_no_options(site: Site) -> None:
    site.start_server("stud")
    site.stop_server("stud")


def test_a_hub_that_is_killed_finds_its_process_again(site: Site) -> None:
    site.start_server("emil", where="login-node")
    before = {process.pid for process in server_processes(site, "emil")}
    site.stop_hub(signal.SIGKILL)
    site.start_hub()
    wait_for(lambda: (site.server("emil") or {}).get("ready"))
    assert before <= {process.pid for process in server_processes(site, "emil")}
    site.stop_server("emil")
    assert not server_processes(site, "emil")


def test_nobody_gets_in_without_the_token(site: Site) -> None:
    server = site.start_server("emil", where="login-node")
    assert httpx.get(f"{site.url}{server['url']}api/status").status_code == 403
    site.stop_server("emil")


def test_a_server_that_cannot_start_says_why_at_once_and_on_its_page(site: Site) -> None:
    site.start_server("emil", where="login-node")  # brings his home
    site.stop_server("emil")
    in_the_way = site.folder / "homes/emil/.local"
    in_the_way.rename(in_the_way.with_name("aside"))
    in_the_way.write_text("")
    try:
        answer = site.request_server("emil", where="login-node")
        page = logged_in(site, "emil").get("/hub/spawn-pending/emil")
    finally:
        in_the_way.unlink()
        in_the_way.with_name("aside").rename(in_the_way)
    sentence = "Your server ended with exit code 1 while it started."
    assert answer.status_code == page.status_code == 500
    assert answer.json()["message"].startswith(sentence)
    assert sentence in page.text
    assert "SpawnException" not in page.text
    site.start_server("emil", where="login-node")  # nothing of the failure stays
    site.stop_server("emil")


def test_a_server_that_is_cancelled_leaves_no_process(site: Site) -> None:
    with ThreadPoolExecutor() as pool:
        pool.submit(site.request_server, "emil", where="login-node")
        wait_for(lambda: site.server("emil") is not None)
        site.stop_server("emil")
    wait_for(lambda: not server_processes(site, "emil"))


def logged_in(site: Site, user: str) -> httpx.Client:
    browser = httpx.Client(base_url=site.url, follow_redirects=True, timeout=60)
    browser.get("/hub/login")
    form = {"username": user, "password": PASSWORD, "_xsrf": browser.cookies["_xsrf"]}
    browser.post("/hub/login?next=/hub/home", data=form)
    return browser
