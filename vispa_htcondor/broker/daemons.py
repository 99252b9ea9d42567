"""The daemons a worker talks to, and the difference between silence and a refusal."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import htcondor2

_OLDER_DAEMONS = "Directory name doesn't match server's network address"


class NoAnswer(Exception):
    """A daemon could not be reached: nothing is known."""


def schedd() -> Any:
    """Return the schedd. Made anew for each use: it pins the address, which a restart changes."""
    return htcondor2.Schedd()


def collector() -> Any:
    """Return the collector."""
    # A personal pool's collector has a port of the system's choice, which its address file tells;
    # HTCondor's tools read that file by themselves, the bindings do not.
    file = htcondor2.param.get("COLLECTOR_ADDRESS_FILE")
    if not str(htcondor2.param.get("COLLECTOR_HOST", "")).endswith(":0") or not file:
        return htcondor2.Collector()
    return htcondor2.Collector(Path(file).read_text(encoding="utf-8").splitlines()[0])


def reach(call: Callable[[], Any]) -> Any:
    """Return what `call` returns; whatever goes wrong in it means that nothing is known."""
    try:
        return call()
    except Exception as error:
        sentence = f"HTCondor cannot be reached: {error}"
        if _OLDER_DAEMONS in str(error):
            # Bindings of 25.14 and later expect more of the proof of identity by a local file.
            sentence += (
                " HTCondor here is older than the Python bindings: set "
                "SEC_FS_ENFORCE_CHANNEL_BINDING = FALSE in its configuration on this machine."
            )
        raise NoAnswer(sentence) from error


def reached_schedd() -> Any:
    """Return the schedd once it has answered: from then on, what goes wrong is a refusal."""
    here = reach(schedd)
    reach(lambda: here.query("false", ["ClusterId"], limit=1))
    return here
