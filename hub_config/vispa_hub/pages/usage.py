"""What a person has running, and what there is for the person's group."""

from dataclasses import dataclass

from vispa_htcondor.explain.amounts import count, gigabytes
from vispa_htcondor.identity import Identity
from vispa_htcondor.model import JobStatus
from vispa_htcondor.view import Group, Sight, Use
from vispa_spawner.account import UnixAccounts
from vispa_spawner.backend_spawner import BackendSpawner
from vispa_spawner.cluster.hub_client import client_of
from vispa_spawner.limits import Limits


@dataclass(frozen=True)
class Usage:
    """One person's part of the hub and the cluster; `most_servers` of 0 stands for any number."""

    servers: int
    most_servers: int
    jobs: Use
    group_name: str
    group: Group | None

    def sentences(self) -> list[str]:
        """Say it in words; what is nothing, or goes without saying, is left out."""
        said = []
        if self.most_servers > 1:
            said.append(f"You run {self.servers} of {self.most_servers} servers.")
        elif self.servers:
            said.append(f"You run {count(self.servers, 'server')}.")
        if self.jobs.jobs:
            parts = [count(self.jobs.cores, "core"), gigabytes(self.jobs.memory_mb)]
            if self.jobs.gpus:
                parts.append(count(self.jobs.gpus, "GPU"))
            jobs = count(self.jobs.jobs, "running job")
            said.append(f"Your {jobs} on the cluster {_have(self.jobs.jobs)} {', '.join(parts)}.")
        if self.group is not None:
            said.append(
                f"Your group {self.group_name} has {self.group.used:g} of its "
                f"{self.group.quota:g} cores in use."
            )
        return said


def usage_of(spawner: BackendSpawner, limits: Limits, sight: Sight, most_servers: int) -> Usage:
    """Put together what the hub and the last looks at queue and pool know; asks nobody."""
    name = next(iter(limits.cluster.accounting_groups), "")
    return Usage(
        servers=sum(1 for one in spawner.user.spawners.values() if one.active),
        most_servers=most_servers,
        jobs=_jobs(spawner, sight),
        group_name=name,
        group=sight.groups.get(name),
    )


def account_of(spawner: BackendSpawner) -> str:
    """Return the account in whose name the person's jobs are."""
    own = isinstance(spawner.accounts, UnixAccounts)
    return str(spawner.user.name) if own else Identity.current().name


def _jobs(spawner: BackendSpawner, sight: Sight) -> Use:
    """Sum up the person's jobs. In a shared account, only servers tell whose they are."""
    if isinstance(spawner.accounts, UnixAccounts):
        return sight.use_of(account_of(spawner))
    snapshot = client_of(spawner).watch.snapshot
    mine = [
        job
        for job in (snapshot.jobs if snapshot else ())
        if job.user == spawner.user.name and job.status is JobStatus.RUNNING
    ]
    return Use(
        jobs=len(mine),
        cores=sum(job.cpus for job in mine),
        memory_mb=sum(job.memory_mb for job in mine),
        gpus=sum(job.gpus for job in mine),
    )


def _have(number: int) -> str:
    return "has" if number == 1 else "have"
