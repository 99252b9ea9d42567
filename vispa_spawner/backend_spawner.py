"""The spawner that hands its work to a backend: options, limits, failures, state."""

import asyncio
import inspect
from collections.abc import AsyncIterator
from typing import Any, ClassVar

from jupyterhub.spawner import Spawner
from traitlets import Any as AnyTrait
from traitlets import Callable, default

from vispa_htcondor.errors import HTCondorError, Refused
from vispa_spawner.account import AccountError, Accounts, UnixAccounts
from vispa_spawner.backend import Backend, State
from vispa_spawner.failures import ServerFailed, StartFailed, with_log
from vispa_spawner.limits import Limits
from vispa_spawner.options import OptionsError, ServerOptions, ServerRequest


class BackendSpawner(Spawner):  # type: ignore[misc]  # untyped base
    """A spawner that leaves the work to the backend of the place the person chose."""

    backends: ClassVar[tuple[type[Backend], ...]] = ()

    accounts: Accounts = AnyTrait(
        help="Finds the account of a hub user: an object with `async of(name) -> Account`."
    ).tag(config=True)  # type: ignore[assignment]

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

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.backend: Backend | None = None

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

    async def start(self) -> str:
        """Check what was asked for and start the server in its place."""
        try:
            limits = await self.get_limits()
            request = ServerRequest.grant(ServerOptions.read(self.user_options), limits)
            self.backend = self._backend_for(request.where)
            self._remember_place()
            # A little before JupyterHub's own time is over, which would end without a sentence.
            async with asyncio.timeout(self.start_timeout * 0.98):
                return await self.backend.start(request)
        except TimeoutError:
            assert self.backend is not None
            raise StartFailed(
                f"Your server was given up: it was not up after {_spoken(self.start_timeout)}. "
                f"The last that is known: {self.backend.phase()[1]}",
                reason="timeout",
                status_code=503,
            ) from None
        except OptionsError as error:
            raise StartFailed(str(error), reason="options") from None
        except AccountError as error:
            raise StartFailed(str(error), reason="account") from None
        except Refused as error:
            raise StartFailed(
                f"Your server could not be submitted. {error}", reason="refused"
            ) from error
        except HTCondorError as error:
            raise StartFailed(
                f"The cluster cannot take your server now. {error} Try again in a minute.",
                reason="htcondor",
                status_code=503,
            ) from error
        except ServerFailed as error:
            raise StartFailed(
                str(error),
                reason="server",
                status_code=500,
                html=with_log(error),
                log_message=f"{error}\n{error.log}",
            ) from error

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

    def get_state(self) -> State:
        """Return JupyterHub's state and the backend's."""
        state: State = super().get_state()
        if self.backend is not None:
            state["place"] = self.backend.place
            state["server"] = self.backend.get_state()
        return state

    def load_state(self, state: State) -> None:
        """Take up the server of a previous hub."""
        super().load_state(state)
        if "place" in state:
            self.backend = self._backend_for(state["place"])
            self.backend.load_state(state["server"])

    def clear_state(self) -> None:
        """Forget the server that ended."""
        super().clear_state()
        self.backend = None

    def _remember_place(self) -> None:
        """Let a hub that starts after this one was killed know where something may be left."""
        if self.orm_spawner is not None:
            self.orm_spawner.state = self.get_state()
            self.user.db.commit()

    def _backend_for(self, place: str) -> Backend:
        for backend in self.backends:
            if backend.place == place:
                return backend(self)
        raise OptionsError(f"This hub does not start servers on {place!r}.")


def _spoken(seconds: float) -> str:
    return f"{seconds / 60:g} minutes" if seconds >= 120 else f"{seconds:g} seconds"
