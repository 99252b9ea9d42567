"""A way to a running job that goes where HTCondor goes, also to workers nobody else can reach.

`condor_ssh_to_job`, run in the name of the job's owner, carries a Unix socket of the job to a
Unix socket here. It is watched, and built anew when it ends before the job does.
"""

from vispa_htcondor.tunnel.doors import Doors
from vispa_htcondor.tunnel.trouble import Trouble, TunnelFailed
from vispa_htcondor.tunnel.tunnel import Tunnel

__all__ = ["Doors", "Trouble", "Tunnel", "TunnelFailed"]
