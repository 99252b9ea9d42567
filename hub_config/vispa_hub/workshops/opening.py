"""Find the hub's workshops for the command, as the account the hub runs in."""

import difflib
import os
import pwd

from vispa_hub.settings import Settings
from vispa_hub.workshops.making import WorkshopError
from vispa_hub.workshops.store import Store
from vispa_hub.workshops.workshop import Workshop


def open_store(settings: Settings) -> Store:
    """Open the store, made when the hub has not run yet.

    Raises `WorkshopError` when the hub's data belong to another account: files written now would
    be closed to the hub.
    """
    data_dir = settings.hub.data_dir
    if data_dir.exists() and (owner := data_dir.stat().st_uid) != os.geteuid():
        name = _name_of(owner)
        raise WorkshopError(
            f"The hub's data in {data_dir} belong to {name}, and this is {_name_of(os.geteuid())}. "
            f"Run it as {name}: sudo -u {name} vispa workshop ..."
        )
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Store(data_dir / "workshops")


def workshop_named(store: Store, name: str) -> Workshop:
    """Find a workshop; `WorkshopError` names the nearest when there is none of this name."""
    book = store.book()
    if name in book.workshops:
        return book.workshops[name]
    for file, wrong in book.broken.items():
        if file.stem == name:
            raise WorkshopError(f"{file} cannot be read: {wrong}. Take it from a backup.")
    near = difflib.get_close_matches(name, book.workshops, n=1)
    known = f"Did you mean {near[0]}?" if near else "See all with: vispa workshop list"
    raise WorkshopError(f"There is no workshop {name}. {known}")


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
