"""Logging in with an account: only members of a group, and never under a seat's name."""

import pytest

USER_PASSWORD = "everybody knows this"
ADMIN_PASSWORD = "only the admins know this one, really"


def test_a_member_is_in_with_all_groups(hub) -> None:
    ann = hub.browser()
    assert ann.login(username=" Ann ", password=USER_PASSWORD) == 302
    assert ann.is_in()
    assert sorted(hub.user("ann")["groups"]) == ["course", "staff"]
    assert hub.user("ann")["admin"] is False


def test_an_admin_needs_the_admins_password(hub) -> None:
    boss = hub.browser()
    assert boss.login(username="boss", password=USER_PASSWORD) == 403
    assert boss.login(username="boss", password=ADMIN_PASSWORD) == 302
    assert hub.user("boss")["admin"] is True


@pytest.mark.parametrize(
    ("name", "password", "status", "sentence"),
    [
        ("ann", "wrong", 403, "The user name or the password is wrong. Try again."),
        ("ann", "wröng", 403, "The user name or the password is wrong. Try again."),
        ("ann", f"{USER_PASSWORD}\0", 403, "The user name or the password is wrong. Try again."),
        ("bob", ADMIN_PASSWORD, 403, "The user name or the password is wrong. Try again."),
        ("root", USER_PASSWORD, 403, "The user name or the password is wrong. Try again."),
        ("../ann", USER_PASSWORD, 403, "The user name or the password is wrong. Try again."),
        ("ann", "", 400, "Type your user name and your password, or a workshop token."),
        ("e" * 100, USER_PASSWORD, 400, "This is too long for a user name and a password."),
        (
            "eve",
            USER_PASSWORD,
            403,
            (
                "The password is right, but eve is in no group that may use VISPA. Ask your "
                "administrator to add you to one."
            ),
        ),
    ],
)
def test_a_refusal_is_a_sentence(hub, name, password, status, sentence) -> None:
    browser = hub.browser("203.0.113.10")
    assert browser.login(username=name, password=password) == status
    assert browser.said == sentence
    assert not browser.is_in()


def test_nobody_logs_in_to_a_seat_with_a_password(hub) -> None:
    hub.workshop("seated")
    for name in ("seated-01", "SEATED-01"):
        browser = hub.browser()
        assert browser.login(username=name, password=USER_PASSWORD) == 403
        assert browser.said == ("seated-01 is a seat of a workshop. Log in with its token instead.")


def test_guessing_the_password_of_an_account_is_told_to_wait(hub) -> None:
    browsers = [hub.browser(f"203.0.113.{20 + at}") for at in range(11)]
    answers = [
        browser.login(username="carl", password=f"guess {at}")
        for at, browser in enumerate(browsers)
    ]
    assert answers == [403] * 10 + [429]
    assert browsers[-1].said == "Too many wrong passwords for this account. Wait a minute."
    assert hub.browser().login(username="ann", password=USER_PASSWORD) == 302
