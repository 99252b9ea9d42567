"""The waiting page of somebody who does nothing but wait, while the hub is killed and restarted."""

import re
import signal
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.hub.site import PASSWORD, Site
from tests.pool.people import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.pool]

Picture = Callable[[Page, str], None]


def log_in_as(page: Page, site: Site, name: str) -> None:
    page.goto(site.url)
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def test_a_person_who_waits_need_not_know_that_the_hub_was_killed(
    site: Site, page: Page, picture: Picture
) -> None:
    log_in_as(page, site, "dora")
    page.get_by_label("On the cluster").check()
    page.get_by_label("Cores", exact=True).fill("60")  # the pool has 16
    page.get_by_role("button", name="Start JupyterLab").click()
    message = page.locator("#progress-message")
    expect(message).to_contain_text("No machine of the cluster has 60 cores")
    picture(page, "waiting")
    [job] = site.servers_of("dora")

    site.stop_hub(signal.SIGKILL)
    site.proxy().kill()  # a machine that goes down takes both
    expect(message).to_contain_text("The hub does not answer at the moment")
    picture(page, "waiting-hub-down")
    site.start_hub()
    expect(message).to_contain_text("No machine of the cluster has 60 cores")

    site.condor("condor_qedit", str(job["ClusterId"]), "RequestCpus", "1")
    page.wait_for_url(re.compile("/lab"), timeout=120_000)
    assert [one["ClusterId"] for one in site.servers_of("dora")] == [job["ClusterId"]]


def test_why_a_server_ended_is_said_where_the_next_one_is_started(
    site: Site, page: Page, picture: Picture
) -> None:
    site.start_server("dora", where="cluster")
    site.condor("condor_hold", "-all", "-reason", "Your server needs more than it asked for.")
    wait_for(lambda: site.server("dora") is None, 90)
    log_in_as(page, site, "dora")
    page.goto(f"{site.url}/hub/home")
    expect(page.locator(".alert-info")).to_contain_text("needs more than it asked for")
    picture(page, "farewell-home")
    page.goto(f"{site.url}/user/dora/lab")
    expect(page.locator(".alert-info")).to_contain_text("needs more than it asked for")
    picture(page, "farewell-not-running")
