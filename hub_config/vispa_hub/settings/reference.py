"""The reference page of `vispa.toml`, made from the model.

``python -m vispa_hub.settings.reference > docs/reference/settings.md``
"""

import inspect
import sys
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from vispa_hub.settings.model import Settings
from vispa_hub.settings.values import Duration, Memory

_TOP = """\
# Settings: `vispa.toml`

One file describes a VISPA. Every key has a default; a key that is not on this page is refused,
with its line and the nearest name. `vispa check` looks at the file and at all it speaks of.

Sizes are binary (`"1G"` is `"1024M"`). Spans of time join days, hours, minutes and seconds
(`"1d12h"`). Relative paths start at the folder of the file.
"""
_KINDS: dict[Any, str] = {
    Memory: 'size, such as `"4G"`',
    Duration: 'span of time, such as `"8h"`',
    Path: "path",
    bool: "`true` or `false`",
    int: "whole number",
    str: "text",
}


def reference() -> str:
    """Write the page: Markdown, a section for each table."""
    parts = [_TOP]
    for name, model in _tables(Settings, ()):
        rows = [
            f"| `{key}` | {_kind(field.annotation)} | {_default(field)} | {_cell(field)} |"
            for key, field in model.model_fields.items()
            if _inner(field) is None
        ]
        table = ["| key | value | default | |", "|---|---|---|---|", *rows]
        parts += [f"## `[{name}]`\n", inspect.getdoc(model) or "", "", *table, ""]
    return "\n".join(parts)


def _tables(
    model: type[BaseModel], above: tuple[str, ...]
) -> Iterator[tuple[str, type[BaseModel]]]:
    for key, field in model.model_fields.items():
        if inner := _inner(field):
            names = (*above, key, "NAME") if field.annotation != inner else (*above, key)
            yield ".".join(names), inner
            yield from _tables(inner, names)


def _inner(field: FieldInfo) -> type[BaseModel] | None:
    """Find the model of a field that is a table, or a table of tables."""
    for kind in (field.annotation, *typing.get_args(field.annotation)):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
    return None


def _kind(kind: Any) -> str:
    """Say in words what may be written."""
    arguments, origin = typing.get_args(kind), typing.get_origin(kind)
    if origin is Literal:
        return " or ".join(f'`"{choice}"`' for choice in arguments)
    if origin is tuple:
        if arguments[-1] is Ellipsis:
            return f"list of {_kind(arguments[0])}"
        return f"list of {len(arguments)} whole numbers"
    if origin is dict:
        return "table of texts"
    if origin in {types.UnionType, typing.Union}:
        return _kind(next(choice for choice in arguments if choice is not type(None)))
    if hasattr(kind, "__metadata__"):
        return _kind(kind.__origin__)
    return _KINDS[kind]


def _default(field: FieldInfo) -> str:
    if isinstance(field.json_schema_extra, dict):
        return str(field.json_schema_extra["default"])
    if field.default is None:
        return "not set"
    return f"`{_toml(field.default)}`"


def _toml(value: object) -> str:
    """Write a value as it would stand in the file."""
    match value:
        case bool():
            return str(value).lower()
        case Memory() | Duration() | str() | Path():
            return f'"{value}"'
        case tuple():
            return f"[{', '.join(map(_toml, value))}]"
        case dict():
            return "{}"
        case _:
            return str(value)


def _cell(field: FieldInfo) -> str:
    return (field.description or "").replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(reference())
