"""The client: what it asks for, before any HTCondor is asked."""

from pathlib import Path

import pytest

from vispa_htcondor.client import Client
from vispa_htcondor.identity import Identity
from vispa_htcondor.submit import attribute_name, classad_literal, classad_string


def test_a_constraint_means_the_hub_as_it_is_named() -> None:
    assert Client("a$b").watch.constraint == 'VispaHub =?= "a$b"'
    assert classad_string('a"b') == '"a\\"b"'


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        (True, "true"),
        (False, "false"),
        (7, "7"),
        (-0.5, "-0.5"),
        ('a"b\\c', '"a\\"b\\c"'),
        ("true || Owner", '"true || Owner"'),
    ],
)
def test_what_an_attribute_is_set_to_keeps_its_type(value: object, literal: str) -> None:
    assert classad_literal(value) == literal  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "a\nb"])
def test_what_has_no_literal_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="an attribute cannot"):
        classad_literal(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["", "1a", "a b", "A = 1\nB", "My.A", "ä"])
def test_what_is_no_name_of_an_attribute_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be named"):
        attribute_name(name)


async def test_a_worker_that_was_warmed_up_is_the_one_that_works(tmp_path: Path) -> None:
    client = Client("hub", {"CONDOR_CONFIG": "/dev/null"})
    me = Identity.current()
    await client.warm_up(me)
    assert await client.tail(me, tmp_path, "none") == ""
    async with client.people.of(me) as broker:
        assert broker.starts == 1
    await client.close()
    assert not broker.is_running
