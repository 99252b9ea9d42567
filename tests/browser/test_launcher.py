"""The VISPA section of the launcher, in a plain JupyterLab and in one that says it is a job's."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.pool.people import wait_for
from tests.server.lab import Lab, running_lab

pytestmark = pytest.mark.browser

Picture = Callable[[Page, str], None]

_CLUSTER = {
    "VISPA_PLACE": "cluster",
    "VISPA_CORES": "2",
    "VISPA_MEMORY_MB": "4096",
    "VISPA_ENDS": "2100-01-01T18:00:00+00:00",
    "_CONDOR_SLOT": "slot1_2",
}


@pytest.fixture(scope="module")
def cluster_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab as in a hub's HTCondor job, with a `condor_q` beside it."""
    folder = tmp_path_factory.mktemp("cluster")
    command = folder / "bin/condor_q"
    command.parent.mkdir()
    command.write_text("#!/bin/sh\ndate > ~/asked\n")
    command.chmod(0o755)
    page_config = folder / "config/labconfig/page_config.d/hub.json"
    page_config.parent.mkdir(parents=True)
    page_config.write_text(json.dumps({"hubPrefix": "/hub/", "hubUser": "alice"}))
    environment = {
        "PATH": f"{command.parent}:/usr/bin:/bin",
        "JUPYTER_CONFIG_PATH": f"{folder}/config",
    }
    with running_lab(folder, _CLUSTER | environment) as lab:
        yield lab


@pytest.fixture(scope="module")
def plain_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("plain")
    with running_lab(folder, {"PATH": "/nonexistent"}) as lab:
        yield lab


def _cards(page: Page, lab: Lab) -> Locator:
    page.goto(f"{lab.login_url}&reset")
    section = page.locator(".jp-Launcher-section").filter(
        has=page.get_by_role("heading", name="VISPA", exact=True)
    )
    expect(section).to_be_visible()
    return section.locator(".jp-LauncherCard")


def test_without_a_hub_only_what_makes_sense_is_offered(page: Page, plain_lab: Lab) -> None:
    cards = _cards(page, plain_lab)
    page.wait_for_load_state("networkidle")
    expect(cards).to_have_text(["Where am I running"])
    cards.click()
    expect(page.get_by_role("heading", name="started by hand, without a hub")).to_be_visible()
    expect(page.get_by_role("button", name="Change or stop my server")).to_have_count(0)


def test_on_the_cluster_the_place_is_told_in_words(
    page: Page, cluster_lab: Lab, picture: Picture
) -> None:
    cards = _cards(page, cluster_lab)
    expect(cards).to_have_text(
        ["Where am I running", "Cluster queue", "Change or stop my server", "Log out"]
    )
    picture(page, "launcher")
    page.get_by_role("button", name="On the cluster: 2 cores, 4 GB").press("Enter")
    panel = page.get_by_role("tabpanel", name="Where am I running")
    expect(panel.get_by_role("heading", name="on the cluster, as an HTCondor job")).to_be_visible()
    expect(panel).to_contain_text(re.compile("HTCondor slot.*slot1_2.*Ends.*2100", re.DOTALL))
    picture(page, "place")


def test_the_queue_is_shown_in_a_terminal(page: Page, cluster_lab: Lab) -> None:
    _cards(page, cluster_lab).filter(has_text="Cluster queue").click()
    expect(page.locator(".jp-Terminal")).to_be_visible()
    wait_for((cluster_lab.folder / "home/asked").exists)


def test_the_hubs_pages_are_a_click_away(page: Page, cluster_lab: Lab) -> None:
    cards = _cards(page, cluster_lab)
    with page.expect_popup() as popup:
        cards.filter(has_text="Change or stop my server").click()
    popup.value.wait_for_url("**/hub/home")
    cards.filter(has_text="Log out").click()
    page.wait_for_url(re.compile("/logout"))


def test_all_of_it_is_in_the_command_palette(page: Page, cluster_lab: Lab) -> None:
    expect(_cards(page, cluster_lab)).to_have_count(4)
    page.keyboard.press("ControlOrMeta+Shift+C")
    page.keyboard.type("vispa")
    for label in ("Where am I running", "Cluster queue", "Change or stop my server", "Log out"):
        expect(
            page.locator(".lm-CommandPalette-item[data-command^='vispa:']").filter(has_text=label)
        ).to_be_visible()


