"""The login node as a place for servers."""

import asyncio
import socket
from typing import TYPE_CHECKING

from jupyterhub.utils import url_path_join, wait_for_http_server

from vispa_spawner.backend import Backend, State
from vispa_spawner.failures import ServerFailed, spoken
from vispa_spawner.limits import LOGIN_NODE
from vispa_spawner.login_node.process import ServerProcess
from vispa_spawner.options import ServerRequest
from vispa_spawner.spawn_file import SpawnFile

if TYPE_CHECKING:
    import subprocess

    from vispa_spawner.account import Account
    from vispa_spawner.backend_spawner import BackendSpawner

_ADDRESS = "127.0.0.1"
_FOLDER = ".local/share/vispa"
_LOG = f"{_FOLDER}/servers/login-node.log"


class LoginNodeBackend(Backend):
    """Starts the server as a process beside the hub, on a loopback port the hub bound for it."""

    place = LOGIN_NODE

    def __init__(self, spawner: "BackendSpawner") -> None:
        """Belong to `spawner`."""
        super().__init__(spawner)
        self.process: ServerProcess | None = None
        self._popen: subprocess.Popen[bytes] | None = None

    async def start(self, request: ServerRequest, patience: float) -> str:
        """Bind a port, hand it to the new process, and wait until it answers or ends."""
        try:
            async with asyncio.timeout(patience):
                return await self._start()
        except TimeoutError:
            raise ServerFailed(
                f"Your server was given up: it was not up after {spoken(patience)}. "
                f"The last that is known: {self.phase()[1]}",
                reason="timeout",
            ) from None

    async def _start(self) -> str:
        limits = (await self.spawner.get_limits()).login_node
        account = await self.spawner.accounts.of(self.spawner.user.name)
        with socket.create_server((_ADDRESS, 0)) as listener:
            port = listener.getsockname()[1]
            spawn = await self._spawn_file(account, port, limits.cores, limits.memory_mb)
            await self._start_process(account, spawn, listener)
        url = f"{'https' if self.spawner.internal_ssl else 'http'}://{_ADDRESS}:{port}"
        await self._comes_up(account, url)
        return url

    async def poll(self) -> int | None:
        """Look at the process; its exit code is known unless a previous hub started it."""
        if self._popen is not None:
            return self._popen.poll()
        if self.process is None:
            return 0
        return None if self.process.running() else 1

    async def stop(self) -> None:
        """End the process and all it started."""
        if self.process is not None:
            await asyncio.to_thread(self.process.end)
        if self._popen is not None:
            self._popen.poll()  # reap

    def get_state(self) -> State:
        """Return pid and start time."""
        if self.process is None:
            return {}
        return {"pid": self.process.pid, "created": self.process.created}

    def load_state(self, state: State) -> None:
        """Take up a process by pid and start time."""
        if "pid" in state:
            self.process = ServerProcess(int(state["pid"]), float(state["created"]))

    def phase(self) -> tuple[int, str]:
        """Say that the process starts."""
        return 40, "JupyterLab starts on the login node."

    async def _start_process(
        self, account: "Account", spawn: SpawnFile, listener: socket.socket
    ) -> None:
        python = self.spawner.login_node_python
        starting = asyncio.ensure_future(
            asyncio.to_thread(ServerProcess.start, python, account.identity, spawn, listener)
        )
        try:
            self.process, self._popen = await asyncio.shield(starting)
        except asyncio.CancelledError:
            # A thread cannot be interrupted: know the process that it starts, to be able to end it.
            self.process, self._popen = await starting
            raise
        except OSError as error:
            raise ServerFailed(
                f"Your server could not be started as {account.identity.name} with {python}: "
                f"{error.strerror}. Ask your administrator."
            ) from error

    async def _comes_up(self, account: "Account", url: str) -> None:
        """Wait until the server answers; a sentence when it ends instead."""
        assert self._popen is not None
        address = url_path_join(url, self.spawner.server.base_url, "api")
        timeout = self.spawner.http_timeout
        answers = asyncio.ensure_future(
            wait_for_http_server(address, timeout, ssl_context=self.spawner.hub_context())
        )
        try:
            while not answers.done():
                await asyncio.wait({answers}, timeout=0.1)
                if (code := self._popen.poll()) is not None:
                    raise ServerFailed(
                        f"Your server ended with exit code {code} while it started. "
                        f"Is your home {account.home} there and yours? Is your disk quota used up? "
                        f"Its log, if there is one: {account.home / _LOG}"
                    )
            if answers.exception() is not None:
                raise ServerFailed(
                    f"Your server did not answer within {timeout} seconds. The login node may be "
                    f"overloaded: try again. Its log: {account.home / _LOG}"
                )
        finally:
            answers.cancel()

    async def _spawn_file(
        self, account: "Account", port: int, cores: float, memory_mb: int
    ) -> SpawnFile:
        tls_folder = account.home / _FOLDER / "tls" / f"{socket.gethostname()}-{port}"
        environment = {
            **self.spawner.get_env(),
            **account.variables(),
            **self.spawner.login_node_environment,
            "VISPA_PLACE": LOGIN_NODE,
            **({"VISPA_CORES": f"{cores:g}"} if cores else {}),
            **({"VISPA_MEMORY_MB": str(memory_mb)} if memory_mb else {}),
        }
        return SpawnFile(
            environment=environment,
            home=str(account.home),
            arguments=self.spawner.get_args(),
            log=str(account.home / _LOG),
            credentials=await self.spawner.new_credentials(_ADDRESS),
            credentials_folder=str(tls_folder),
        )
