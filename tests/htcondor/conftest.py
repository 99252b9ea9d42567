"""A pool for one module, with each of the HTCondors we support."""

import os
import pwd
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

import pytest

from tests.pool.people import folder_of, new_account
from vispa_htcondor.client import Client
from vispa_htcondor.identity import Identity
from vispa_htcondor.pool import Pool


@pytest.fixture(scope="module")
def person() -> Iterator[Identity]:
    """An ordinary account: root cannot submit."""
    if os.geteuid() != 0:
        yield Identity.current()
        return
    with new_account("vispa-site"):
        yield Identity.of("vispa-site")


@pytest.fixture(scope="module", params=["trixie", "forky"])
def pool(request: pytest.FixtureRequest) -> Iterator[Pool]:
    with ExitStack() as stack:
        if os.geteuid() == 0:
            stack.enter_context(new_account("condor", "--system"))
        place = stack.enter_context(folder_of(pwd.getpwuid(os.geteuid())))
        pool = Pool(place / "pool", cores=64, memory_mb=20000, suite=request.param)
        yield stack.enter_context(pool)


@pytest.fixture
async def client(pool: Pool) -> AsyncIterator[Client]:
    client = Client("tests", pool.environment())
    yield client
    await client.close()
