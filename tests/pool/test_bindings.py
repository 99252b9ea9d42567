"""HTCondor's Python bindings, which are newer than the daemons, work with a pool."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .people import Person

pytestmark = pytest.mark.pool


def test_bindings_query_and_submit(
    person: Person, started: Callable[..., Path], use: Callable[[Path], dict[str, str]]
) -> None:
    code = """
import htcondor2
schedd, collector = htcondor2.Schedd(), htcondor2.Collector()
job = htcondor2.Submit({"executable": "/bin/true", "hold": "true"})
print(schedd.submit(job).cluster())
print([ad["Owner"] for ad in schedd.query(projection=["Owner"])])
print([int(ad["TotalSlotCpus"]) for ad in collector.query(htcondor2.AdType.Startd)
       if ad.get("MyType") == "Machine"])
"""
    done = person.run(sys.executable, "-c", code, **use(started()))
    assert done.stdout == f"1\n['{person.name}']\n[64]\n", done.stderr
