"""What the benchmark asks of a measured hub, through the API that everybody's programs use."""

import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import httpx

from benchmarks.condor.setup import Setup
from benchmarks.failure import Failure
from benchmarks.figure import say

_AT_ONCE = 20


class Api:
    """The API of one hub, which answers a request for a server when it is ready (`configure`)."""

    def __init__(self, setup: Setup) -> None:
        """Make a client; nothing is asked yet."""
        self._setup = setup
        self._client = httpx.Client(
            base_url=f"http://127.0.0.1:{setup.ports[1]}/hub/api",
            headers={"Authorization": f"token {setup.token}"},
            timeout=300,
            trust_env=False,
            limits=httpx.Limits(max_connections=None),
        )

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def get(self, path: str) -> Any:
        """Return what the hub answers, as JSON."""
        return self._request("GET", path)

    def start_servers(self, users: Sequence[str]) -> float:
        """Start a server for each at once; return the seconds until the last was ready."""
        for user in users:
            self._add(user)
        began = time.monotonic()
        self._for_each("POST", users)
        return time.monotonic() - began

    def start_in_batches(self, users: Sequence[str]) -> None:
        """Start a server for each, a few at a time."""
        began = time.monotonic()
        for first in range(0, len(users), _AT_ONCE):
            batch = users[first : first + _AT_ONCE]
            self.start_servers(batch)
            taken = time.monotonic() - began
            say(f"  {self._setup.spawner}: {first + len(batch)} servers after {taken:.0f} s")

    def stop_servers(self, users: Sequence[str]) -> None:
        """Stop these servers and return when they have ended."""
        self._for_each("DELETE", users)

    def ask_for_pending_servers(self, count: int, seconds: float) -> list[str]:
        """Ask for servers that cannot start; `Failure` if the starts are not pending that long.

        Returns whose servers they are.
        """
        users = [f"{Setup.PENDING}{number}" for number in range(count)]
        asked = self.ask_for_servers(users)
        for answered in wait(asked, timeout=seconds, return_when=FIRST_COMPLETED).done:
            raise Failure(f"A start is not pending: {answered.result().text[:300]}")
        return users

    def ask_for_servers(self, users: Sequence[str]) -> list[Future[httpx.Response]]:
        """Ask for a server for each; whoever asks may wait for the hub's answers, or not."""
        for user in users:
            self._add(user)
        threads = ThreadPoolExecutor(len(users))
        asked = [threads.submit(self._client.post, f"/users/{user}/server") for user in users]
        threads.shutdown(wait=False)
        return asked

    def cancel_server(self, user: str) -> None:
        """Cancel a start, or stop the server if it was quicker."""
        self._request("DELETE", f"/users/{user}/server")

    def servers(self, user: str) -> list[dict[str, Any]]:
        """Return the hub's model of each server of a user that is pending or ready."""
        return list(self.get(f"/users/{user}")["servers"].values())

    def ready_servers(self, users: Sequence[str]) -> int:
        """Return how many of these have a server that is ready."""
        return sum(server["ready"] for user in users for server in self.servers(user))

    def _add(self, user: str) -> None:
        Path(self._setup.home_of(user)).mkdir(mode=0o700)
        self._request("POST", f"/users/{user}")

    def _for_each(self, method: str, users: Sequence[str]) -> None:
        threads = ThreadPoolExecutor(len(users))
        try:
            asked: list[Future[Any]] = [
                threads.submit(self._request, method, f"/users/{user}/server") for user in users
            ]
            wait(asked)
            for one in asked:
                one.result()
        finally:
            threads.shutdown(wait=False, cancel_futures=True)  # the hub's end ends them

    def _request(self, method: str, path: str) -> Any:
        response = self._client.request(method, path)
        if response.status_code not in {200, 201, 204}:
            raise Failure(
                f"{method} {path} failed with {self._setup.spawner}: {response.text[:300]} "
                f"({response.status_code})."
            )
        return response.json() if response.content else None
