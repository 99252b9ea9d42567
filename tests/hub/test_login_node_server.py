"""A server as a process on the login node."""

import signal

import httpx
import psutil
import pytest

from tests.hub.site import Site
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
