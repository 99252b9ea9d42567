"""Each thing pydantic can find wrong with the settings, as a sentence."""

import difflib
import typing
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from vispa_hub.settings.model import Settings
from vispa_hub.settings.section import PROBLEMS

Keys = tuple[str | int, ...]

_KINDS = {
    "int_type": "a whole number without quotes, such as 4",
    "bool_type": "true or false, without quotes",
    "string_type": 'a text in quotes, such as "a text"',
    "tuple_type": 'a list in brackets, such as ["one", "two"]',
    "dict_type": "a table",
    "model_type": "a table",
    "path_type": "a path in quotes",
}


def mistakes(error: ValidationError, data: dict[str, Any]) -> Iterator[tuple[Keys, str]]:
    """Yield for each mistake the keys that lead to it and its sentence."""
    for detail in error.errors(include_url=False):
        at = _as_in_file(detail["loc"])
        if detail["type"] == PROBLEMS:
            for keys, sentence in detail["ctx"]["problems"]:
                yield (*at, *keys), f"{_place((*at, *keys))} {sentence}"
        elif detail["type"] == "extra_forbidden":
            yield at, _unknown(at)
        else:
            yield at, f"{_place(at)} {_wrong(detail)}"


def _as_in_file(loc: Keys) -> Keys:
    """Drop what pydantic adds to the path of a key: ``[key]`` marks a bad key of a dict."""
    return tuple(part for part in loc if part != "[key]")


def _place(keys: Keys) -> str:
    """Name a key as it is called in the file: ``'members' in [groups.students]``."""
    names = [key for key in keys if isinstance(key, str)]
    if not _is_table(names):
        *table, key = names
        return f"'{key}' in [{'.'.join(table)}]" if table else f"'{key}'"
    return f"[{'.'.join(names)}]"


def _is_table(names: list[str]) -> bool:
    return _model_at(names) is not None or names == ["groups"]


def _wrong(detail: ErrorDetails) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "value_error":
        text = str(context["error"])
        return text if text.startswith(("must", "names")) else f"is wrong: {text}"
    if kind in _KINDS:
        return f"must be {_KINDS[kind]}, not {_shown(detail['input'])}"
    if kind == "literal_error":
        return f"must be {context['expected'].replace(chr(39), chr(34))}, not " + _shown(
            detail["input"]
        )
    if kind == "greater_than_equal":
        return f"must be at least {context['ge']}, not {_shown(detail['input'])}"
    if kind == "less_than_equal":
        return f"must be at most {context['le']}, not {_shown(detail['input'])}"
    if kind in {"too_short", "string_too_short"}:
        return "must not be empty"
    if kind == "string_too_long":
        return f"must have at most {context['max_length']} characters"
    if kind == "string_pattern_mismatch":
        return f"is {_shown(detail['input'])}, which has characters that cannot stand here"
    if kind in {"missing", "too_long"}:  # of a pair of numbers
        return "must be two numbers, such as [40000, 41000]"
    return f"is wrong: {detail['msg'][:1].lower()}{detail['msg'][1:]}"


def _unknown(keys: Keys) -> str:
    *table, key = (str(part) for part in keys)
    model = _model_at(table)
    assert model is not None
    known = list(model.model_fields)
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
    hint = f"did you mean '{near[0]}'?" if near else f"known here: {', '.join(known)}"
    where = f"[{'.'.join(table)}] knows no key '{key}'" if table else f"there is no [{key}]"
    return f"{where}; {hint}"


def _model_at(names: list[str]) -> type[BaseModel] | None:
    """Find the model of a table by its name in the file, ``groups.students.cluster``."""
    kind: Any = Settings
    for name in names:
        if typing.get_origin(kind) is dict:
            kind = typing.get_args(kind)[1]
        elif _is_model(kind) and name in kind.model_fields:
            kind = kind.model_fields[name].annotation
        else:
            return None
    return kind if _is_model(kind) else None


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and not typing.get_args(kind) and issubclass(kind, BaseModel)


def _shown(value: object) -> str:
    text = {True: "true", False: "false"}.get(value) if isinstance(value, bool) else None
    text = text or (f'"{value}"' if isinstance(value, str) else str(value))
    return text if len(text) <= 60 else f"{text[:57]}..."
