"""Ads as plain JSON."""

import json
from typing import Any

import classad2
import pytest

from vispa_htcondor.broker.plain import plain


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("7", 7),
        ("0.5", 0.5),
        ("true", True),
        ('"words"', "words"),
        ("6 * 7", 42),
        ("Other + 1", 2),
        ("undefined", None),
        ("error", None),
        ("1 / 0", None),
        ("NotThere", None),
    ],
)
def test_an_attribute_is_what_it_evaluates_to(expression: str, value: object) -> None:
    [ad] = plain([classad2.parseOne(f"Other = 1\nValue = {expression}")])
    assert ad["Value"] == value
    assert type(ad["Value"]) is type(value)


@pytest.mark.parametrize("expression", ["{1, 2}", "[A = 1]", "absTime(7)"])
def test_what_json_does_not_have_becomes_text(expression: str) -> None:
    [ad] = plain([classad2.parseOne(f"Value = {expression}")])
    assert isinstance(ad["Value"], str)
    json.dumps(ad)


def test_an_attribute_that_is_not_text_hides_no_other() -> None:
    class Odd(dict[str, Any]):
        def get(self, name: str, default: Any = None) -> Any:
            if name == "Bad":
                raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no text")
            return super().get(name, default)

    assert plain([Odd(Bad="?", Good=1)]) == [{"Bad": None, "Good": 1}]
