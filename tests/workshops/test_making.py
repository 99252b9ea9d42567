"""Names of workshops and seats: fit for accounts, and nobody else's."""

import pytest
from vispa_hub.settings import Settings
from vispa_hub.unix_accounts import UnixAccount
from vispa_hub.workshops.making import WorkshopError, ensure_free, seat_in, seat_names
from vispa_hub.workshops.store import Book, Store


def no_account(_: str) -> None:
    return None


def test_seats_are_numbered_with_as_many_digits_as_needed(settings: Settings) -> None:
    assert seat_names("physics", 2, settings) == ["physics-01", "physics-02"]
    assert seat_names("physics", 100, settings)[0] == "physics-001"


def test_the_prefix_of_the_settings_comes_first(settings: Settings) -> None:
    prefixed = settings.model_copy(
        update={"workshops": settings.workshops.model_copy(update={"account_prefix": "g-"})}
    )
    assert seat_names("physics", 1, prefixed) == ["g-physics-01"]


@pytest.mark.parametrize("name", ["", "Physics", "1a", "a--b", "a-", "../a", "a b", "é", "a\n"])
def test_a_name_that_is_no_account_is_refused(settings: Settings, name: str) -> None:
    with pytest.raises(WorkshopError, match="cannot name a workshop"):
        seat_names(name, 3, settings)


def test_seats_that_are_too_long_for_unix_are_refused(settings: Settings) -> None:
    assert len(seat_names("p" * 29, 3, settings)[0]) == 32
    with pytest.raises(WorkshopError, match="Take 1 off the workshop's name"):
        seat_names("p" * 30, 3, settings)


@pytest.mark.parametrize("seats", [0, -1, 501])
def test_a_workshop_has_some_seats(settings: Settings, seats: int) -> None:
    with pytest.raises(WorkshopError, match="1 to 500 seats"):
        seat_names("physics", seats, settings)


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("ann", "ann-01 cannot be a seat, because it is an account in the group staff"),
        ("boss", "boss-01 cannot be a seat, because it is an admin"),
        ("physics", "physics-01 cannot be a seat, because it is a seat of the workshop physics"),
    ],
)
def test_a_seat_is_nobody_elses_name(create, store: Store, settings, name: str, who: str) -> None:
    create("physics")
    with pytest.raises(WorkshopError, match=who):
        ensure_free(seat_names(name, 2, settings), store.book(), settings, no_account)


def test_unix_accounts_are_looked_at_where_there_are_any() -> None:
    settings = Settings.model_validate(
        {"groups": {"staff": {"unix_groups": ["adm"]}, "guests": {}}}
    )
    accounts = {
        "p-01": UnixAccount(2000, frozenset({"p-01"})),
        "q-01": UnixAccount(2001, frozenset({"adm"})),
        "r-01": UnixAccount(0, frozenset({"root"})),
    }
    assert ensure_free(["p-01", "p-02"], Book(), settings, accounts.get) == ["p-02"]
    with pytest.raises(WorkshopError, match=r"q-01 .* is an account in the group staff"):
        ensure_free(["q-01"], Book(), settings, accounts.get)
    with pytest.raises(WorkshopError, match=r"r-01 .* is root"):
        ensure_free(["r-01"], Book(), settings, accounts.get)


@pytest.mark.parametrize("which", ["physics-02", "2", "02", "002"])
def test_a_seat_is_found_by_name_and_by_number(create, which: str) -> None:
    workshop, _ = create()
    assert seat_in(workshop, which).name == "physics-02"


@pytest.mark.parametrize("which", ["4", "0", "", "physics-2", "physics"])
def test_a_seat_that_is_not_there_is_said_so(create, which: str) -> None:
    workshop, _ = create()
    with pytest.raises(WorkshopError, match="its seats are physics-01 to physics-03"):
        seat_in(workshop, which)
