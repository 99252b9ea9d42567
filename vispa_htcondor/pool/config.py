"""Write the configuration of a personal pool."""

from dataclasses import dataclass
from pathlib import Path

from .release import Release


@dataclass(frozen=True)
class Settings:
    """What one pool is to be."""

    folder: Path
    release: Release
    marker: str
    cores: int
    memory_mb: int
    owner: str
    as_root: bool
    extra: str = ""


def render(settings: Settings) -> str:
    """Return the text of the pool's condor_config."""
    security = _AS_ROOT if settings.as_root else _AS_USER
    text = _COMMON.format(s=settings, r=settings.release) + security.format(s=settings)
    extra = settings.extra.strip()
    return f"{text}\n# Your own settings.\n{extra}\n" if extra else text


_COMMON = """\
# A personal HTCondor pool, written by `vispa pool start`. It is written anew at every start.

# The programs.
RELEASE_DIR = {r.bin.parent}
BIN = {r.bin}
SBIN = {r.sbin}
LIBEXEC = {r.libexec}
LIB = {r.lib}

# Everything the pool writes stays in its own folder: no file of the system or the home is used.
LOCAL_DIR = {s.folder}
ETC = $(LOCAL_DIR)/etc
LOG = $(LOCAL_DIR)/log
SPOOL = $(LOCAL_DIR)/spool
EXECUTE = $(LOCAL_DIR)/execute
LOCK = $(LOCAL_DIR)/lock
RUN = $(LOCAL_DIR)/run
LOCAL_CONFIG_FILE =
LOCAL_CONFIG_DIR =
USER_CONFIG_FILE =
CREATE_LOCKS_ON_LOCAL_DISK = FALSE

use ROLE:Personal

# This machine only, on ports nobody has to choose: the daemons share one free port, and whoever
# wants to talk to them reads its number from this file. So pools can run side by side.
CONDOR_HOST = 127.0.0.1
NETWORK_INTERFACE = 127.0.0.1
BIND_ALL_INTERFACES = FALSE
ENABLE_IPV6 = FALSE
COLLECTOR_HOST = 127.0.0.1:0
COLLECTOR_ADDRESS_FILE = $(LOG)/.collector_address
SHARED_PORT_PORT = 0

# No name is looked up: without a reachable DNS server every look-up would wait for minutes.
NO_DNS = TRUE
DEFAULT_DOMAIN_NAME = vispa.pool
UID_DOMAIN = vispa.pool
TRUST_UID_DOMAIN = TRUE
FILESYSTEM_DOMAIN = vispa.pool

# One machine that jobs cut their slots from. The numbers are what jobs may ask for, they need not
# be what the machine has.
NUM_CPUS = {s.cores}
MEMORY = {s.memory_mb}
use FEATURE:PartitionableSlot

# Interactive: a person waits for each job, so look for a match at once, not once a minute.
NEGOTIATOR_INTERVAL = 5
NEGOTIATOR_MIN_INTERVAL = 1
NEGOTIATOR_CYCLE_DELAY = 1
SCHEDD_MIN_INTERVAL = 1
SCHEDD_INTERVAL = 30
# From then on condor_ssh_to_job can reach a job (if there is an sshd on this machine).
STARTER_INITIAL_UPDATE_INTERVAL = 1

# Jobs see the machine's /tmp and /dev/shm: a pool started by a user, or in a container, may not
# mount others. Nor does it get a cgroup of its own to divide.
MOUNT_UNDER_SCRATCH =
MOUNT_PRIVATE_DEV_SHM = FALSE
BASE_CGROUP =

# The machine's kernel stays as it is, even when root starts the pool.
ENABLE_KERNEL_TUNING = FALSE

# `vispa pool stop` recognises every process of this pool by this, jobs included.
STARTER_JOB_ENVIRONMENT = "{s.marker}"

# Whoever asks for something shows by a file which account they are.
SEC_DEFAULT_AUTHENTICATION = REQUIRED
SEC_DEFAULT_AUTHENTICATION_METHODS = FS
# Newer clients (25.x, the Python bindings among them) expect the daemon's address in that file's
# name, which older daemons (23.x) do not write. Here all of it happens on the loopback interface.
SEC_FS_ENFORCE_CHANNEL_BINDING = FALSE
COLLECTOR_BOOTSTRAP_SSL_CERTIFICATE = FALSE
"""

_AS_USER = """
# Started by a user: all jobs run as {s.owner}, and nobody else may see or use this pool.
ALLOW_READ = {s.owner}@$(UID_DOMAIN)
ALLOW_WRITE = {s.owner}@$(UID_DOMAIN)
ALLOW_DAEMON = {s.owner}@$(UID_DOMAIN)
ALLOW_NEGOTIATOR = {s.owner}@$(UID_DOMAIN)
ALLOW_ADMINISTRATOR = {s.owner}@$(UID_DOMAIN)
"""

_AS_ROOT = """
# Started by root: every account of this machine may submit, and jobs run as their owners.
ALLOW_READ = *
ALLOW_WRITE = *@$(UID_DOMAIN)
ALLOW_DAEMON = condor@$(UID_DOMAIN)
ALLOW_NEGOTIATOR = condor@$(UID_DOMAIN)
ALLOW_ADMINISTRATOR = root@$(UID_DOMAIN) condor@$(UID_DOMAIN)
"""
