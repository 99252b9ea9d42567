"""A server on the cluster whose time is over: what its person sees, and what stays behind."""

import json
import re
from collections.abc import Callable

import psutil
import pytest
from playwright.sync_api import Page, expect

from tests.hub.site import PASSWORD, Site
from tests.pool.people import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.pool]

Picture = Callable[[Page, str], None]


def test_the_end_comes_announced_and_in_order(site: Site, page: Page, picture: Picture) -> None:
    page.goto(f"{site.url}/hub/login")
    page.get_by_label("Name", exact=True).fill("emil")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(re.compile("/hub/spawn"))
    # A link with parameters starts at once; the form has no time as short as this.
    page.goto(f"{site.url}/hub/spawn?where=cluster&hours=0.025")
    page.wait_for_url(re.compile("/lab"), timeout=120_000)
    [job] = site.servers_of("emil")

    warning = page.get_by_role("alert").filter(has_text="This server ends at")
    expect(warning).to_be_visible(timeout=60_000)
    expect(page.locator(".jp-vispa-status")).to_contain_text(re.compile("ends in .* minute"))
    page.locator(".jp-LauncherCard[title*='Python 3']").first.click()
    wait_for(lambda: kernels_of("emil"))
    picture(page, "last-minute")

    over = page.get_by_role("alert").filter(has_text="The time of this server is over.")
    expect(over).to_be_visible(timeout=150_000)
    wait_for(lambda: site.servers_of("emil") == [], 60)
    picture(page, "time-is-over")
    assert kernels_of("emil") == []
    [ended] = json.loads(site.condor("condor_history", "-json", str(job["ClusterId"])))
    assert (ended["ExitCode"], ended["ExitBySignal"], ended["NumJobStarts"]) == (0, False, 1)
    assert "RemoveReason" not in ended
    assert ended.get("NumHolds", 0) == 0
    wait_for(lambda: site.server("emil") is None)


def kernels_of(user: str) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["cmdline", "environ"])
        if "ipykernel_launcher" in (process.info["cmdline"] or [])
        and (process.info["environ"] or {}).get("JUPYTERHUB_USER") == user
    ]
