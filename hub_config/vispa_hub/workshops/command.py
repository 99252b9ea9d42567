"""`vispa workshop`: make workshops, see who came, withdraw and renew tokens. The hub may run."""

from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import click

from vispa_hub.settings import Settings, SettingsError, load
from vispa_hub.settings.option import settings_option
from vispa_hub.unix_accounts import look_up
from vispa_hub.workshops import making
from vispa_hub.workshops.listing import seats_table, tokens_csv, tokens_table, workshops_table
from vispa_hub.workshops.opening import open_store, workshop_named
from vispa_hub.workshops.store import Store
from vispa_hub.workshops.workshop import spoken

_csv = click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values.")


class _Commands(click.Group):
    """Turns what went wrong into a message without a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (SettingsError, making.WorkshopError) as error:
            _fail(str(error))
        except PermissionError as error:
            _fail(f"This account may not use {error.filename}: {error.strerror}.")
        except OSError as error:
            _fail(f"{error.filename or 'The disk'}: {error.strerror}.")


@click.group(cls=_Commands)
def workshop() -> None:
    """Make workshops and manage their tokens."""


@workshop.command()
@click.argument("name")
@click.option("--title", required=True, help="What the slips and pages call it.")
@click.option("--seats", type=int, required=True, help="How many people can come.")
@click.option("--days", type=float, required=True, help="How long the tokens are valid.")
@click.option(
    "--begins",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]),
    help="When the tokens become valid, in this machine's time zone.  [default: now]",
)
@_csv
@settings_option
def create(
    path: Path,
    name: str,
    title: str,
    seats: int,
    days: float,
    begins: datetime | None,
    as_csv: bool,
) -> None:
    """Make the workshop NAME and print the token of each seat, this one time."""
    settings, store = _open(path)
    if not settings.workshops_enabled:
        group = settings.workshops.group
        _fail(f"The seats' group is missing in {path}. Add a table [groups.{group}] to it.")
    if not title.strip() or len(title) > 100 or not title.isprintable():
        _fail("The title must be one line of 1 to 100 characters.")
    if not 0 < days <= making.MOST_DAYS:
        _fail(f"A workshop is open for more than 0 and at most {making.MOST_DAYS} days.")
    names = making.seat_names(name, seats, settings)
    making.ensure_new(store, name)
    missing = making.ensure_free(names, store.book(), settings, look_up)
    made, tokens = making.create(
        store,
        names,
        name=name,
        title=title.strip(),
        begins=(begins or datetime.now(UTC)).astimezone(UTC),
        days=days,
    )
    click.echo(tokens_csv(made, tokens, settings) if as_csv else tokens_table(made, tokens))
    _say(f"The tokens are valid from {spoken(made.begins)} until {spoken(made.ends)}.")
    _say("They cannot be shown again: print or keep them now. `vispa workshop reissue` makes new.")
    if missing:
        _say(
            f"{len(missing)} of {seats} seats have no Unix account on this machine yet, the first "
            f"is {missing[0]}. Their servers cannot start before the accounts exist."
        )


@workshop.command("list")
@settings_option
def list_(path: Path) -> None:
    """List all workshops."""
    _, store = _open(path)
    book = store.book()
    if book.workshops:
        click.echo(workshops_table(book.workshops.values(), datetime.now(UTC)))
    else:
        _say("There are no workshops yet. Make one, for example:")
        _say('  vispa workshop create physics --title "Physics course" --seats 20 --days 3')
    for file, wrong in book.broken.items():
        _say(f"{file} cannot be read: {wrong}. Take it from a backup.")


@workshop.command()
@click.argument("name")
@settings_option
def show(path: Path, name: str) -> None:
    """Show the seats of the workshop NAME, and which are in use."""
    _, store = _open(path)
    click.echo(seats_table(workshop_named(store, name), datetime.now(UTC)))


@workshop.command()
@click.argument("name")
@click.option("--seat", "seats", multiple=True, help="Only this seat: its name or number.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@settings_option
def revoke(path: Path, name: str, seats: tuple[str, ...], yes: bool) -> None:
    """Withdraw all tokens of the workshop NAME, or those of some seats."""
    _, store = _open(path)
    found = workshop_named(store, name)
    if not seats and not yes:
        click.confirm(f"Withdraw the tokens of all {len(found.seats)} seats of {name}?", abort=True)
    making.revoke(store, name, seats, datetime.now(UTC))
    count = len({making.seat_in(found, seat).name for seat in seats}) or len(found.seats)
    tokens = "1 token is" if count == 1 else f"{count} tokens are"
    click.echo(f"{tokens} withdrawn. Whoever is logged in with one is out within a minute.")


@workshop.command()
@click.argument("name")
@click.argument("seat")
@_csv
@settings_option
def reissue(path: Path, name: str, seat: str, as_csv: bool) -> None:
    """Print a new token for a SEAT of the workshop NAME; the old one ends."""
    settings, store = _open(path)
    workshop_named(store, name)
    made, renewed, token = making.reissue(store, name, seat)
    tokens = {renewed.name: token}
    click.echo(tokens_csv(made, tokens, settings) if as_csv else tokens_table(made, tokens))
    _say("The seat's old token does not open it any more.")
    if (state := made.state(datetime.now(UTC))) != "open":
        begins, ends = spoken(made.begins), spoken(made.ends)
        _say(f"The workshop is {state}: it is open from {begins} to {ends}.")


def _open(path: Path) -> tuple[Settings, Store]:
    settings = load(path)
    return settings, open_store(settings)


def _say(text: str) -> None:
    """Tell the person something that is not what they asked to print."""
    click.echo(text, err=True)


def _fail(text: str) -> NoReturn:
    raise click.ClickException(text)
