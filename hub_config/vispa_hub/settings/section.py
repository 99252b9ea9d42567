"""What all tables of `vispa.toml` have in common."""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

Problem = tuple[tuple[str, ...], str]
"""The keys that lead to a wrong value, and what is wrong with it and what would be right."""

PROBLEMS = "vispa_problems"


class Section(BaseModel):
    """A table of the settings: frozen, and no key that is not described."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


def problems(*found: Problem) -> PydanticCustomError:
    """One error that names several keys, for the rules that bind more than one of them."""
    return PydanticCustomError(
        PROBLEMS, "{sentences}", {"problems": found, "sentences": _joined(found)}
    )


def _joined(found: Iterable[Problem]) -> str:
    return "; ".join(f"'{'.'.join(keys)}' {sentence}" for keys, sentence in found)
