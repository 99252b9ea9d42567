"""The spawner that hands its work to a backend: options, limits, failures, state."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Coroutine
from typing import Any, ClassVar
from urllib.parse import urlsplit

from jupyterhub.spawner import Spawner
from jupyterhub.utils import url_path_join
from traitlets import Any as AnyTrait
from traitlets import Callable, Int, default

from vispa_spawner.account import Accounts, UnixAccounts
from vispa_spawner.backend import Backend, State
from vispa_spawner.failures import FAILURES, StartFailed, start_failed
from vispa_spawner.internal_ssl import WithInternalSsl
from vispa_spawner.limits import CLUSTER, Limits
from vispa_spawner.options import OptionsError, ServerOptions, ServerRequest

_NEVER = 100 * 365 * 24 * 3600


class BackendSpawner(WithInternalSsl, Spawner):  # type: ignore[misc]  # untyped base
    """A spawner that leaves the work to the backend of the place the person chose."""

    backends: ClassVar[tuple[type[Backend], ...]] = ()

    accounts: Accounts = AnyTrait(
        help="Finds the account of a hub user: an object with `async of(name) -> Account`."
    ).tag(config=True)  # type: ignore[assignment]

    poll_interval = Int(
        10,
        help="Seconds between two looks of JupyterHub at a server. A look costs next to nothing, "
        "for it reads what is known already.",
    ).tag(config=True)

    limits = Callable(
        lambda spawner: Limits(),
        help="Hook that returns the `Limits` of the spawner's user; may be async.",
    ).tag(config=True)

    @default("accounts")
    def _default_accounts(self) -> Accounts:
        return UnixAccounts()

    @default("apply_user_options")
    def _default_apply_user_options(self) -> Any:
        # Options are applied in `start`, which all ways of starting a server pass through.
        return lambda spawner, options: None

    start_timeout = Int(
        300,
        help="Seconds a server may take to come up once it has a machine. Time in the queue "
        "does not count.",
    ).tag(config=True)

    def __init__(self, **kwargs: Any) -> None:
        self.backend: Backend | None = None
        self.left: State = {}
        """What a start that was cut off has left, for the next start to take up."""
        self.farewell = ""
        """Why the last server ended, a sentence for the spawn page; empty when it was wished."""
        self._patience = 0
        super().__init__(**kwargs)

    def options_from_form(self, form: dict[str, list[str]]) -> dict[str, Any]:
        """Check the types of what the form sent, so that errors appear on the form."""
        form.pop("_xsrf", None)
        try:
            return ServerOptions.read(form).model_dump(exclude_none=True)
        except OptionsError as error:
            raise StartFailed(str(error), reason="options") from None

    def options_from_query(self, query: dict[str, list[str]]) -> dict[str, Any]:
        """Check a link with parameters the way the form is checked."""
        return self.options_from_form(query)

    async def get_limits(self) -> Limits:
        """Ask the `limits` hook."""
        limits = self.limits(self)
        if inspect.isawaitable(limits):
            limits = await limits
        assert isinstance(limits, Limits)
        return limits

    def start(self) -> Coroutine[Any, Any, str]:
        """Check what was asked for and start the server in its place.

        JupyterHub looks at `start_timeout` when this has returned, and would count the time in
        the queue as well. So it is given a time that never comes, and the clock is the backend's.
        """
        own: int = self.start_timeout
        if own != _NEVER:
            self._patience = own
        self.start_timeout = _NEVER
        return self._start()

    async def _start(self) -> str:
        try:
            self.farewell = ""
            limits = await self.get_limits()
            options = ServerOptions.read(self.user_options or {})
            request = ServerRequest.grant(options, limits, others=self._others_on_cluster())
            for other in self.backends if self.left else ():
                if other.place != request.where:
                    await other(self).give_up_left()
            self.backend = self._backend_for(request.where)
            return await self.backend.start(request, self._patience)
        except FAILURES as error:
            raise start_failed(error) from error
        finally:
            self.start_timeout = self._patience

    async def poll(self) -> int | None:
        """Return None while the server runs or nothing is known, else its exit code."""
        return 0 if self.backend is None else await self.backend.poll()

    async def stop(self, now: bool = False) -> None:
        """End the server."""
        if self.backend is not None:
            await self.backend.stop()

    async def progress(self) -> AsyncIterator[dict[str, Any]]:
        """Yield each change of phase; reads what is known and asks nobody."""
        last: tuple[int, str] | None = None
        while True:
            phase = self.backend.phase() if self.backend else (5, "Getting ready.")
            if phase != last:
                last = phase
                yield {"progress": phase[0], "message": phase[1]}
            await asyncio.sleep(0.5)

    async def get_url(self) -> str:
        """Return where the server is; a hub that was killed may have known it and not saved it."""
        url = self.backend.url() if self.backend else ""
        if not url:
            return str(await super().get_url())
        self.server.proto = urlsplit(url).scheme  # JupyterHub copies all but this
        return str(url_path_join(url, self.server.base_url))

    def get_state(self) -> State:
        """Return JupyterHub's state and the backend's."""
        state: State = super().get_state()
        if self.backend is not None:
            state["place"] = self.backend.place
            state["server"] = self.backend.get_state()
        if self.left:
            state["left"] = self.left
        if self.farewell:
            state["farewell"] = self.farewell
        return state

    def load_state(self, state: State) -> None:
        """Take up the server of a previous hub."""
        super().load_state(state)
        self.left = state.get("left", {})
        self.farewell = str(state.get("farewell", ""))
        if "place" in state:
            self.backend = self._backend_for(state["place"])
            self.backend.load_state(state["server"])

    def clear_state(self) -> None:
        """Forget the server that ended, but not how."""
        super().clear_state()
        self.backend = None

    def _others_on_cluster(self) -> int:
        """Count the person's other servers on the cluster, those that are starting included."""
        others = [one for one in self.user.spawners.values() if one is not self and one.active]
        return sum(one.backend is not None and one.backend.place == CLUSTER for one in others)

    def remember(self) -> None:
        """Save the state in the middle of a start, for a hub that starts after this was killed."""
        if self.orm_spawner is not None:
            self.orm_spawner.state = self.get_state()
            self.user.db.commit()

    def _backend_for(self, place: str) -> Backend:
        for backend in self.backends:
            if backend.place == place:
                return backend(self)
        raise OptionsError(f"This hub does not start servers on {place!r}.")
