"""The `vispa` command: assembled from what is installed.

Each package announces its subcommands as entry points of the group ``vispa.commands``, so the
command knows about the hub only where the hub's dependencies are installed.
"""

from importlib.metadata import EntryPoint, entry_points

import click

GROUP = "vispa.commands"


class _Assembled(click.Group):
    """A click group whose subcommands are loaded when they are needed."""

    def _available(self) -> dict[str, EntryPoint]:
        return {entry.name: entry for entry in entry_points(group=GROUP)}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self._available())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = self._available().get(cmd_name)
        if entry is None:
            return None
        try:
            command = entry.load()
        except ModuleNotFoundError as error:
            return _needs_extra(cmd_name, error)
        assert isinstance(command, click.Command)
        return command


def _needs_extra(name: str, error: ModuleNotFoundError) -> click.Command:
    """Stand in for a subcommand whose dependencies are not installed here."""
    missing = f"needs the Python package {error.name!r}, which is not installed here"

    @click.command(
        name,
        help=f"(not available: {missing})",
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    )
    def unavailable() -> None:
        raise click.ClickException(
            f"'vispa {name}' {missing}. On the hub: pip install 'vispa-hub[hub]'."
        )

    return unavailable


@click.group(cls=_Assembled, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="vispa-hub")
def main() -> None:
    """VISPA: a JupyterHub for HTCondor clusters."""
