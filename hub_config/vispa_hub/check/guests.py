"""The workshops: are they in order."""

from collections.abc import Iterator
from datetime import UTC, datetime

from vispa_hub.check.finding import Finding, failed, off, ok, warning
from vispa_hub.check.waiting import in_thread
from vispa_hub.settings import Settings
from vispa_hub.unix_accounts import look_up
from vispa_hub.workshops.store import Store

PART = "workshops"


async def probe(settings: Settings, deadline: float) -> list[Finding]:
    """Read the workshops, and look for the accounts of open seats."""
    if not settings.workshops_enabled:
        group = settings.workshops.group
        return [off(PART, f"There is no group {group}; with [groups.{group}] there are workshops.")]
    return await in_thread(lambda: list(_look(settings)))


def _look(settings: Settings) -> Iterator[Finding]:
    folder = settings.hub.data_dir / "workshops"
    try:
        empty = not any(folder.glob("[!.]*.json"))
        if not empty and not (folder / "pepper").exists():
            yield failed(
                PART,
                f"The key {folder / 'pepper'} is gone, and without it no token of any workshop "
                "opens. Take it from a backup, or reissue all tokens.",
            )
            return
        book = None if empty else Store(folder).book()
    except OSError as error:
        yield failed(PART, f"{error.filename or folder} cannot be read: {error.strerror}.")
        return
    if book is None:
        yield ok(PART, "None yet. Make one with: vispa workshop create")
        return
    for file, wrong in book.broken.items():
        yield failed(PART, f"{file} cannot be read: {wrong}. Take it from a backup.")
    now = datetime.now(UTC)
    ahead = [shop for shop in book.workshops.values() if shop.state(now) in {"open", "not begun"}]
    yield ok(PART, f"{len(book.workshops)} in all, {len(ahead)} open or to come.")
    if settings.accounts.mode == "unix":
        seats = [seat.name for shop in ahead for seat in shop.seats if not seat.revoked]
        missing = [seat for seat in seats if look_up(seat) is None]
        if missing:
            yield warning(
                PART,
                f"{len(missing)} seats have no Unix account, the first is {missing[0]}: their "
                "servers cannot start.",
            )