def test_a_server_that_cannot_tell_says_so_in_a_sentence(page: Page, tmp_path: Path) -> None:
    config = tmp_path / "config/jupyter_server_config.d/zz.json"
    config.parent.mkdir(parents=True)
    config.write_text('{"ServerApp": {"jpserver_extensions": {"vispa_server.session": false}}}')
    with running_lab(tmp_path, {"JUPYTER_CONFIG_PATH": f"{tmp_path}/config"}) as lab:
        _cards(page, lab).filter(has_text="Where am I running").click()
        expect(page.get_by_role("alert")).to_contain_text("lacks the VISPA server extension")


# From here on a browser whose clock is 25 years late, on a server that ends in an hour or less.

_BROWSERS_TIME = datetime(2001, 6, 1, 12, 0, tzinfo=UTC)


class Ending:
    """A page of JupyterLab, and the time its server says is left."""

    def __init__(self, page: Page, lab: Lab) -> None:
        self.page = page
        self.lab = lab
        self.seconds_left = 3700
        page.clock.install(time=_BROWSERS_TIME)
        page.route(re.compile("/vispa/session"), self._answer)
        self.load()

    def _answer(self, route: Route) -> None:
        told = route.fetch()
        route.fulfill(response=told, json={**told.json(), "seconds_left": self.seconds_left})

    def load(self) -> None:
        self.page.goto(self.lab.login_url)
        expect(self.status).to_be_visible()

    def after_a_nap(self, seconds_left: int) -> None:
        """Let the computer sleep until so many seconds are left."""
        self.seconds_left = seconds_left
        self.page.clock.fast_forward(3600_000)

    @property
    def status(self) -> Locator:
        return self.page.locator(".jp-vispa-status")

    @property
    def warning(self) -> Locator:
        return self.page.get_by_role("alert").filter(has_text="server")


def test_the_last_hour_is_counted_down_whatever_the_browsers_clock_says(
    page: Page, cluster_lab: Lab
) -> None:
    ending = Ending(page, cluster_lab)
    expect(ending.status).to_have_text("On the cluster: 2 cores, 4 GB")
    ending.after_a_nap(59 * 60 + 50)
    expect(ending.status).to_have_text("On the cluster: 2 cores, 4 GB, ends in 59 minutes")
    page.clock.run_for(70_000)  # the browser counts on by itself
    expect(ending.status).to_have_text("On the cluster: 2 cores, 4 GB, ends in 58 minutes")
    expect(ending.warning).to_have_count(0)
    ending.after_a_nap(50)
    expect(ending.status).to_contain_text("ends in less than a minute")


def test_the_end_is_announced_and_a_dismissed_warning_does_not_come_again(
    page: Page, cluster_lab: Lab, picture: Picture
) -> None:
    ending = Ending(page, cluster_lab)
    ending.after_a_nap(29 * 60)
    expect(ending.warning).to_have_text(
        re.compile(r"This server ends at \d\d?:\d\d [AP]M\. Save your notebooks; for more time,")
    )
    ending.after_a_nap(9 * 60 + 50)  # the next takes the place of the one before
    expect(ending.status).to_contain_text("ends in 9 minutes")
    page.clock.run_for(60_000)
    expect(ending.warning).to_have_count(1)
    expect(ending.status).to_contain_text("ends in 8 minutes")
    picture(page, "ending")

    ending.load()  # it was not dismissed, so it is there again, once
    page.clock.run_for(60_000)
    expect(ending.warning).to_have_count(1)
    ending.warning.get_by_role("button", name="Dismiss").click()
    expect(ending.warning).to_have_count(0)
    ending.load()
    page.clock.run_for(60_000)
    expect(ending.warning).to_have_count(0)

    ending.after_a_nap(100)
    expect(ending.warning).to_have_count(1)
    ending.warning.get_by_role("button", name="Save all").press("Enter")
    expect(ending.warning).to_have_count(0)
    ending.after_a_nap(0)
    expect(ending.warning).to_contain_text("The time of this server is over.")
    expect(ending.status).to_contain_text("its time is over")
    with page.expect_popup() as popup:
        ending.warning.get_by_role("button", name="Open the hub").click()
    popup.value.wait_for_url("**/hub/home")


def test_two_tabs_warn_once_each(page: Page, cluster_lab: Lab) -> None:
    first, second = Ending(page, cluster_lab), Ending(page.context.new_page(), cluster_lab)
    for tab in (first, second):
        tab.after_a_nap(9 * 60)
        expect(tab.status).to_contain_text(re.compile("ends in [89] minutes"))
        tab.page.clock.run_for(60_000)
        expect(tab.warning).to_have_count(1)
