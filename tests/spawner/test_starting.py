"""How a start fails: with a sentence, the status HTTP has for it, and nothing else on the page."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from vispa_htcondor.errors import HTCondorError, Refused, Unavailable
from vispa_htcondor.submit_as.token import UnusableToken
from vispa_spawner.backend import Backend, State
from vispa_spawner.backend_spawner import BackendSpawner
from vispa_spawner.failures import ServerFailed, StartFailed
from vispa_spawner.limits import LOGIN_NODE
from vispa_spawner.options import ServerRequest


class _Stage(Backend):
    """A place where starts go as the test says."""

    place = LOGIN_NODE
    error: Exception | None = None

    async def start(self, request: ServerRequest, patience: float) -> str:
        if self.error is not None:
            raise self.error
        return f"http://after-{patience:g}-seconds"

    async def poll(self) -> int | None:
        return 0

    async def stop(self) -> None:
        """Nothing runs."""

    def get_state(self) -> State:
        return {}

    def load_state(self, state: State) -> None:
        """There is none."""


@pytest.fixture
def spawner(monkeypatch: pytest.MonkeyPatch) -> BackendSpawner:
    class Spawner(BackendSpawner):
        backends = (_Stage,)

    monkeypatch.setattr(_Stage, "error", None)
    user = SimpleNamespace(spawners={})  # a person without other servers
    return Spawner(start_timeout=1, user_options={}, user=user)


async def failure(spawner: BackendSpawner) -> StartFailed:
    with pytest.raises(StartFailed) as caught:
        await asyncio.wait_for(spawner.start(), 10)
    return caught.value


async def test_the_clock_of_a_start_is_the_backends_and_not_jupyterhubs(
    spawner: BackendSpawner,
) -> None:
    for _ in range(2):
        start = spawner.start()
        # JupyterHub looks now, and would count the time in the queue.
        assert spawner.start_timeout > 10 * 365 * 24 * 3600
        assert await start == "http://after-1-seconds"
        assert spawner.start_timeout == 1


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (Unavailable("It is silent."), 503, "The cluster cannot take your server now. It is"),
        (Refused("No such group."), 400, "Your server could not be submitted. No such group."),
        (UnusableToken("It is over."), 503, "Your server could not be submitted. It is over. Ask"),
        (HTCondorError("Lost."), 503, "The cluster cannot take your server now. Lost."),
        (ServerFailed("It ended."), 500, "It ended."),
        (ServerFailed("It was late.", reason="timeout"), 503, "It was late."),
    ],
)
async def test_an_outage_is_not_a_refusal(
    spawner: BackendSpawner,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
    sentence: str,
) -> None:
    monkeypatch.setattr(_Stage, "error", error)
    failed = await failure(spawner)
    assert failed.status_code == status
    assert failed.jupyterhub_message.startswith(sentence)


async def test_what_a_log_says_is_shown_as_text(
    spawner: BackendSpawner, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad: Any = "<script>alert(1)</script>"
    monkeypatch.setattr(_Stage, "error", ServerFailed(f"Held: {bad}", log=f"line\n{bad}"))
    failed = await failure(spawner)
    assert "<script>" not in failed.jupyterhub_html_message
    assert failed.jupyterhub_html_message.count("&lt;script&gt;") == 2
    assert "line" not in failed.jupyterhub_message
