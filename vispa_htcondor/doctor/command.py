"""`vispa doctor`: what is wrong, and what to write into which configuration."""

import asyncio
import json
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import click

from vispa_htcondor.broker import Broker
from vispa_htcondor.doctor import report
from vispa_htcondor.doctor.examination import Examination, examine
from vispa_htcondor.doctor.probing import Probing
from vispa_htcondor.doctor.removal import LeftBehind
from vispa_htcondor.pool import Pool
from vispa_htcondor.pool.progress import Progress

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _submit_commands(
    _: click.Context, __: click.Parameter, values: tuple[str, ...]
) -> dict[str, str]:
    more = {}
    for value in values:
        name, equals, text = value.partition("=")
        if not equals or not name.strip():
            raise click.BadParameter(f"{value!r} is not a submit command. Write NAME=VALUE.")
        more[name.strip().lower()] = text.strip()
    return more


@click.group()
def doctor() -> None:
    """Find out what is wrong, and say what to change."""


@doctor.command()
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="A pool of 'vispa pool' to look at; else the HTCondor that this machine is set up for.",
)
@click.option(
    "--jobs",
    type=click.IntRange(0, 100),
    default=5,
    show_default=True,
    help="How many probe jobs to send, one after another; 0 looks at the settings only.",
)
@click.option(
    "--minutes",
    type=click.FloatRange(0.1, 24 * 60),
    default=6,
    show_default=True,
    help="After this time, judge by what was seen so far.",
)
@click.option(
    "--submit",
    "more",
    metavar="NAME=VALUE",
    multiple=True,
    callback=_submit_commands,
    help="A submit command that jobs need here, such as accounting_group=notebooks.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def pool(
    folder: Path | None, jobs: int, minutes: float, more: dict[str, str], as_json: bool
) -> None:
    """Measure how long HTCondor lets jobs wait, and find the settings that hurt notebooks.

    It submits a few tiny jobs of yours, waits for each, and removes them. It reads the settings of
    the running daemons and says which lines to add on which machine. It changes nothing.

    The status is 0 when all is well, 1 when something is at fault, and 3 when it could not be
    measured: nobody answers, or all slots are taken.
    """
    seen = asyncio.run(_run(_environment(folder), jobs, minutes * 60, more))
    if as_json:
        click.echo(json.dumps(report.plain(seen), indent=1))
    else:
        click.echo(report.text(seen, min(100, shutil.get_terminal_size().columns)))
    sys.exit(seen.status)


def _environment(folder: Path | None) -> dict[str, str]:
    if folder is None:
        return {}
    one = Pool(folder)
    if not one.is_running():
        click.echo(f"No pool is running in {folder}. Start it: vispa pool start", err=True)
        raise click.exceptions.Exit(3)
    return one.environment()


async def _run(
    environment: dict[str, str], jobs: int, seconds: float, more: dict[str, str]
) -> Examination:
    """Examine the pool; whatever happens, and whoever ends us, no probe stays in the queue."""
    progress = Progress()
    broker = Broker(environment=environment)
    probing = Probing(broker, say=progress.keep, tick=progress.tick, more=more)
    progress.tick("looking at the daemons")
    task = asyncio.ensure_future(examine(broker, probing, jobs, seconds))
    received = _cancel_on_signal(task, progress.keep)
    try:
        try:
            return await task
        finally:
            progress.tick("removing the probes")
            await probing.remove()
            progress.tick("")
    except LeftBehind as error:
        raise click.ClickException(str(error)) from error
    except asyncio.CancelledError:
        progress.keep("Interrupted. No probe is left in the queue.")
        raise click.exceptions.Exit(128 + received[0]) from None
    finally:
        progress.close()
        await broker.close()


def _cancel_on_signal(
    task: asyncio.Future[Examination], say: Callable[[str], None]
) -> list[signal.Signals]:
    """Let Ctrl-C and the like end the examination, but not the removal of its probes."""
    received: list[signal.Signals] = []

    def end(number: signal.Signals) -> None:
        received.append(number)
        task.cancel()
        say("Removing the probes; one moment.")

    for number in _ENDING:
        asyncio.get_running_loop().add_signal_handler(number, end, number)
    return received
