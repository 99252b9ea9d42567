"""The option by which commands are told which settings to use."""

from pathlib import Path

import click

settings_option = click.option(
    "--settings",
    "path",
    type=click.Path(path_type=Path),
    default=Path("vispa.toml"),
    envvar="VISPA_SETTINGS",
    show_default=True,
    help="The settings file.",
)
