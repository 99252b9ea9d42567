"""Sizes and spans of time: read exactly, written as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vispa_hub.settings.values import MIB, Duration, Memory


@pytest.mark.parametrize(
    ("text", "mib"),
    [("512M", 512), ("4G", 4096), ("4 GiB", 4096), ("4gb", 4096), ("1.5G", 1536), ("2T", 2**21)],
)
def test_sizes_are_binary(text: str, mib: int) -> None:
    assert Memory.parse(text) == mib * MIB
    assert Memory.parse(text).mib == mib


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        ("4", "is not a size; write"),
        (4096, "4096 is not a size; write"),
        ("4X", '"4X" is not a size'),
        ("-4G", "is not a size"),
        ("", "is not a size"),
        ("٤G", "is not a size"),
        ("0G", "no memory at all"),
        ("1.3G", '"1331M"'),
        ("9" * 200 + "G", "..."),
    ],
)
def test_a_size_that_cannot_be_read_says_what_would_be_right(wrong: object, advice: str) -> None:
    with pytest.raises(ValueError, match=r".+") as error:
        Memory.parse(wrong)
    assert advice in str(error.value)
    assert len(str(error.value)) < 160


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("45s", timedelta(seconds=45)),
        ("30m", timedelta(minutes=30)),
        ("8h", timedelta(hours=8)),
        ("1d12h", timedelta(days=1, hours=12)),
        ("2d", timedelta(days=2)),
        ("90m", timedelta(minutes=90)),
        ("0", timedelta(0)),
        (0, timedelta(0)),
    ],
)
def test_spans_join_their_units(text: object, span: timedelta) -> None:
    assert Duration.parse(text) == span


@pytest.mark.parametrize(
    "wrong", ["", "8", 8, "8 hours", "12h1d", "1h1h", "-1h", False, "9999999d"]
)
def test_a_span_that_cannot_be_read_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match=r'write for example "30m"|hundred years'):
        Duration.parse(wrong)


@given(st.integers(min_value=1, max_value=2**40))
def test_a_size_reads_back_what_it_wrote(mib: int) -> None:
    size = Memory(mib * MIB)
    assert Memory.parse(str(size)) == size
    assert f"{size:>8}".strip() == str(size)


@given(st.integers(min_value=0, max_value=36500 * 86400))
def test_a_span_reads_back_what_it_wrote(seconds: int) -> None:
    span = Duration(seconds=seconds)
    assert Duration.parse(str(span)) == span
