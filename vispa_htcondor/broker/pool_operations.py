"""What a worker can tell of the pool: one query of the collector, kept here for all matches."""

import time
from dataclasses import dataclass, field
from typing import Any

import htcondor2

from vispa_htcondor.broker import pool_summary, slot_ads
from vispa_htcondor.broker.daemons import collector, reach
from vispa_htcondor.broker.job_ad import job_ad, references
from vispa_htcondor.broker.obstacle import obstacle
from vispa_htcondor.broker.slot_ads import Slot
from vispa_htcondor.broker.willing import willing

_CONSTRAINT = f"({slot_ads.CONSTRAINT}) || {pool_summary.CONSTRAINT}"
_DAEMONS = {"Submitter", "Accounting", "Negotiator"}
_PEOPLE = {"owner", "user", "acctgroup", "acctgroupuser", "accountinggroup"}


@dataclass
class _Seen:
    """The last look: its number, and its slots."""

    number: int = 0
    slots: list[Slot] = field(default_factory=list)


_seen = _Seen()


def look_at_pool(usual: dict[str, Any], requirements: list[str]) -> dict[str, Any]:
    """Ask the collector once, keep the slots for `match_job`, and return the pool's numbers.

    `usual` is a `Wanted` with what every server here must have: slots that would not take it in
    any size do not count. The attributes that `requirements` speak of are asked for, too; what
    slots' own expressions need comes along by itself. The numbers are those of `Sight`.
    """
    asked = {*slot_ads.PROJECTION, *pool_summary.PROJECTION}
    asked |= {name for one in requirements for name in references(one)}
    ads = reach(lambda: collector().query(htcondor2.AdType.Any, _CONSTRAINT, sorted(asked)))
    _seen.number += 1
    _seen.slots = slot_ads.slots_of(ad for ad in ads if ad.get("MyType") not in _DAEMONS)
    usable = willing(usual, _seen.slots)
    return {
        "number": _seen.number,
        "at": time.time(),
        "personal": any(_asks_who(slot) for slot in _seen.slots),
        **pool_summary.slots_in_numbers(_seen.slots, usable),
        **pool_summary.daemons_in_numbers(ad for ad in ads if ad.get("MyType") in _DAEMONS),
    }


def match_job(look: int, wanted: dict[str, Any]) -> dict[str, Any] | None:
    """Match a job with the slots of the last look; None when that was not look number `look`.

    Returns on how many machines it would start ``"now"``, how many could ``"ever"`` take it when
    they are empty, and when there are none the ``"obstacle"``.
    """
    if look != _seen.number:
        return None
    job = job_ad(wanted)
    slots = _seen.slots
    now = {slot.machine for slot in slots if slot.may_take and slot.ad.symmetricMatch(job)}
    ever = {slot.machine for slot in slots if slot.empty.symmetricMatch(job)} | now
    found = {} if ever else {"obstacle": obstacle(wanted, slots)}
    return {"now": len(now), "ever": len(ever), **found}


ALL = (look_at_pool, match_job)


def _asks_who(slot: Slot) -> bool:
    """Whether its own expressions look at whose job it is."""
    if "Requirements" not in slot.ad:
        return False
    names = slot.ad.externalRefs(slot.ad.lookup("Requirements"))
    return any(name.rpartition(".")[2].lower() in _PEOPLE for name in names)
