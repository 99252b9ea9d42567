"""The spawn page: the answer follows the typing, and a cluster that is silent is no dead end."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.hub.site import PASSWORD, Site

pytestmark = [pytest.mark.browser, pytest.mark.pool]


@pytest.fixture
def spawn_page(site: Site, page: Page) -> Page:
    """The page as Ann sees it, with the cluster chosen by keyboard alone."""
    page.goto(f"{site.url}/hub/spawn")
    page.get_by_label("Name").fill("ann")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_label("Here, at once").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("On the cluster")).to_be_checked()
    return page


def test_the_answer_follows_the_typing(spawn_page: Page) -> None:
    answer, cores = spawn_page.locator("#fits"), spawn_page.get_by_label("Cores", exact=True)
    expect(answer).to_have_attribute("data-answer", "now")
    expect(answer).to_have_attribute("aria-live", "polite")
    cores.fill("17")
    expect(answer).to_have_text(
        "No machine of the cluster has 17 cores (the most is 16). Ask for less."
    )
    expect(answer).to_have_attribute("data-answer", "never")
    cores.fill("65")
    expect(answer).to_have_text("Your group may use up to 64 cores a server.")
    cores.fill("16")
    expect(answer).to_have_text("It would start now: 1 machine has room for it.")


def test_typing_is_asked_about_once_it_pauses(spawn_page: Page) -> None:
    expect(spawn_page.locator("#fits")).to_have_attribute("data-answer", "now")
    asked: list[str] = []
    spawn_page.on("request", lambda request: asked.append(request.url))
    cores = spawn_page.get_by_label("Cores", exact=True)
    cores.press("End")
    cores.press_sequentially("000", delay=20)
    expect(spawn_page.locator("#fits")).to_have_attribute("data-answer", "wrong")
    assert len([url for url in asked if "vispa/pool" in url]) == 1


def test_a_silent_cluster_is_said_and_the_way_out_stays_open(site: Site, page: Page) -> None:
    page.route(
        "**/api/vispa/pool*",
        lambda route: route.fulfill(
            status=503, json={"message": "The cluster's numbers are not to be had. <b>No</b>"}
        ),
    )
    page.goto(f"{site.url}/hub/spawn")
    page.get_by_label("Name").fill("ann")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#pool")).to_have_text(
        "The cluster's numbers are not to be had. <b>No</b>", use_inner_text=True, timeout=30_000
    )
    expect(page.get_by_role("button", name="Start JupyterLab")).to_be_enabled()


def test_an_expert_finds_more_and_it_is_remembered(
    site: Site, page: Page, picture: Callable[[Page, str], None]
) -> None:
    page.goto(f"{site.url}/hub/spawn")
    page.get_by_label("Name").fill("fred")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_label("On the cluster").check()
    page.get_by_text("More", exact=True).click()
    answer = page.locator("#fits")
    page.get_by_label("Requirements").fill("Memory >")
    expect(answer).to_have_attribute("data-answer", "wrong")
    page.get_by_label("Requirements").fill('OpSys == "WINDOWS"')
    expect(answer).to_have_attribute("data-answer", "never")
    page.get_by_label("Requirements").fill('OpSys == "LINUX"')
    expect(answer).to_have_attribute("data-answer", "now")
    page.get_by_label("Accounting group").select_option("group_other")
    page.get_by_label("Disk").fill("0.5")
    picture(page, "spawn-more")
    page.get_by_role("button", name="Start JupyterLab").click()
    page.wait_for_url(re.compile("/lab"), timeout=120_000)
    [job] = site.servers_of("fred")
    assert (job["AcctGroup"], job["RequestDisk"]) == ("group_other", 512 * 1024)
    site.stop_server("fred")
    page.goto(f"{site.url}/hub/spawn")
    expect(page.get_by_label("Requirements")).to_have_value('OpSys == "LINUX"')
    expect(page.get_by_label("Accounting group")).to_have_value("group_other")
