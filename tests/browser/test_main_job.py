"""The main job, as a workshop guest does it: with a browser, a printed token and nothing else."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.hub.site import Site
from tests.pool.people import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.pool]

Picture = Callable[[Page, str], None]


@pytest.fixture(scope="session")
def tokens(site: Site) -> list[str]:
    """Return the printed tokens of a workshop with three seats."""
    done = site.person.run(
        "vispa", "workshop", "create", "demo", "--title", "Demo", "--seats", "3", "--days", "1"
    )
    assert done.returncode == 0, done.stderr
    found: list[str] = re.findall(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}", done.stdout)
    assert len(found) == 3
    return found


def log_in(page: Page, site: Site, token: str) -> None:
    page.goto(site.url)
    page.get_by_label("Token, as printed on your slip").fill(token)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("heading", name="Where should JupyterLab run?")).to_be_visible()


def start(page: Page, place: str) -> None:
    page.get_by_label(place).check()
    page.get_by_role("button", name="Start JupyterLab").click()


def lab_is_open(page: Page) -> None:
    page.wait_for_url(re.compile("/lab"), timeout=120_000)
    expect(page.locator(".jp-DirListing")).to_be_visible(timeout=120_000)


def run_in_notebook(page: Page, code: str, answer: str | re.Pattern[str]) -> None:
    """Open a new notebook from the launcher, run one cell, and wait for its output."""
    page.locator(".jp-LauncherCard[title*='Python 3']").first.click()
    cell = page.locator(".jp-Notebook-cell .cm-content").first
    expect(page.locator(".jp-Notebook-ExecutionIndicator")).to_have_attribute(
        "data-status", "idle", timeout=60_000
    )

    def typed() -> bool:
        """Type as a person would who sees that the notebook was not ready for it yet."""
        cell.click()
        page.keyboard.press("Control+a")
        page.keyboard.type(code)
        page.wait_for_timeout(300)
        return (cell.text_content() or "").strip() == code

    wait_for(typed)
    page.keyboard.press("Shift+Enter")
    expect(page.locator(".jp-OutputArea-output").first).to_contain_text(answer, timeout=60_000)


def run_in_terminal(page: Page, command: str) -> None:
    page.locator(".xterm-helper-textarea").last.focus()
    page.keyboard.type(command)
    page.keyboard.press("Enter")


def open_launcher(page: Page) -> None:
    page.get_by_role("button", name="New Launcher", exact=True).click()
    expect(page.locator(".jp-Launcher").last).to_be_visible()


def log_out(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/hub/home")
    page.get_by_role("button", name="Logout").click()
    expect(page.get_by_role("heading", name="Log in to VISPA test")).to_be_visible()


def test_a_guest_works_on_the_cluster_and_then_here(
    site: Site, tokens: list[str], page: Page, picture: Picture
) -> None:
    page.goto(site.url)
    picture(page, "login")
    log_in(page, site, tokens[0])
    expect(page.locator("#pool")).to_contain_text("16 of 16 free")
    page.get_by_label("On the cluster").check()
    expect(page.locator("#fits")).to_have_text("It would start now: 1 machine has room for it.")
    picture(page, "spawn")

    start(page, "On the cluster")
    lab_is_open(page)
    picture(page, "launcher")

    run_in_notebook(page, "import os; print(os.environ['_CONDOR_SLOT'])", "slot1_1")
    picture(page, "lab-on-cluster")

    open_launcher(page)
    page.locator(".jp-LauncherCard[title*='terminal']").last.click()
    expect(page.locator(".jp-Terminal").last).to_be_visible()
    run_in_terminal(page, "condor_q; cd training && condor_submit train.sub rate=0.05")
    home = site.folder / "homes/demo-01"
    output = Path(home / "training/train.out")
    wait_for(lambda: output.exists() and "epoch" in output.read_text(), 60)
    run_in_terminal(page, "clear; condor_q; tail -n 5 train.out")
    page.wait_for_timeout(2000)
    picture(page, "terminal")
    wait_for(lambda: (home / "training/result/metrics.json").exists(), 120)

    page.goto(f"{site.url}/hub/home")
    page.get_by_role("button", name="Stop JupyterLab").click()
    wait_for(lambda: site.server("demo-01") is None)

    page.goto(f"{site.url}/hub/spawn")
    start(page, "Here, at once")
    lab_is_open(page)
    expect(page.locator("#jp-bottom-panel")).to_contain_text("On the login node")
    log_out(page, site)
    site.stop_server(home.name)


def test_a_wrong_token_is_a_sentence_where_the_person_is(
    site: Site, page: Page, picture: Picture
) -> None:
    page.goto(site.url)
    page.get_by_label("Token, as printed on your slip").fill("AAAA-BBBB-CCCC-DDDD")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("alert")).to_contain_text("We don't know this token.")
    picture(page, "wrong-token")


def test_waiting_can_be_cancelled(site: Site, tokens: list[str], page: Page) -> None:
    with site.frozen("condor_negotiator"):
        log_in(page, site, tokens[1])
        start(page, "On the cluster")
        expect(page.locator("#progress-message")).to_contain_text("HTCondor")
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("heading", name="Where should JupyterLab run?")).to_be_visible()
        wait_for(lambda: site.servers_of("demo-02") == [])


def test_the_last_choice_is_remembered(site: Site, tokens: list[str], page: Page) -> None:
    log_in(page, site, tokens[2])
    page.get_by_label("On the cluster").check()
    page.get_by_label("Cores", exact=True).fill("2")
    start(page, "On the cluster")
    lab_is_open(page)
    page.goto(f"{site.url}/hub/home")
    page.get_by_role("button", name="Stop JupyterLab").click()
    wait_for(lambda: site.server("demo-03") is None)
    page.goto(f"{site.url}/hub/spawn")
    expect(page.get_by_label("On the cluster")).to_be_checked()
    expect(page.get_by_label("Cores", exact=True)).to_have_value("2")
