"""At the door: which token opens, when, and what people read when it does not."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from vispa_hub.admission.refused import Refused
from vispa_hub.workshops import making
from vispa_hub.workshops.door import EACH, TOTAL, Door
from vispa_hub.workshops.store import Store
from vispa_hub.workshops.tokens import new_token

BEGINS = datetime(2026, 3, 2, 8, tzinfo=UTC)
DURING = BEGINS + timedelta(hours=3)


def refusal(door: Door, entry: str, address: str = "192.0.2.1") -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        door.admit(entry, address)
    return refused.value.status, str(refused.value)


@pytest.fixture
def door(store: Store) -> Door:
    return Door(store, clock=lambda: DURING)


def test_each_token_opens_its_seat_again_and_again(door: Door, create) -> None:
    _, tokens = create()
    for seat, token in tokens.items():
        assert door.admit(token, "192.0.2.1") == seat
        assert door.admit(token.lower().replace("-", " "), "192.0.2.9") == seat


def test_the_first_use_is_noted_once(door: Door, create, store: Store) -> None:
    _, tokens = create()
    door.admit(tokens["physics-02"], "192.0.2.1")
    Door(store, clock=lambda: DURING + timedelta(hours=1)).admit(tokens["physics-02"], "::1")
    used = {seat.name: seat.first_used for seat in store.book().workshops["physics"].seats}
    assert used == {"physics-01": None, "physics-02": DURING, "physics-03": None}


def test_an_unknown_token(door: Door, create) -> None:
    create()
    assert refusal(door, new_token()) == (
        403,
        "We don't know this token. Compare it with your slip, sign by sign.",
    )


@pytest.mark.parametrize("entry", ["", "physics-01", "K7QM-2XPD", "\x00\x1b[31m", "U" * 16])
def test_what_cannot_be_a_token(door: Door, entry: str) -> None:
    status, sentence = refusal(door, entry)
    assert status == 403
    assert sentence.startswith("This is not a workshop token: it has 16 letters and digits")


def test_an_endless_entry_is_cut_off_and_never_logged(door: Door, caplog) -> None:
    with caplog.at_level(logging.DEBUG):
        status, sentence = refusal(door, "A" * 10_000)
    assert status == 400
    assert "A" * 20 not in sentence + caplog.text


def test_a_token_before_during_and_after_the_workshop(store: Store, create) -> None:
    workshop, tokens = create()
    token = tokens["physics-01"]

    def at(time: datetime) -> Door:
        return Door(store, clock=lambda: time)

    early = refusal(at(BEGINS - timedelta(seconds=1)), token)
    assert early[0] == 403
    assert early[1].startswith("This token is valid from Monday, 2 March 2026, ")
    assert at(BEGINS).admit(token, "::1") == "physics-01"
    assert at(workshop.ends - timedelta(seconds=1)).admit(token, "::1") == "physics-01"
    late = refusal(at(workshop.ends), token)
    assert late[0] == 403
    assert late[1].startswith("This token was valid until Thursday, 5 March 2026, ")
    assert late[1].endswith("Ask your workshop's organiser.")


def test_a_withdrawn_token(door: Door, create, store: Store) -> None:
    _, tokens = create()
    making.revoke(store, "physics", ["2"], DURING)
    assert refusal(door, tokens["physics-02"]) == (
        403,
        "This token was withdrawn. Ask your workshop's organiser for a new one.",
    )
    assert door.admit(tokens["physics-01"], "::1") == "physics-01"


def test_a_new_token_ends_the_old_one_and_opens_a_withdrawn_seat(
    door: Door, create, store: Store
) -> None:
    _, tokens = create()
    making.revoke(store, "physics", [], DURING)
    _, seat, token = making.reissue(store, "physics", "physics-02")
    assert door.admit(token, "::1") == seat.name == "physics-02"
    assert refusal(door, tokens["physics-02"]) == (
        403,
        "This token was replaced by a newer one. Use that, or ask for it again.",
    )


def test_what_a_token_is_like_is_told_only_to_who_has_it(store: Store, create) -> None:
    """Nobody learns from wrong tokens whether there is a workshop, or whether it is over."""
    before = refusal(Door(store, clock=lambda: DURING), "0" * 16)
    create()
    after = refusal(Door(store, clock=lambda: DURING + timedelta(days=99)), "0" * 16)
    assert before == after


def test_many_wrong_tokens_from_one_network_are_told_to_wait(door: Door, create) -> None:
    create()
    for _ in range(EACH):
        assert refusal(door, new_token())[0] == 403
    assert refusal(door, new_token()) == (
        429,
        "Too many wrong tokens from your network. Wait a minute, then try again.",
    )
    assert refusal(door, new_token(), "192.0.2.2")[0] == 403, "another network"


def test_a_lecture_room_comes_in_while_somebody_in_it_guesses(door: Door, create) -> None:
    _, tokens = create(seats=70)
    for _ in range(3 * EACH):
        refusal(door, new_token())
    assert [door.admit(token, "192.0.2.1") for token in tokens.values()] == list(tokens)


def test_wrong_tokens_from_everywhere_are_told_to_wait(door: Door, caplog) -> None:
    answers = [refusal(door, new_token(), f"198.51.100.{at % 250}")[0] for at in range(TOTAL + 5)]
    assert answers == [403] * TOTAL + [429] * 5
    assert len(caplog.records) == TOTAL, "a flood must not fill the log"


def test_a_full_disk_lets_people_in(door: Door, create, store: Store, monkeypatch, caplog) -> None:
    _, tokens = create()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "change", full)
    assert door.admit(tokens["physics-01"], "::1") == "physics-01"
    assert "Cannot note that the seat physics-01 is in use" in caplog.text
