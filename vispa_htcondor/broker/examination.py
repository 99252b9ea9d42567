"""What `vispa doctor` asks of HTCondor, on top of the ordinary operations."""

from collections.abc import Callable
from typing import Any

import classad2
import htcondor2

from vispa_htcondor.broker.daemons import collector, reach, reached_schedd
from vispa_htcondor.broker.plain import plain

_UNSET = "Not defined"  # the words of a daemon for a setting that is there, but empty


def find_schedd() -> dict[str, Any]:
    """Return where this machine's schedd is, and its version; asks the schedd that it is there."""
    reached_schedd()
    ad = reach(lambda: collector().locate(htcondor2.DaemonType.Schedd))
    return plain([ad])[0]


def query_daemons(kind: str, projection: list[str]) -> list[dict[str, Any]]:
    """Return the collector's ads of a kind of daemon: "Negotiator", "Schedd", "Defrag"."""
    return plain(reach(lambda: collector().query(htcondor2.AdType[kind], "true", projection)))


def local_settings(names: list[str]) -> dict[str, str]:
    """Return what this machine's configuration says; settings it does not know are left out."""
    return _known(htcondor2.param, names)


def daemon_settings(address: str, names: list[str]) -> dict[str, str]:
    """Return what a running daemon works with; settings it does not know are left out."""
    location = classad2.ClassAd({"MyAddress": address})
    parameters = reach(lambda: htcondor2.RemoteParam(location))
    return _known(parameters, names)


def submit_bare(commands: dict[str, str]) -> int:
    """Submit one job that brings no files; returns its cluster id."""
    return int(reached_schedd().submit(htcondor2.Submit(commands), 1).cluster())


OPERATIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (find_schedd, query_daemons, local_settings, daemon_settings, submit_bare)
}


def _known(parameters: Any, names: list[str]) -> dict[str, str]:
    # HTCondor's names have no case, the mapping's keys do.
    keys = {key.upper(): key for key in parameters}
    values = {name: str(parameters[keys[name]]) for name in names if name in keys}
    return {name: value for name, value in values.items() if value != _UNSET}
