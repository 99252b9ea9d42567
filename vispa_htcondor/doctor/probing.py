"""Submit probe jobs one after another, watch each, and leave none behind."""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from vispa_htcondor.broker import Broker
from vispa_htcondor.doctor import probe
from vispa_htcondor.doctor.probe import Look
from vispa_htcondor.doctor.removal import remove_all
from vispa_htcondor.doctor.waiting import Wait
from vispa_htcondor.errors import Refused, Unavailable
from vispa_htcondor.model import JobStatus, Slot

PAUSE = 4.0
"""Seconds between the end of a probe and the next. A job that comes alone, some time after the
last, is what a person's server is; right after another, HTCondor is in the middle of its work."""

_LOOK = 0.1
_LOOK_LATER = 0.5
_RUNNING_FOR = 30.0  # seconds a probe, which takes one, may need to end
_ROOM_EVERY = 10.0
_STARTED = {JobStatus.RUNNING, JobStatus.TRANSFERRING_OUTPUT, JobStatus.COMPLETED}


@dataclass
class Probed:
    """What the probes showed. `stuck` is the last look at one that did not start."""

    waits: list[Wait] = field(default_factory=list)
    exit_codes: list[int] = field(default_factory=list)
    lease: int | None = None
    stuck: Look | None = None


class Probing:
    """One run of the doctor. `probed` fills while it goes on, so a part of it is there, too.

    `say` gets a line for each result, `tick` what to show to whoever waits. `more` are submit
    commands that jobs need at this site.
    """

    def __init__(
        self,
        broker: Broker,
        say: Callable[[str], None],
        tick: Callable[[str], None],
        more: Mapping[str, str] | None = None,
    ) -> None:
        self.run = secrets.token_hex(8)
        self.identity = broker.identity
        self.probed = Probed()
        self._more = dict(more or {})
        self._sent = False
        self._broker = broker
        self._say = say
        self._tick = tick

    async def go(self, jobs: int, seconds: float) -> None:
        """Submit up to `jobs` probes within so many seconds.

        Raises HTCondorError when HTCondor does not take or show a probe. However this ends, also
        cancelled, call `remove` afterwards.
        """
        deadline = time.monotonic() + seconds
        for number in range(1, jobs + 1):
            if number > 1:
                self._tick(f"probe {number}/{jobs}: in a moment, so that it comes alone")
                await asyncio.sleep(PAUSE)
            if time.monotonic() >= deadline or not await self._one(f"{number}/{jobs}", deadline):
                return

    async def remove(self) -> None:
        """Remove all probes that there may be; LeftBehind when that cannot be confirmed."""
        if self._sent:
            await remove_all(self._broker, self.run)

    async def _one(self, name: str, deadline: float) -> bool:
        """Send one probe; tell whether it started."""
        life = int(deadline - time.monotonic() + _RUNNING_FOR) + 15
        commands = probe.commands(self.run, self.identity, life, self._more)
        self._sent = True  # from now on there may be a job, whatever the answer
        submitted = time.monotonic()
        cluster = await self._broker.call("submit_bare", commands=commands)
        look, waited, room = await self._until_started(name, int(cluster), submitted, deadline)
        if look.job.status not in _STARTED:
            if look.job.status is not JobStatus.HELD:
                self.probed.waits.append(Wait(submitted, waited, started=False, room=room))
            self.probed.stuck = look
            return False
        look = await self._until_ended(name, look)
        self.probed.waits.append(Wait(submitted, waited, room=room, on_worker=look.on_worker))
        self.probed.lease = look.lease
        if look.job.exit_code is not None:
            self.probed.exit_codes.append(look.job.exit_code)
        note = "" if room else ", but no slot was free for it"
        self._say(f"probe {name}: started after {waited:.1f} s{note}")
        await self._broker.call(
            "act", action="Remove", constraint=f"ClusterId == {cluster}", reason="seen"
        )
        return True

    async def _until_started(
        self, name: str, cluster: int, submitted: float, deadline: float
    ) -> tuple[Look, float, bool]:
        room, asked = True, submitted
        while True:
            look = await self._look(cluster)
            now = time.monotonic()
            waited = now - submitted
            if look.job.status in _STARTED or look.job.status is JobStatus.HELD or now > deadline:
                return look, waited, room
            if now - asked > _ROOM_EVERY / (2 if asked == submitted else 1):
                room, asked = room and await self._is_room(look), now
            self._tick(f"probe {name}: waiting for {waited:.0f} s")
            await asyncio.sleep(_LOOK if waited < 5 else _LOOK_LATER)

    async def _until_ended(self, name: str, look: Look) -> Look:
        deadline = time.monotonic() + _RUNNING_FOR
        self._tick(f"probe {name}: running")
        while look.job.status is not JobStatus.COMPLETED and time.monotonic() < deadline:
            await asyncio.sleep(_LOOK)
            look = await self._look(look.job.cluster)
        return look

    async def _look(self, cluster: int) -> Look:
        ads = await self._broker.call(
            "query_jobs", constraint=f"ClusterId == {cluster}", projection=probe.PROJECTION
        )
        if not ads:
            raise Refused(
                f"The probe job {cluster} disappeared from the queue: something removes jobs of"
                " this account. Is there a SYSTEM_PERIODIC_REMOVE on the submit machine?"
            )
        return Look.from_ad(ads[0])

    async def _is_room(self, look: Look) -> bool:
        try:
            ads = await self._broker.call(
                "query_slots", constraint=Slot.CONSTRAINT, projection=list(Slot.PROJECTION)
            )
        except Unavailable:
            return True  # not known; the wait counts
        size = (look.job.cpus, look.job.memory_mb, look.job.gpus)
        return any(Slot.from_ad(ad).can_run_now(*size) for ad in ads)
