"""The answer to those who look at the pool, as JSON."""

import time
from typing import Any

from vispa_htcondor import explain
from vispa_htcondor.view import Outlook, Sight, Size
from vispa_hub.pages.usage import Usage


def in_numbers(sight: Sight, usage: Usage, outlook: Outlook | None) -> dict[str, Any]:
    """Write down the pool, the person's part of it, and the match of a size if there is one."""
    answer: dict[str, Any] = {
        "age": round(max(0.0, time.time() - sight.at), 1),
        "machines": sight.machines,
        "usable_machines": sight.usable_machines,
        "total": _size(sight.total),
        "free": _size(sight.free),
        "largest_free": _size(sight.largest_free),
        "gpu_types": [
            {"name": one.name, "total": one.total, "free": one.free} for one in sight.gpu_types
        ],
        "idle_jobs": sight.idle_jobs(),
        "you": {
            "servers": usage.servers,
            "most_servers": usage.most_servers or None,
            "jobs": usage.jobs.jobs,
            **_size(Size(usage.jobs.cores, usage.jobs.memory_mb, usage.jobs.gpus)),
            "group": usage.group
            and {
                "name": usage.group_name,
                "cores_used": usage.group.used,
                "cores_quota": usage.group.quota,
            },
            "sentences": usage.sentences(),
        },
    }
    if outlook is not None:
        wanted = outlook.wanted
        answer["match"] = {
            "answer": outlook.answer,
            "sentence": explain.wish(outlook),
            "machines_now": outlook.verdict.now,
            "machines_ever": outlook.verdict.ever,
            "idle_jobs_ahead": sight.idle_jobs_ahead(wanted.owner, wanted.group),
        }
    return answer


def _size(size: Size) -> dict[str, float]:
    return {
        "cores": size.cores,
        "memory_gb": round(size.memory_mb / 1024, 1),
        "gpus": size.gpus,
    }
