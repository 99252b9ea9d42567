"""Questions about the jobs of one hub, in the queue and in the history."""

from vispa_htcondor.broker import Broker
from vispa_htcondor.model import Job
from vispa_htcondor.submit import classad_string

_DAY = 86400


class Jobs:
    """Finds jobs that carry the mark of the hub `hub`."""

    def __init__(self, broker: Broker, hub: str) -> None:
        """Ask through `broker`."""
        self.broker = broker
        self.hub = hub
        self.constraint = f"VispaHub =?= {classad_string(hub)}"

    async def find(self, spawn: str, cluster: int = 0, owner: str = "") -> Job | None:
        """Look for the job of a spawn in the queue, now, without the shared snapshot.

        With its number `cluster` or its `owner`, no other person's job that carries the same marks
        can be taken for it.
        """
        ads = await self.broker.call(
            "query_jobs",
            constraint=self.of_spawn(spawn, cluster, owner),
            projection=list(Job.PROJECTION),
        )
        return Job.from_ad(ads[0]) if ads else None

    async def ended(self, spawn: str, cluster: int = 0, owner: str = "") -> Job | None:
        """Look for the job of a spawn in the history; None when it is not there (yet)."""
        ads = await self.broker.call(
            "query_history",
            constraint=self.of_spawn(spawn, cluster, owner),
            projection=list(Job.PROJECTION),
            limit=1,
        )
        return Job.from_ad(ads[0]) if ads else None

    async def job(self, cluster: int) -> Job | None:
        """Look for a job of this hub by its number, in the queue and then in the history."""
        constraint = f"{self.constraint} && ClusterId == {int(cluster)}"
        projection = list(Job.PROJECTION)
        ads = await self.broker.call("query_jobs", constraint=constraint, projection=projection)
        ads = ads or await self.broker.call(
            "query_history", constraint=constraint, projection=projection, limit=1
        )
        return Job.from_ad(ads[0]) if ads else None

    async def history(self, user: str = "", since: int = 0, limit: int = 100) -> list[Job]:
        """Return up to `limit` ended jobs of this hub, or of one user of it, the newest first.

        With `since`, only those that ended after that moment (seconds since 1970). The history is
        then read back to a day before it, for it is only roughly in order.
        """
        constraint = f"{self.constraint} && EnteredCurrentStatus >= {int(since)}"
        if user:
            constraint += f" && VispaUser =?= {classad_string(user)}"
        ads = await self.broker.call(
            "query_history",
            constraint=constraint,
            projection=list(Job.PROJECTION),
            limit=limit,
            until=f"EnteredCurrentStatus < {int(since) - _DAY}" if since else "",
        )
        return [Job.from_ad(ad) for ad in ads]

    def of_spawn(self, spawn: str, cluster: int = 0, owner: str = "") -> str:
        """Select the job of a spawn. Everybody can copy the marks, but not number and owner."""
        clauses = [self.constraint, f"VispaSpawn =?= {classad_string(spawn)}"]
        if cluster:
            clauses.append(f"ClusterId == {cluster}")
        if owner:
            clauses.append(f"Owner =?= {classad_string(owner)}")
        return " && ".join(clauses)
