"""What can be read of a server by everybody, and what it can change of its spawner itself."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

from benchmarks.condor.hub import Hub
from benchmarks.condor.schedd import Schedd
from benchmarks.condor.stand_in import REPORTED
from benchmarks.faults.settling import Settling

_SERVERS = [f"server{number}" for number in range(3)]
_OPTIONS = {"changed_by": "the server"}


def read_the_queue(schedd: Schedd, hub: Hub, _: Settling) -> Sequence[int]:
    """Count the servers whose API token is in what `condor_q -all -l` shows everybody."""
    hub.api.start_servers(_SERVERS)
    shown = "\n\n".join(schedd.ads())
    return [sum(_reported(hub, user)["token"] in shown for user in _SERVERS)]


def report_more_than_a_port(_: Schedd, hub: Hub, __: Settling) -> Sequence[int]:
    """Repeat each server's report with a key too many; count the spawners that took it over.

    The key is `user_options`, because the hub's API shows it: what a person asked for, and of
    what the peer makes its next job.
    """
    hub.api.start_servers(_SERVERS)
    for user in _SERVERS:
        reported = _reported(hub, user)
        httpx.post(
            reported["url"],
            json={"port": reported["port"], "user_options": _OPTIONS},
            headers={"Authorization": f"token {reported['token']}"},
            trust_env=False,
        )
    servers = [server for user in _SERVERS for server in hub.api.servers(user)]
    return [sum(server["user_options"] == _OPTIONS for server in servers)]


def _reported(hub: Hub, user: str) -> dict[str, Any]:
    file = Path(hub.setup.home_of(user), REPORTED)
    reported: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return reported
