"""Who is who: the rules that keep accounts and seats apart. Pure, but for the look-ups it is given.

Everything here may ask the disk and the name service: run it in a thread.
"""

from collections.abc import Callable
from dataclasses import dataclass

from vispa_hub.admission.refused import Refused
from vispa_hub.groups import groups_of
from vispa_hub.settings import Settings
from vispa_hub.unix_accounts import UnixAccount
from vispa_hub.workshops.door import Door, now
from vispa_hub.workshops.store import Store


@dataclass(frozen=True)
class Person:
    """Somebody who may be here, in at least one group."""

    name: str
    groups: tuple[str, ...]
    admin: bool


class People:
    """Knows for each name whether it is a seat or an account, and what groups it has."""

    def __init__(
        self, settings: Settings, store: Store, look_up: Callable[[str], UnixAccount | None]
    ) -> None:
        self._settings = settings
        self._store = store
        self._look_up = look_up
        self._door = Door(store)

    def with_token(self, entry: str, address: str) -> Person:
        """Let in the holder of a token. Raises `Refused`."""
        if not self._settings.workshops_enabled:
            raise Refused(403, "There are no workshops here. Log in with your account.")
        name = self._door.admit(entry, address)
        if name in self._settings.hub.admins or self._account_groups(name):
            raise Refused(
                403,
                f"The seat {name} has the name of an account, so nobody can use it. Ask your "
                "workshop's organiser for another seat.",
            )
        return self._guest(name)

    def ensure_account(self, name: str) -> None:
        """Refuse a name that can never log in with a password, before one is tried."""
        if name in self._store.book().seats:
            raise Refused(403, f"{name} is a seat of a workshop. Log in with its token instead.")

    def with_account(self, name: str) -> Person:
        """Let in an account whose password was right. Raises `Refused`."""
        self.ensure_account(name)
        if groups := self._account_groups(name):
            return Person(name, tuple(groups), name in self._settings.hub.admins)
        raise Refused(
            403,
            f"The password is right, but {name} is in no group that may use "
            f"{self._settings.hub.name}. Ask your administrator to add you to one.",
        )

    def again(self, name: str) -> Person | None:
        """Look at somebody who came in before; None when they may not be here any more."""
        if known := self._store.book().seats.get(name):
            workshop, seat = known
            allowed = self._settings.workshops_enabled and not workshop.refusal(seat, now())
            return self._guest(name) if allowed else None
        groups = self._account_groups(name)
        return Person(name, tuple(groups), name in self._settings.hub.admins) if groups else None

    def _guest(self, name: str) -> Person:
        return Person(name, (self._settings.workshops.group,), admin=False)

    def _account_groups(self, name: str) -> list[str]:
        """List the groups of an account; none when the account is gone or is root."""
        if self._settings.accounts.mode == "shared":
            return groups_of(name, self._settings, ())
        account = self._look_up(name)
        if account is None or account.uid == 0:
            return []
        return groups_of(name, self._settings, account.groups)
