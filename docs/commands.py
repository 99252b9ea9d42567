"""Write the reference of the `vispa` command from the command itself.

``python docs/commands.py > docs/reference/commands.md``
"""

import inspect
import sys
from collections.abc import Iterator

import click

from vispa_cli import main

_TOP = """\
# The `vispa` command

`vispa --help`, `vispa workshop --help` and so on say the same in a terminal. Which commands there
are depends on what is installed: `vispa pool` and `vispa doctor` come with VISPA itself, the
others with its extra `hub`.

The status is 0 when all went well, 1 with a sentence about what did not, and 2 when the command
line was wrong.
"""


def reference() -> str:
    """Write the page: Markdown, a section for each command."""
    return "\n".join([_TOP, *_section(main, click.Context(main, info_name="vispa"))]) + "\n"


def _section(command: click.Command, context: click.Context) -> Iterator[str]:
    usage = " ".join([context.command_path, *_arguments(command)])
    if command is not main:
        depth = len(context.command_path.split())
        yield f"{'#' * depth} `{usage}`\n"
        yield f"{inspect.cleandoc(command.help or '')}\n"
        yield from _options(command)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _section(inner, click.Context(inner, info_name=name, parent=context))


def _arguments(command: click.Command) -> list[str]:
    return [
        (param.name or "").upper() for param in command.params if isinstance(param, click.Argument)
    ]


def _options(command: click.Command) -> Iterator[str]:
    options = [param for param in command.params if isinstance(param, click.Option)]
    if options:
        rows = "\n".join(f"| {_name(one)} | {_meaning(one)} |" for one in options)
        yield f"| option | |\n|---|---|\n{rows}\n"


def _name(option: click.Option) -> str:
    kind = (option.metavar or option.type.name).upper().removesuffix(" RANGE")
    value = "" if option.is_flag else f" {kind}"
    return f"`{', '.join(option.opts)}{value}`"


def _meaning(option: click.Option) -> str:
    notes = []
    if option.required:
        notes.append("required")
    if option.multiple:
        notes.append("may be given more than once")
    if option.show_default and not callable(option.default):
        notes.append(f"default: `{option.default}`")
    if option.envvar:
        notes.append(f"or in the environment variable `{option.envvar}`")
    # The help keeps a default that only words can say in brackets of its own.
    text = " ".join((option.help or "").split())
    return f"{text} ({'; '.join(notes)})" if notes else text


if __name__ == "__main__":
    sys.stdout.write(reference())
