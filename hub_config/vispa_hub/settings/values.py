"""The kinds of values in `vispa.toml`: sizes, spans of time, names, and paths.

Each kind reads the form people write (``"4G"``, ``"1d12h"``) exactly, and writes it again with
`str`. What cannot be read raises `ValueError` with a sentence that says what would be right.
"""

import re
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, GetCoreSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, core_schema

from vispa_htcondor import expression

MIB = 1024**2
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([MGT])(?:i?B)?", re.IGNORECASE | re.ASCII)
_UNITS = {"M": 1, "G": 1024, "T": 1024**2}
_SPAN = re.compile(r"(?=.)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", re.ASCII)
_LONGEST = timedelta(days=36500)


class Memory(int):
    """An amount of memory in bytes, always whole MiB; written ``"512M"``, ``"4G"``, ``"1.5T"``."""

    @classmethod
    def parse(cls, value: object) -> Self:
        """Read a size such as ``"4G"``. The units are binary: 1G is 1024M."""
        if isinstance(value, cls):
            return value
        match = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
        if match is None or len(match[1]) > 15:
            raise ValueError(f'{_shown(value)} is not a size; write for example "512M" or "4G"')
        mebibytes = Fraction(match[1]) * _UNITS[match[2].upper()]
        if mebibytes.denominator != 1:
            raise ValueError(
                f'"{value}" is not a whole number of MiB; write for example "{round(mebibytes)}M"'
            )
        if not mebibytes:
            raise ValueError(f'"{value}" is no memory at all; write for example "512M" or "4G"')
        return cls(int(mebibytes) * MIB)

    @property
    def mib(self) -> int:
        """The amount in MiB, the unit of HTCondor's RequestMemory."""
        return self // MIB

    def __str__(self) -> str:
        for unit, factor in reversed(_UNITS.items()):
            if self % (factor * MIB) == 0:
                return f"{self // (factor * MIB)}{unit}"
        return f"{int(self)} bytes"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(cls.parse)


class Duration(timedelta):
    """A span of time of whole seconds; written ``"30m"``, ``"8h"``, ``"1d12h"``, or ``0``."""

    @classmethod
    def parse(cls, value: object) -> Self:
        """Read a span such as ``"1d12h"``: days, hours, minutes, seconds, in this order."""
        if isinstance(value, cls):
            return value
        if value in {0, "0"} and not isinstance(value, bool):
            return cls(0)
        match = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
        if match is None or any(len(number or "") > 9 for number in match.groups()):
            raise ValueError(
                f'{_shown(value)} is not a span of time; write for example "30m", "8h" or "1d12h"'
            )
        days, hours, minutes, seconds = (int(number or 0) for number in match.groups())
        span = cls(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if span > _LONGEST:
            raise ValueError(f'"{value}" is longer than a hundred years')
        return span

    def __str__(self) -> str:
        minutes, seconds = divmod(int(self.total_seconds()), 60)
        hours, minutes = divmod(minutes, 60)
        days, hours = divmod(hours, 24)
        parts = ((days, "d"), (hours, "h"), (minutes, "m"), (seconds, "s"))
        return "".join(f"{number}{unit}" for number, unit in parts if number) or "0"

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(cls.parse)


def _shown(value: object) -> str:
    """Quote a value as it stands in the file, cut where it gets long."""
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _positive(span: Duration) -> Duration:
    if not span:
        raise ValueError('must be longer than 0; write for example "60s"')
    return span


def _name(pattern: str, rule: str) -> AfterValidator:
    compiled = re.compile(pattern, re.ASCII)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(f"{_shown(value)} is not a name VISPA can use: {rule}")
        return value

    return AfterValidator(check)


def _expression(text: str) -> str:
    try:
        return expression.read(text) if text.strip() else ""
    except expression.ExpressionError as error:
        raise ValueError(f"{_shown(text)} is no ClassAd expression VISPA can use. {error}") from (
            error
        )


def _beside_the_file(path: Path, info: ValidationInfo) -> Path:
    """Take relative paths from the folder of the settings file, wherever the command runs."""
    folder = (info.context or {}).get("folder", Path.cwd())
    return Path(folder, path.expanduser())


PositiveDuration = Annotated[Duration, AfterValidator(_positive)]
"""A span that cannot be 0."""

Name = Annotated[
    str,
    _name(r"[a-z][a-z0-9-]{0,31}", "small letters, digits and -, a letter first, 32 at most"),
]
"""The name of a group, fit for a URL, a ClassAd and an account."""

UserName = Annotated[
    str,
    _name(
        r"(?!root$)[a-z_][a-z0-9_.@-]{0,63}",
        "an account in small letters, digits and _ . @ -, and never root",
    ),
]
"""A person's account name, as they type it to log in."""

InstanceId = Annotated[
    str, _name(r"(?:[A-Za-z0-9._-]{1,64})?", "letters, digits and . _ -, 64 at most")
]
"""What a hub stamps on its jobs."""

Expression = Annotated[str, AfterValidator(_expression)]
"""A ClassAd expression, or an empty text for none."""

FilePath = Annotated[Path, AfterValidator(_beside_the_file)]
"""A path; a relative one starts at the folder of the settings file."""
