"""Look at a pool: find its daemons, read their settings, send probes, and judge what was seen."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from vispa_htcondor.broker import Broker
from vispa_htcondor.doctor import account, daemons, endings, eviction, latency, stuck
from vispa_htcondor.doctor.daemons import Daemon, Rounds, Worker
from vispa_htcondor.doctor.finding import Finding, Line
from vispa_htcondor.doctor.probing import Probing
from vispa_htcondor.doctor.waiting import Wait
from vispa_htcondor.errors import HTCondorError, Unavailable
from vispa_htcondor.model import Slot

_CHANNEL_BINDING = "SEC_FS_ENFORCE_CHANNEL_BINDING"


@dataclass
class Examination:
    """All that was seen, as far as it went, and what it means."""

    negotiator: Daemon | None = None
    schedd: Daemon | None = None
    startd: Daemon | None = None
    workers: list[Worker] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def status(self) -> int:
        """The exit status: 0 all is well, 1 something is at fault, 3 it could not be measured."""
        levels = {finding.level for finding in self.findings}
        return 1 if "fault" in levels else 3 if "unknown" in levels else 0


async def examine(broker: Broker, probing: Probing, jobs: int, seconds: float) -> Examination:
    """Do all of it. `jobs` may be 0: then only settings are looked at."""
    seen = Examination()
    if jobs and os.geteuid() == 0:
        jobs = 0
        seen.findings.append(Finding(
            "unknown", "probe",
            "Root cannot submit jobs to HTCondor, so nothing was measured; only the settings were"
            " looked at. Call this as an ordinary account that may submit.",
        ))  # fmt: skip
    rounds, defrag = await _look_around(broker, seen)
    slots = None
    if jobs and seen.schedd:
        slots = await _send_probes(broker, probing, jobs, seconds, seen)
    seen.waits = probing.probed.waits
    seen.findings += _judge(probing, seen, rounds, defrag, slots)
    return seen


async def _look_around(broker: Broker, seen: Examination) -> tuple[Rounds, bool]:
    """Find daemons and workers; what does not answer is a finding, and the rest goes on."""
    rounds, defrag = Rounds(0), False
    try:
        seen.schedd = await _daemon(
            broker, "schedd", await broker.call("find_schedd"), daemons.SCHEDD
        )
    except HTCondorError as error:
        seen.findings.append(_silent("The queue (schedd) does not answer", "schedd", error))
    try:
        ads = await _query(broker, "Negotiator", Rounds.PROJECTION)
        if ads:
            rounds = Rounds.from_ad(ads[0])
            seen.negotiator = await _daemon(broker, "negotiator", ads[0], daemons.NEGOTIATOR)
        defrag = bool(await _query(broker, "Defrag", ("Name",)))
        ads = await broker.call(
            "query_slots", constraint=Slot.CONSTRAINT, projection=list(Worker.PROJECTION)
        )
        seen.workers = [Worker.from_ad(ad) for ad in ads]
        if ads:
            seen.startd = await _daemon(broker, "startd", ads[0], daemons.STARTD)
    except HTCondorError as error:
        seen.findings.append(_silent("The pool (collector) does not answer", "collector", error))
    return rounds, defrag


async def _query(broker: Broker, kind: str, projection: Sequence[str]) -> list[dict[str, Any]]:
    ads: list[dict[str, Any]] = await broker.call(
        "query_daemons", kind=kind, projection=list(projection)
    )
    return ads


async def _daemon(broker: Broker, kind: str, ad: dict[str, Any], names: Sequence[str]) -> Daemon:
    """Ask a daemon for its settings; when it does not tell, take those of the machine here."""
    machine, version = str(ad.get("Machine") or "?"), daemons.version_of(ad.get("CondorVersion"))
    try:
        settings = await broker.call(
            "daemon_settings", address=str(ad.get("MyAddress")), names=list(names)
        )
    except HTCondorError:  # it may not be for everybody to ask; the report says whose values it has
        settings = await broker.call("local_settings", names=list(names))
        return Daemon(kind, machine, version, settings, asked=False)
    return Daemon(kind, machine, version, settings)


async def _send_probes(
    broker: Broker, probing: Probing, jobs: int, seconds: float, seen: Examination
) -> list[Slot] | None:
    try:
        await probing.go(jobs, seconds)
    except Unavailable as error:
        seen.findings.append(_silent("The queue (schedd) went silent", "schedd", error))
    except HTCondorError as error:
        seen.findings.append(Finding("fault", "probe", f"HTCondor does not take a probe: {error}"))
    if probing.probed.stuck is None:
        return None
    try:
        ads = await broker.call(
            "query_slots", constraint=Slot.CONSTRAINT, projection=list(Slot.PROJECTION)
        )
    except HTCondorError:  # then the sentence is that the collector does not tell
        return None
    return [Slot.from_ad(ad) for ad in ads]


def _judge(
    probing: Probing, seen: Examination, rounds: Rounds, defrag: bool, slots: list[Slot] | None
) -> Iterator[Finding]:
    probed = probing.probed
    if probed.stuck is not None:
        waited = probed.waits[-1].seconds if probed.waits else 0
        yield stuck.judge(stuck.Stuck(
            probed.stuck.job, waited, probed.stuck.rejection, slots, seen.negotiator, seen.schedd
        ))  # fmt: skip
    yield from latency.judge(probed.waits, seen.negotiator, seen.schedd, rounds)
    yield from account.judge(probed.exit_codes, probing.identity.name, seen.schedd, seen.workers)
    yield from eviction.judge(seen.negotiator, seen.startd, seen.workers, defrag)
    yield from endings.run_time_limit(seen.schedd)
    yield from endings.lease(probed.lease)


def _silent(what: str, topic: str, error: HTCondorError) -> Finding:
    lines: tuple[Line, ...] = ()
    if _CHANNEL_BINDING in str(error):
        lines = (Line("here", _CHANNEL_BINDING, "FALSE", "HTCondor here is older than 25.14"),)
        return Finding("fault", topic, f"{what}. {error}", lines)
    return Finding("unknown", topic, f"{what}, so nothing could be measured. {error}", lines)
