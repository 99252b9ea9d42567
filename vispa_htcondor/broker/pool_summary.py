"""The numbers of a pool: sums of its slots, and what its daemons tell of people and groups."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from vispa_htcondor.broker.slot_ads import Slot

PROJECTION = (
    "IdleJobs", "RunningJobs", "Priority", "IsAccountingGroup", "WeightedResourcesUsed",
    "EffectiveQuota", "SurplusPolicy", "LastUpdate", "LastNegotiationCycleEnd0",
)  # fmt: skip
CONSTRAINT = 'MyType == "Submitter" || MyType == "Accounting" || MyType == "Negotiator"'

_SIZES = (("cores", "Cpus"), ("memory_mb", "Memory"), ("gpus", "GPUs"))


def slots_in_numbers(all_slots: Sequence[Slot], usable: Sequence[Slot]) -> dict[str, Any]:
    """Sum up the slots that take servers at all; in the use of people all slots count."""
    types: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for slot in usable:
        for name, free in slot.gpu_types():
            types[name][0] += 1
            types[name][1] += free
    return {
        "machines": len({slot.machine for slot in all_slots}),
        "usable_machines": len({slot.machine for slot in usable}),
        "total": {name: sum(slot.total(what) for slot in usable) for name, what in _SIZES},
        "free": {name: sum(slot.free(what) for slot in usable) for name, what in _SIZES},
        "largest_free": _largest(_sizes(slot.free(what) for _, what in _SIZES) for slot in usable),
        "gpu_types": [
            {"name": name, "total": total, "free": free}
            for name, (total, free) in sorted(types.items())
        ],
        "users": _users(all_slots),
    }


def daemons_in_numbers(ads: Iterable[Any]) -> dict[str, Any]:
    """Read who waits with which priority, what groups have, and when jobs were last matched."""
    waiting: dict[str, int] = defaultdict(int)
    priorities: dict[str, float] = {}
    groups = {}
    negotiated_at = 0
    for ad in ads:
        name, kind = str(ad.get("Name")), ad.get("MyType")
        if kind == "Submitter":
            waiting[name] += int(ad.get("IdleJobs") or 0)
            continue
        # The negotiator tells of itself every five minutes, of people after each of its rounds.
        last = ad.get("LastUpdate") or ad.get("LastNegotiationCycleEnd0") or 0
        negotiated_at = max(negotiated_at, int(last))
        if kind == "Negotiator":
            continue
        if ad.get("IsAccountingGroup"):
            groups[name] = {
                "used": float(ad.get("WeightedResourcesUsed") or 0),
                "quota": float(ad.get("EffectiveQuota") or 0),
                "surplus": ad.get("SurplusPolicy", "no") != "no",
            }
        else:
            priorities[name] = float(ad.get("Priority") or 0)
    return {
        "waiting": dict(waiting),
        "priorities": priorities,
        "groups": groups,
        "negotiated_at": negotiated_at,
    }


def _users(slots: Iterable[Slot]) -> dict[str, dict[str, int]]:
    users: dict[str, dict[str, int]] = {}
    for slot in slots:
        for owner, *sizes in slot.users():
            sums = users.setdefault(owner, {"jobs": 0, **_sizes([0, 0, 0])})
            sums["jobs"] += 1
            for (name, _), size in zip(_SIZES, sizes, strict=True):
                sums[name] += size
    return users


def _sizes(values: Iterable[int]) -> dict[str, int]:
    return dict(zip((name for name, _ in _SIZES), values, strict=True))


def _largest(sizes: Iterable[dict[str, int]]) -> dict[str, int]:
    return max(sizes, key=lambda size: tuple(size.values()), default=_sizes([0, 0, 0]))
