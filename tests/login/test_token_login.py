"""Logging in with a workshop token, through the hub's own login page."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from vispa_hub.workshops.door import EACH
from vispa_hub.workshops.tokens import new_token


def test_a_token_made_while_the_hub_runs_opens_its_seat(hub) -> None:
    [(seat, token)] = hub.workshop("fresh").items()
    guest = hub.browser()
    assert guest.login(token=token.lower().replace("-", " ")) == 302
    assert guest.is_in()
    assert hub.user(seat)["groups"] == ["guests"]
    assert hub.user(seat)["admin"] is False
    assert "1 of 1" in hub.vispa("list")


def test_two_people_with_one_slip_are_the_same_guest(hub) -> None:
    [token] = hub.workshop("twice").values()
    browsers = [hub.browser(), hub.browser()]
    assert [browser.login(token=token) for browser in browsers] == [302, 302]
    assert all(browser.is_in() for browser in browsers)


@pytest.mark.parametrize(
    ("form", "status", "sentence"),
    [
        (
            {"token": new_token()},
            403,
            "We don't know this token. Compare it with your slip, sign by sign.",
        ),
        (
            {"token": "hello"},
            403,
            (
                "This is not a workshop token: it has 16 letters and digits, such as "
                "K7QM-2XPD-9R4T-VBNE. Look at your slip again."
            ),
        ),
        (
            {"token": "A" * 10_000},
            400,
            "This is too long for a workshop token. Type what is on your slip.",
        ),
        (
            {"token": "100%s %(x)s {y} <script>"},
            403,
            (
                "This is not a workshop token: it has 16 letters and digits, such as "
                "K7QM-2XPD-9R4T-VBNE. Look at your slip again."
            ),
        ),
        ({}, 400, "Type your user name and your password, or a workshop token."),
        ({"token": "", "username": ""}, 403, "This is not a workshop token: it has 16 letters"),
    ],
)
def test_a_refusal_is_a_sentence_on_the_login_page(hub, form, status: int, sentence: str) -> None:
    stranger = hub.browser("203.0.113.1")
    assert stranger.login(**form) == status
    assert stranger.said.startswith(sentence)
    assert not stranger.is_in()


def test_a_form_from_elsewhere_is_not_taken(hub) -> None:
    [token] = hub.workshop("forged").values()
    victim = hub.browser()
    assert victim.login(token=token, _xsrf="made-up") == 403
    assert "Try again" in victim.said
    assert not victim.is_in()


def test_a_withdrawn_token_lets_nobody_in_and_whoever_is_in_out(hub) -> None:
    tokens = hub.workshop("withdrawn", seats=2)
    guest, neighbour = hub.browser(), hub.browser()
    guest.login(token=tokens["withdrawn-01"])
    neighbour.login(token=tokens["withdrawn-02"])
    hub.vispa("revoke", "withdrawn", "--seat", "1")
    assert hub.until(lambda: not guest.is_in())
    assert guest.login(token=tokens["withdrawn-01"]) == 403
    assert guest.said.startswith("This token was withdrawn.")
    assert "Failed to get current user" not in hub.log.read_text()
    assert neighbour.is_in()


def test_a_new_token_ends_the_old_one(hub) -> None:
    [old] = hub.workshop("lost").values()
    new = hub.vispa("reissue", "lost", "1", "--csv").splitlines()[1].split(",")[1]
    assert hub.browser().login(token=new) == 302
    finder = hub.browser()
    assert finder.login(token=old) == 403
    assert finder.said.startswith("This token was replaced by a newer one.")


def test_a_withdrawn_seat_starts_no_server_even_for_an_admin(hub) -> None:
    [token] = hub.workshop("closed").values()
    hub.browser().login(token=token)
    hub.vispa("revoke", "closed", "--yes")
    answer = hub.api("POST", "users/closed-01/server")
    assert answer.status_code == 403, answer.text


def test_the_running_server_of_a_withdrawn_seat_is_stopped(hub) -> None:
    tokens = hub.workshop("running", seats=2)
    for seat, token in tokens.items():
        hub.browser().login(token=token)
        assert hub.api("POST", f"users/{seat}/server").status_code in {201, 202}
        assert hub.until(lambda seat=seat: hub.server_is_ready(seat)), hub.log.read_text()
    hub.vispa("revoke", "running", "--seat", "1")
    assert hub.until(lambda: not hub.user("running-01")["servers"]), hub.log.read_text()
    assert hub.server_is_ready("running-02")
    assert hub.api("DELETE", "users/running-02/server").status_code in {202, 204}


def test_a_token_of_the_api_ends_with_the_seat(hub) -> None:
    [token] = hub.workshop("scripted").values()
    hub.browser().login(token=token)
    key = hub.api("POST", "users/scripted-01/tokens").json()["token"]
    assert hub.api("GET", "user", key).json()["name"] == "scripted-01"
    hub.vispa("revoke", "scripted", "--yes")
    assert hub.until(lambda: hub.api("GET", "user", key).status_code == 403)


def test_a_lecture_room_comes_in_at_once_while_somebody_in_it_guesses(hub) -> None:
    room = "203.0.113.2"
    tokens = list(hub.workshop("crowd", seats=20).values())
    guesser = hub.browser(room)
    answers = [guesser.login(token=new_token()) for _ in range(EACH + 2)]
    assert answers == [403] * EACH + [429] * 2
    assert guesser.said.startswith("Too many wrong tokens from your network. Wait a minute")
    with ThreadPoolExecutor(10) as people:
        came = list(people.map(lambda token: hub.browser(room).login(token=token), tokens))
    assert came == [302] * 20


def test_no_token_is_in_the_log(hub) -> None:
    [token] = hub.workshop("quiet").values()
    wrong = new_token()
    hub.browser().login(token=token)
    browser = hub.browser("203.0.113.3")
    browser.login(token=wrong)
    browser.login(token="B" * 10_000)
    browser.login(username="c" * 10_000, password="d" * 50)
    log = hub.log.read_text()
    for secret in (token, wrong, token.replace("-", ""), "B" * 50, "c" * 70, "d" * 50):
        assert secret not in log
    assert "User logged in: quiet-01" in log
