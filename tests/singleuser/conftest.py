"""Two servers of one person: a quick start and a plain one, with the same settings."""

from collections.abc import Iterator

import pytest

from tests.singleuser.person import person
from tests.singleuser.server import Server, running


@pytest.fixture(scope="session")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server as we start it."""
    with running(person(tmp_path_factory.mktemp("quick")), {}) as server:
        yield server


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that has left nothing for later."""
    home = person(tmp_path_factory.mktemp("plain"))
    with running(home, {"VISPA_PLAIN_START": "1"}) as server:
        yield server


@pytest.fixture(scope="session", params=["quick", "plain"])
def server(request: pytest.FixtureRequest) -> Server:
    """Either of them: what is asked of it holds for both."""
    found: Server = request.getfixturevalue(request.param)
    return found
