"""One tunnel, kept open for as long as it is wanted."""

import asyncio
import contextlib
import logging
import shutil
import time
from collections.abc import Mapping
from pathlib import Path

from vispa_htcondor.errors import HTCondorError
from vispa_htcondor.identity import Identity
from vispa_htcondor.tunnel.command import TOOL, command, variables
from vispa_htcondor.tunnel.doors import Doors
from vispa_htcondor.tunnel.session import Session
from vispa_htcondor.tunnel.trouble import NO_TOOL, Trouble, TunnelFailed, trouble

log = logging.getLogger(__name__)

_LASTING = 5.0  # seconds after which a tunnel that ends is built anew at once
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.5, 4.0
_LONG_PAUSE = 60.0  # between two tries that will hardly help
_OPENING_TIME = 60.0  # seconds after which a session without a socket is given up


class Tunnel:
    """Leads from the socket `Doors.path(name)` to the socket `there` of a running job ("12.0").

    Whatever ends it, it is built anew, until `close` is called. Built first when `open` is. With
    `insist` the first time is like all others: it is not given up, whatever is in its way.
    """

    def __init__(
        self,
        doors: Doors,
        name: str,
        identity: Identity,
        job: str,
        there: str,
        environment: Mapping[str, str] | None = None,
        insist: bool = False,
    ) -> None:
        self.name = name
        self.job = job
        self.times_opened = 0
        self.trouble: Trouble | None = None
        """Why it is not open at the moment; None before the first try and while it is open."""
        self._doors = doors
        self._identity = identity
        self._there = there
        self._insist = insist
        self._environment = dict(environment or {})
        self._is_open = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Wait until it is open; TunnelFailed when it never can be."""
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep())
        opened = asyncio.ensure_future(self._is_open.wait())
        try:
            await asyncio.wait({opened, self._keeper}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            opened.cancel()
        if self._keeper.done():
            self._keeper.result()

    async def close(self) -> None:
        """End it; afterwards neither its processes nor its socket are left."""
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError, TunnelFailed):
                await self._keeper

    async def _keep(self) -> None:
        pause = 0.0
        while True:
            began = time.monotonic()
            self.trouble = await self._once()
            if self.trouble.final and not self._insist and not self.times_opened:
                raise TunnelFailed(self.trouble.sentence)
            lasted = time.monotonic() - began > _LASTING
            pause = 0.0 if lasted else min(max(_SHORTEST_PAUSE, 2 * pause), _LONGEST_PAUSE)
            level = logging.WARNING if self._insist or self.times_opened else logging.DEBUG
            log.log(level, "Job %s: %s Trying again.", self.job, self.trouble.sentence)
            await asyncio.sleep(_LONG_PAUSE if self.trouble.final else pause)

    async def _once(self) -> Trouble:
        """Run one session from its beginning to its end, and say why it ended."""
        work = session = None
        try:
            async with self._doors.places:
                work = self._doors.workshop(self._identity)
                made = work / "s"
                own = variables(self._identity, work, self._environment)
                tool = shutil.which(TOOL, path=own.get("PATH"))
                if tool is None:
                    return NO_TOOL
                arguments = command(tool, self.job, made, self._there)
                session = await Session.start(arguments, self._identity, own)
                await self._hang(session, made)
            return trouble(await session.ended())
        except (HTCondorError, OSError) as error:
            return Trouble(f"The tunnel cannot be opened: {error}")
        finally:
            self._is_open.clear()
            await asyncio.shield(self._clear_up(session, work))

    async def _hang(self, session: Session, made: Path) -> None:
        """Wait for the session's socket, and hang it among the doors."""
        deadline = time.monotonic() + _OPENING_TIME
        while session.is_running:
            try:
                self._doors.hang(self.name, made, self._identity)
            except FileNotFoundError:
                if time.monotonic() > deadline:
                    raise HTCondorError("HTCondor took too long.") from None
                await asyncio.sleep(0.05)
            else:
                self.times_opened += 1
                self.trouble = None
                self._is_open.set()
                log.info("Job %s: the tunnel is open.", self.job)
                return

    async def _clear_up(self, session: Session | None, work: Path | None) -> None:
        if session is not None:
            await session.end()
        self._doors.take_down(self.name)
        if work is not None:
            # What the person makes in there meanwhile harms nobody, and links are not followed.
            await asyncio.to_thread(shutil.rmtree, work, ignore_errors=True)
