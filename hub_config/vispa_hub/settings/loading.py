"""Read `vispa.toml`, and say for each mistake where it is and what would be right."""

import re
import tomllib
from pathlib import Path

from pydantic import ValidationError

from vispa_hub.settings.lines import lines_of
from vispa_hub.settings.model import Settings
from vispa_hub.settings.sentences import mistakes


class SettingsError(Exception):
    """The settings cannot be used. The text has a line for each mistake, fit for a terminal."""


def load(path: str | Path) -> Settings:
    """Read the settings from a TOML file.

    Raises `SettingsError` that names all mistakes at once, each with file and line.
    """
    path = Path(path)
    text = _text(path)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(_syntax(path, str(error))) from None
    try:
        return Settings.model_validate(data, context={"folder": path.absolute().parent})
    except ValidationError as error:
        lines = lines_of(text)
        found = []
        for keys, sentence in mistakes(error, data):
            while keys and keys not in lines:  # a missing key has no line: its table has
                keys = keys[:-1]
            found.append((lines.get(keys, 1), sentence))
        raise SettingsError(
            "\n".join(f"{path}, line {line}: {sentence}" for line, sentence in sorted(found))
        ) from None


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise SettingsError(
            f"There is no settings file {path}. Write one, or name another with --settings."
        ) from None
    except IsADirectoryError:
        inside = path / "vispa.toml"
        hint = f"Did you mean {inside}?" if inside.is_file() else "Name a file in it."
        raise SettingsError(f"{path} is a folder, not a settings file. {hint}") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise SettingsError(f"{path}, line {line}: this is not UTF-8 text") from None
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be read ({error.strerror}). Its owner can let this account read it."
        ) from None


def _syntax(path: Path, message: str) -> str:
    """Turn ``Expected '=' (at line 3, column 5)`` into a line of our own form."""
    match = re.fullmatch(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", message)
    if match is None:
        return f"{path}: this is not TOML: {message}"
    what, line, column = match.groups()
    where = f"line {line}, column {column}" if line else "at the end"
    return f"{path}, {where}: this is not TOML: {what[:1].lower()}{what[1:]}"
