"""Tunnels to servers: are the programs there that build them."""

import shutil

from vispa_hub.check.finding import Finding, failed, off, ok
from vispa_hub.check.waiting import in_thread
from vispa_hub.settings import Settings

PART = "tunnel"

_HINTS = {
    "condor_ssh_to_job": "it is one of HTCondor's programs: put the folder of condor_q on the "
    "PATH of the hub",
    "ssh": "install it (Debian: openssh-client)",
}


async def probe(settings: Settings, deadline: float) -> list[Finding]:
    """Look for them on the hub's PATH. What workers have, only a server that starts there shows."""
    if not settings.cluster.enabled or not settings.cluster.tunnel:
        return [off(PART, "cluster.tunnel is false: the hub connects to servers on the workers.")]
    missing = await in_thread(_missing)
    if missing:
        return [failed(PART, f"There is no {name} here: {_HINTS[name]}.") for name in missing]
    return [ok(PART, "Servers are reached by condor_ssh_to_job. Each worker needs an sshd.")]


def _missing() -> list[str]:
    return [name for name in _HINTS if shutil.which(name) is None]
