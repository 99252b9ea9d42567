"""Unix accounts: PAM knows the passwords, the name service knows the groups."""

import os
import secrets
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

pytestmark = pytest.mark.root


def run(*command: str, text: str | None = None) -> None:
    subprocess.run(command, input=text, text=True, check=True, capture_output=True)


@dataclass
class Account:
    """A real account of this machine, and its password."""

    name: str
    password: str


@pytest.fixture(scope="module")
def unix_group() -> Iterator[str]:
    name = f"vt{secrets.token_hex(3)}"
    run("groupadd", name)
    yield name
    run("groupdel", name)


@pytest.fixture(scope="module")
def accounts(unix_group: str) -> Iterator[tuple[Account, Account]]:
    """Make an account in the group, and one outside it."""
    made = [Account(f"vt{secrets.token_hex(3)}", secrets.token_urlsafe(12)) for _ in range(2)]
    for account in made:
        run("useradd", "--no-create-home", "--shell", "/bin/sh", account.name)
        run("chpasswd", text=f"{account.name}:{account.password}\n")
    run("usermod", "--append", "--groups", unix_group, made[0].name)
    yield made[0], made[1]
    for account in made:
        run("userdel", account.name)


@pytest.fixture(scope="module")
def unix_hub(tmp_path_factory, hub_in, unix_group: str):
    assert os.geteuid() == 0
    hub = hub_in(
        tmp_path_factory.mktemp("unix"),
        f"""
        [hub]
        [accounts]
        mode = "unix"
        login = "pam"
        [groups.students]
        unix_groups = ["{unix_group}"]
        [groups.roots]
        unix_groups = ["root"]
        [groups.guests]
        """,
    )
    hub.start()
    yield hub
    hub.stop()


def test_a_member_of_the_unix_group_is_in(unix_hub, accounts) -> None:
    member, _ = accounts
    browser = unix_hub.browser()
    assert browser.login(username=member.name, password=member.password) == 302
    assert unix_hub.user(member.name)["groups"] == ["students"]


def test_others_are_told_whom_to_ask(unix_hub, accounts) -> None:
    _, outsider = accounts
    browser = unix_hub.browser()
    assert browser.login(username=outsider.name, password=outsider.password) == 403
    assert f"The password is right, but {outsider.name} is in no group" in browser.said


def test_a_wrong_password_and_an_unknown_account_read_the_same(unix_hub, accounts) -> None:
    member, _ = accounts
    browser = unix_hub.browser()
    for name in (member.name, "no-such-account", "root"):
        assert browser.login(username=name, password="wrong password") == 403
        assert browser.said == "The user name or the password is wrong. Try again."


def test_an_account_does_not_log_in_once_it_is_a_seat(unix_hub, accounts) -> None:
    _, outsider = accounts
    tokens = unix_hub.workshop("mixed", seats=2)
    (unix_hub.folder / "state" / "workshops" / "mixed.json").write_text(
        (unix_hub.folder / "state" / "workshops" / "mixed.json")
        .read_text()
        .replace("mixed-02", outsider.name)
    )
    browser = unix_hub.browser()
    assert browser.login(username=outsider.name, password=outsider.password) == 403
    assert browser.said == (
        f"{outsider.name} is a seat of a workshop. Log in with its token instead."
    )
    assert browser.login(token=tokens["mixed-02"]) == 302


def test_a_seat_with_the_name_of_a_member_opens_for_nobody(unix_hub, accounts) -> None:
    member, _ = accounts
    [token] = unix_hub.workshop("clash").values()
    file = unix_hub.folder / "state" / "workshops" / "clash.json"
    file.write_text(file.read_text().replace("clash-01", member.name))
    browser = unix_hub.browser()
    assert browser.login(token=token) == 403
    assert browser.said.startswith(f"The seat {member.name} has the name of an account")
    file.unlink()


def test_who_leaves_the_unix_group_is_out(unix_hub, accounts, unix_group: str) -> None:
    member, _ = accounts
    browser = unix_hub.browser()
    browser.login(username=member.name, password=member.password)
    assert browser.is_in()
    run("gpasswd", "--delete", member.name, unix_group)
    try:
        assert unix_hub.until(lambda: not browser.is_in())
        assert unix_hub.api("POST", f"users/{member.name}/server").status_code == 403
    finally:
        run("usermod", "--append", "--groups", unix_group, member.name)
