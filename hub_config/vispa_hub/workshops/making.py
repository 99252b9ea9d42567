"""What an organiser does with a workshop: make it, withdraw seats, hand out new tokens.

Tokens exist in clear only in what these functions return.
"""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from vispa_hub.groups import groups_of
from vispa_hub.settings import Settings
from vispa_hub.unix_accounts import UnixAccount
from vispa_hub.workshops.store import Book, Store
from vispa_hub.workshops.tokens import digest, new_token
from vispa_hub.workshops.workshop import Seat, Workshop

MOST_SEATS = 500
MOST_DAYS = 366


class WorkshopError(Exception):
    """Something about a workshop cannot be done; the text says why, and what can."""


def create(
    store: Store,
    names: Collection[str],
    *,
    name: str,
    title: str,
    begins: datetime,
    days: float,
) -> tuple[Workshop, Mapping[str, str]]:
    """Make a workshop with these seats; return it and the token of each seat."""
    tokens = {seat: new_token() for seat in names}
    workshop = Workshop(
        name=name,
        title=title,
        begins=begins,
        ends=begins + timedelta(days=days),
        seats=tuple(Seat(name=seat, token=digest(tokens[seat], store.pepper)) for seat in names),
    )
    try:
        store.add(workshop)
    except FileExistsError:
        raise _exists(name) from None
    return workshop, tokens


def ensure_new(store: Store, name: str) -> None:
    """Refuse a name that another workshop has; one whose file cannot be read has it, too."""
    if (store.folder / f"{name}.json").exists():
        raise _exists(name)


def _exists(name: str) -> WorkshopError:
    return WorkshopError(
        f"There is a workshop {name} already. See it with: vispa workshop show {name}"
    )


def seat_names(name: str, seats: int, settings: Settings) -> list[str]:
    """Name the seats: the workshop's name and a number, fit for Unix accounts."""
    if not re.fullmatch(r"[a-z](-?[a-z0-9])*", name, re.ASCII):
        raise WorkshopError(
            f'"{name}" cannot name a workshop: use small letters, digits and single -, a letter '
            "first, for example physics-2"
        )
    if not 1 <= seats <= MOST_SEATS:
        raise WorkshopError(f"A workshop has 1 to {MOST_SEATS} seats, not {seats}.")
    width = max(2, len(str(seats)))
    names = [
        f"{settings.workshops.account_prefix}{name}-{number:0{width}}"
        for number in range(1, seats + 1)
    ]
    if (length := len(names[-1])) > 32:
        raise WorkshopError(
            f"The seats would be called {names[-1]}: that is {length} characters, and the names of "
            f"accounts have at most 32. Take {length - 32} off the workshop's name."
        )
    return names


def ensure_free(
    names: Collection[str],
    book: Book,
    settings: Settings,
    look_up: Callable[[str], UnixAccount | None],
) -> list[str]:
    """Refuse seats that are somebody's name; return those that have no Unix account yet.

    In mode "shared" seats need no accounts, and the list is empty.
    """
    missing = []
    for name in names:
        account = None if settings.accounts.mode == "shared" else look_up(name)
        if name in book.seats:
            taken = f"is a seat of the workshop {book.seats[name][0].name}"
        elif name in settings.hub.admins:
            taken = "is an admin"
        elif groups := groups_of(name, settings, account.groups if account else ()):
            taken = f"is an account in the group {groups[0]}"
        elif account and account.uid == 0:
            taken = "is root"
        else:
            if account is None and settings.accounts.mode == "unix":
                missing.append(name)
            continue
        raise WorkshopError(
            f"{name} cannot be a seat, because it {taken}. Give the workshop another name, or set "
            "account_prefix in [workshops]."
        )
    return missing


def seat_in(workshop: Workshop, which: str) -> Seat:
    """Find a seat by its name or its number, ``physics-07`` or ``7``."""
    for seat in workshop.seats:
        number = seat.name.rpartition("-")[2]
        if which == seat.name or (which.isdecimal() and which.lstrip("0") == number.lstrip("0")):
            return seat
    first, last = workshop.seats[0].name, workshop.seats[-1].name
    raise WorkshopError(f"{workshop.name} has no seat {which}: its seats are {first} to {last}.")


def revoke(store: Store, name: str, seats: Collection[str], at: datetime) -> Workshop:
    """Withdraw the tokens of these seats; of all, when none is named."""

    def withdrawn(workshop: Workshop) -> Workshop:
        chosen = [seat_in(workshop, seat) for seat in seats] or workshop.seats
        for seat in chosen:
            if not seat.revoked:
                workshop = workshop.with_seat(seat.model_copy(update={"revoked": at}))
        return workshop

    return store.change(name, withdrawn)


def reissue(store: Store, name: str, which: str) -> tuple[Workshop, Seat, str]:
    """Give a seat a new token, which ends the old one; a withdrawn seat is open again."""
    token = new_token()

    def renewed(workshop: Workshop) -> Workshop:
        seat = seat_in(workshop, which)
        update = {
            "token": digest(token, store.pepper),
            "replaced": (*seat.replaced, seat.token),
            "revoked": None,
        }
        return workshop.with_seat(seat.model_copy(update=update))

    workshop = store.change(name, renewed)
    return workshop, seat_in(workshop, which), token
