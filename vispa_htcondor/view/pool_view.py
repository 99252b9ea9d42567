"""One look at the pool for everybody: as many viewers as there are cost no more than one."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from vispa_htcondor.broker import Broker
from vispa_htcondor.errors import HTCondorError, Unavailable
from vispa_htcondor.view.outlook import Outlook, Verdict
from vispa_htcondor.view.sight import Sight
from vispa_htcondor.view.wanted import Wanted

FRESH = 10.0
"""Seconds a look is good for."""

_REQUIREMENTS_KEPT = 20
_NEW_WORKER = 3  # a worker that just started has seen nothing: how often to look again


class PoolView:
    """Keeps the last look at the pool, and for each wished size how it matches with it.

    It needs a worker of its own: a silent collector must not delay what concerns the queue.
    `usual` is what every server of the hub asks for at least; machines that would not take it
    do not count.
    """

    def __init__(self, broker: Broker, fresh: float = FRESH) -> None:
        self.usual = Wanted()
        self.fresh = fresh
        self._broker = broker
        self._lock = asyncio.Lock()
        self._asked_at = -float("inf")
        self._sight: Sight | None = None
        self._trouble: HTCondorError | None = None
        self._requirements: list[str] = []
        self._verdicts: dict[Wanted, Verdict] = {}
        self._last: dict[Wanted, Outlook] = {}

    async def look(self) -> Sight:
        """Return the pool as of at most ten seconds ago.

        Raises HTCondorError when the collector does not answer; it is then asked again after ten
        seconds, not by each who wants to know.
        """
        async with self._lock:
            return await self._look()

    async def consider(self, wanted: Wanted) -> Outlook:
        """Match a wished job with the pool as of at most ten seconds ago."""
        async with self._lock:
            self._take_note_of(wanted.requirements)
            for _ in range(_NEW_WORKER):
                sight = await self._look()
                verdict = await self._verdict(self._as_asked(wanted, sight), sight)
                if verdict is not None:
                    outlook = Outlook(wanted, verdict, sight)
                    self._remember(outlook)
                    return outlook
                self._asked_at = -float("inf")
        raise Unavailable("The process that looks at the cluster does not stay up.")

    def known(self, wanted: Wanted) -> Outlook | None:
        """Return what `consider` said last, however long ago; asks nobody."""
        return self._last.get(wanted)

    async def close(self) -> None:
        """End the worker."""
        await self._broker.close()

    async def _look(self) -> Sight:
        if time.monotonic() - self._asked_at > self.fresh:
            await self._ask()
        if self._trouble is not None:
            raise type(self._trouble)(str(self._trouble))
        assert self._sight is not None
        return self._sight

    async def _ask(self) -> None:
        self._verdicts.clear()
        try:
            answer = await self._broker.call(
                "look_at_pool",
                usual=asdict(self.usual),
                requirements=[self.usual.requirements, *self._requirements],
            )
        except HTCondorError as error:
            self._trouble = error
        else:
            self._trouble = None
            self._sight = Sight.from_answer(answer)
        self._asked_at = time.monotonic()

    async def _verdict(self, wanted: Wanted, sight: Sight) -> Verdict | None:
        if wanted not in self._verdicts:
            answer = await self._broker.call("match_job", look=sight.number, wanted=asdict(wanted))
            if answer is None:
                return None
            self._verdicts[wanted] = _read(answer)
        return self._verdicts[wanted]

    def _take_note_of(self, requirements: str) -> None:
        """Look again for the attributes of machines that a new expression speaks of."""
        if requirements in (self.usual.requirements, *self._requirements, ""):
            return
        self._requirements = [*self._requirements, requirements][-_REQUIREMENTS_KEPT:]
        self._asked_at = -float("inf")

    def _as_asked(self, wanted: Wanted, sight: Sight) -> Wanted:
        """Leave out whose job it is where no machine asks for it: one match for all people."""
        return wanted if sight.personal else replace(wanted, owner="", group="")

    def _remember(self, outlook: Outlook) -> None:
        if outlook.sight is not self._sight or len(self._last) > 10_000:
            self._last.clear()
        self._last[outlook.wanted] = outlook


def _read(answer: Mapping[str, Any]) -> Verdict:
    obstacle = answer.get("obstacle", {})
    return Verdict(
        now=answer["now"],
        ever=answer["ever"],
        obstacle=obstacle.get("kind", ""),
        clause=obstacle.get("clause", ""),
        most=obstacle.get("most", {}),
    )
