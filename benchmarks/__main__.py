"""Command line of the benchmarks: figures to standard output, progress to standard error."""

import importlib
import os
import sys
from collections.abc import Iterator

import click

from benchmarks import BENCHMARKS
from benchmarks.account import run_as_account
from benchmarks.failure import Failure, within
from benchmarks.figure import Figure, say
from benchmarks.size import Size
from dev.environment import variables
from dev.family import become_reaper, die_with_parent, end_descendants
from vispa_htcondor.errors import HTCondorError

_LIST = "\n\n".join(f"{name}: {about}" for name, about in BENCHMARKS.items())


@click.command(help=f"Run these benchmarks, or all: one line of JSON a figure.\n\n{_LIST}")
@click.argument("names", nargs=-1, type=click.Choice(list(BENCHMARKS)))
@click.option(
    "--many",
    type=click.IntRange(1, 50),
    default=Size.many,
    show_default=True,
    help="How many servers to start at once, where that is measured.",
)
@click.option(
    "--quick", is_flag=True, help="Do as little as possible: it shows that all works, no more."
)
@click.option(
    "--minutes",
    type=click.FloatRange(0, min_open=True),
    default=45,
    show_default=True,
    help="How long one benchmark may take before it is ended.",
)
def main(names: tuple[str, ...], many: int, quick: bool, minutes: float) -> None:
    """Run benchmarks; as an ordinary account, whoever calls."""
    os.environ.update(variables())
    size = Size(min(many, 2), quick) if quick else Size(many)
    try:
        if os.geteuid() == 0:
            sys.exit(run_as_account(sys.argv[1:]))
        die_with_parent()
        become_reaper()
        for name in names or BENCHMARKS:
            for figure in _figures(name, size, minutes):
                click.echo(figure.line())
    except (Failure, HTCondorError) as error:
        raise click.ClickException(str(error)) from error


def _figures(name: str, size: Size, minutes: float) -> Iterator[Figure]:
    """Measure within the time allowed, and end whatever a benchmark has left running."""
    measure = importlib.import_module(f"benchmarks.{name}").measure
    try:
        with within(minutes):
            yield from measure(size)
    finally:
        for left in end_descendants(grace=5):
            say(f"Had to kill {left}")


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
