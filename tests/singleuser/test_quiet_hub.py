"""What a server says to its hub, and that it does not begin with it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks.start.server import variables
from benchmarks.start.stub_hub import StubHub
from tests.singleuser.server import Server
from vispa_spawner.singleuser import quiet_hub


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StubHub]:
    """Run a hub, and be in the environment of a server of its."""
    with StubHub() as hub:
        for name, value in variables(hub, tmp_path).items():
            monkeypatch.setenv(name, value)
        yield hub


@asynccontextmanager
async def talking() -> AsyncIterator[None]:
    """Let JupyterHub's part of a server talk to the hub in the background."""
    web_app = SimpleNamespace(last_activity=lambda: datetime.now(UTC))
    part = quiet_hub.QuietSingleUser()
    part.serverapp = SimpleNamespace(web_app=web_app)
    part.log = logging.getLogger("part")
    await part.check_hub_version()
    task = asyncio.ensure_future(part.keep_activity_updated())
    yield
    task.cancel()


async def test_it_says_nothing_until_the_pause_is_over(hub: StubHub) -> None:
    async with talking():
        await asyncio.sleep(0.1)
        assert hub.requests == []


async def test_then_it_asks_for_the_version_and_reports_activity(
    hub: StubHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quiet_hub, "_BETWEEN", (0, 0))
    async with talking(), asyncio.timeout(30):
        while len(hub.requests) < 2:  # noqa: ASYNC110  # heard in another thread
            await asyncio.sleep(0.01)
    assert hub.requests == ["GET /hub/api", "POST /hub/api/users/somebody/activity"]


@pytest.mark.usefixtures("hub")
async def test_a_hub_that_is_away_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(quiet_hub, "_BETWEEN", (0, 0))
    monkeypatch.setenv("JUPYTERHUB_API_URL", "http://127.0.0.1:1/hub/api")
    monkeypatch.setenv("JUPYTERHUB_ACTIVITY_URL", "http://127.0.0.1:1/hub/api/activity")
    async with talking(), asyncio.timeout(30):
        while "Error notifying" not in caplog.text:  # noqa: ASYNC110  # no event tells
            await asyncio.sleep(0.01)
    assert "The hub was not asked for its version, it is away" in caplog.text


def test_a_started_server_has_said_nothing_but_where_it_is(quick: Server) -> None:
    assert quick.hub_heard_at_first == ["POST /hub/api/report"]
