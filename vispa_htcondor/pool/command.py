"""`vispa pool`: a personal HTCondor to try things with."""

import re
import shlex
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from vispa_htcondor.errors import HTCondorError

from .debian import DEFAULT_SUITE
from .folder import default_folder
from .pool import Pool
from .status import Status

_UNITS = {"": 1, "M": 1, "G": 1024, "T": 1024**2}


def _megabytes(_: click.Context, __: click.Parameter, value: str | None) -> int | None:
    """Read an amount of memory like "20G", "512M" or "20000" (MB)."""
    if value is None:
        return None
    match = re.fullmatch(r"([1-9]\d*)([MGT]?)B?", value.upper())
    if not match:
        raise click.BadParameter(f"{value!r} is not an amount of memory. Write 20G, or 20000 (MB).")
    return int(match[1]) * _UNITS[match[2]]


_dir = click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=default_folder,
    help="The pool's folder.  [default: $VISPA_POOL or ~/.local/state/vispa/pool]",
)


@click.group()
def pool() -> None:
    """Run a personal HTCondor pool on this machine.

    It needs neither root nor an installed HTCondor (Debian's is fetched when there is none), and
    lives in a folder of its own.
    """


@pool.command()
@_dir
@click.option("--cores", type=click.IntRange(min=1), help="Cores that jobs may ask for.")
@click.option("--memory", callback=_megabytes, help="Memory that jobs may ask for, like 20G.")
@click.option("--suite", default=DEFAULT_SUITE, show_default=True, help="Debian's suite to use.")
def start(folder: Path, cores: int | None, memory: int | None, suite: str) -> None:
    """Start the pool and wait until it takes jobs."""
    one = Pool(folder, cores=cores, memory_mb=memory, suite=suite)
    if one.is_running():
        click.echo(f"The pool in {one.folder} is running already.")
        return
    with _failures():
        one.start()
        _show(one, one.status())
    usual = one.folder == default_folder().resolve()
    arguments = "" if usual else f" --dir {shlex.quote(str(folder))}"
    click.echo(
        "\nTo use it in this shell:\n"
        f'  eval "$(vispa pool env{arguments})"\n'
        "  condor_q\n"
        f"To end it: vispa pool stop{arguments}"
    )


@pool.command()
@_dir
def stop(folder: Path) -> None:
    """End the pool with all its jobs."""
    one = Pool(folder)
    was_running = one.is_running()
    with _failures():
        one.stop()
    click.echo(f"The pool in {one.folder} {'has ended' if was_running else 'was not running'}.")


@pool.command()
@_dir
def status(folder: Path) -> None:
    """Show what the pool is doing; exit with 3 when it is not running."""
    one = Pool(folder)
    with _failures():
        seen = one.status()
    _show(one, seen)
    if not seen.running:
        raise click.exceptions.Exit(3)


@pool.command()
@_dir
def env(folder: Path) -> None:
    """Print the variables that let HTCondor's tools talk to the pool, for a shell to evaluate."""
    one = Pool(folder)
    if not one.is_running():
        raise click.ClickException(
            f"No pool is running in {one.folder}. Start one with 'vispa pool start'."
        )
    for name, value in one.environment().items():
        click.echo(f"export {name}={shlex.quote(value)}")


@contextmanager
def _failures() -> Iterator[None]:
    """Turn what went wrong into a sentence and exit code 1."""
    try:
        yield
    except HTCondorError as error:
        raise click.ClickException(str(error)) from error


def _show(one: Pool, seen: Status) -> None:
    if not seen.running:
        click.echo(f"No pool is running in {one.folder}.")
        return
    since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seen.since))
    jobs = ", ".join(f"{count} {state}" for state, count in sorted(seen.jobs.items()))
    click.echo(f"HTCondor {seen.version} in {one.folder}, running since {since}")
    click.echo(f"  cores   {seen.free_cores} of {seen.cores} free")
    click.echo(f"  memory  {_gigabytes(seen.free_memory_mb)} of {_gigabytes(seen.memory_mb)} free")
    click.echo(f"  jobs    {jobs or 'none'}")


def _gigabytes(megabytes: int) -> str:
    return f"{megabytes / 1024:.1f} GiB"
