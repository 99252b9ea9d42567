"""The walk over TOML text that knows the line of each key."""

import tomllib
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st
from vispa_hub.settings.lines import Path, lines_of

_KEYS = st.text(st.sampled_from("ab-_0 .\"'é#=[]"), min_size=1, max_size=4)
_VALUES = st.recursive(
    st.one_of(
        st.text(max_size=8), st.booleans(), st.integers(-99, 99), st.datetimes(), st.floats(-9, 9)
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=12,
)


def _paths(value: Any, at: Path = ()) -> set[Path]:
    """All paths of keys and elements in parsed TOML."""
    pairs: Any = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    found = {at} if at else set()
    for key, inner in pairs:
        found |= _paths(inner, (*at, key))
    return found


@given(st.dictionaries(_KEYS, _VALUES, max_size=4), st.booleans())
def test_every_key_of_any_file_has_a_line(data: dict[str, Any], multiline: bool) -> None:
    text = tomli_w.dumps(data, multiline_strings=multiline)
    assert set(lines_of(text)) == _paths(tomllib.loads(text))


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("a = 1\nb = 2\n", ("b",), 2),
        ("# [x]\n[t]  # b = 1\n\nb = 2\n", ("t", "b"), 4),
        ('a = """\nb = 1\n"""\nb = 2\n', ("b",), 4),
        ("a = '''\n'b = 1\n''''\nb = 2\n", ("b",), 4),
        ('a = """x\\"""\nb = 1\n"""\nb = 2\n', ("b",), 4),
        ('t = { x = "}", b = 2 }', ("t", "b"), 1),
        ("t.u . v = 1", ("t", "u", "v"), 1),
        ("a = [\n  1,  # ]\n  2,\n]\n", ("a", 1), 3),
        ("[[t]]\nx=1\n[[t]]\nx=2\n[t.u]\ny=3", ("t", 1, "x"), 4),
        ("[[t]]\nx=1\n[[t]]\nx=2\n[t.u]\ny=3", ("t", 1, "u", "y"), 6),
        ("a = 1\r\nb = 2\r\n", ("b",), 2),
        ("d = 1979-05-27 07:32:00\nb = 1", ("b",), 2),
    ],
)
def test_keys_are_found_in_every_form_of_toml(text: str, path: Path, line: int) -> None:
    tomllib.loads(text)
    assert lines_of(text)[path] == line
