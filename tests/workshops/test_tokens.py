"""Tokens: random, forgiving to type, and nowhere in clear."""

import math
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vispa_hub.workshops.tokens import ALPHABET, LENGTH, digest, new_token, pepper_in, read

PEPPER = b"p" * 32


def test_a_token_has_80_random_bits_in_groups_of_four() -> None:
    assert LENGTH * math.log2(len(ALPHABET)) >= 80
    tokens = {new_token() for _ in range(500)}
    assert len(tokens) == 500
    assert all([len(part) for part in token.split("-")] == [4, 4, 4, 4] for token in tokens)
    assert set("".join(tokens)) - {"-"} == set(ALPHABET), "some characters are never drawn"


@pytest.mark.parametrize(
    "typed",
    [
        "K7QM-2XPD-9R4T-V0N1",
        "k7qm2xpd9r4tv0n1",
        "  K7QM 2XPD\t9R4T v0n1\r\n",
        "K7QM\u20132XPD\u20149R4T\u2011VON1",
        "K7QM-2XPD-9R4T-VOnI",
        "K7QM-2XPD-9R4T-vonl",
        "K7QM.2XPD.9R4T.V0N1",
    ],
)
def test_every_way_of_typing_a_token_is_the_same_token(typed: str) -> None:
    assert read(typed) == "K7QM2XPD9R4TV0N1"
    assert digest(typed, PEPPER) == digest("K7QM2XPD9R4TV0N1", PEPPER)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "K7QM-2XPD-9R4T-VBN",
        "K7QM-2XPD-9R4T-VBNEE",
        "K7QM-2XPD-9R4T-VBNU",
        "K7QM-2XPD-9R4T-VBN\0",
        "K7QM-2XPD-9R4T-VBNß",
        "K7QM-2XPD-9R4T-VBN\u0131",
        "\u0661" * 16,
        "A" * 10_000,
        "-" * 10_000,
        "' OR 1=1 --",
    ],
)
def test_what_is_not_a_token_is_not_read(typed: str) -> None:
    assert read(typed) is None


@given(st.text(max_size=200))
def test_any_text_is_a_token_or_not_and_never_an_error(typed: str) -> None:
    token = read(typed)
    assert token is None or (len(token) == LENGTH and set(token) <= set(ALPHABET))


@given(st.data())
def test_what_is_printed_can_be_typed_in_any_case_and_spacing(data: st.DataObject) -> None:
    token = new_token()
    typed = "".join(
        data.draw(st.sampled_from([sign, sign.lower(), f"{sign} ", f"-{sign}"])) for sign in token
    )
    assert read(typed) == token.replace("-", "")


def test_the_hash_depends_on_the_hubs_key(tmp_path: Path) -> None:
    token = new_token()
    one, other = (digest(token, pepper_in(_made(tmp_path / hub))) for hub in ("one", "other"))
    assert one != other
    assert token.replace("-", "").lower() not in one


def test_the_key_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with ThreadPoolExecutor(8) as threads:
            keys = set(threads.map(lambda _: pepper_in(tmp_path), range(32)))
    finally:
        os.umask(before)
    assert len(keys) == 1
    assert len(keys.pop()) == 32
    [file] = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
