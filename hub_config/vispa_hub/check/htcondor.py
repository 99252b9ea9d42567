"""HTCondor: does it answer, and has it anything to run servers on."""

import asyncio
from collections.abc import Awaitable

from vispa_htcondor.broker import Broker
from vispa_htcondor.errors import HTCondorError
from vispa_htcondor.view import PoolView, Wanted
from vispa_hub.check.finding import Finding, failed, off, ok, warning
from vispa_hub.check.waiting import in_thread
from vispa_hub.settings import Settings

PART = "HTCondor"


async def probe(settings: Settings, deadline: float) -> list[Finding]:
    """Ask schedd and collector as the hub does, each through a process that may be killed."""
    if not settings.cluster.enabled:
        return [off(PART, "cluster.enabled is false: all servers run on the login node.")]
    config = settings.cluster.condor_config
    if config and not await in_thread(config.is_file):
        return [failed(PART, f"There is no {config}. Mend cluster.condor_config.")]
    environment = {"CONDOR_CONFIG": str(config)} if config else {}
    answers = await asyncio.gather(
        _asked(
            _schedd(Broker(environment=environment, deadline=deadline)),
            "The queue (schedd) does not answer",
            "condor_q",
        ),
        _asked(
            _pool(
                Broker(environment=environment, deadline=deadline), settings.cluster.requirements
            ),
            "The pool (collector) does not answer",
            "condor_status",
        ),
    )
    return list(answers)


async def _asked(question: Awaitable[Finding], problem: str, tool: str) -> Finding:
    try:
        return await question
    except HTCondorError as error:
        return failed(PART, f"{problem}. {error} Look what this says: {tool}")


async def _schedd(broker: Broker) -> Finding:
    try:
        await broker.call("query_jobs", constraint="false", projection=["ClusterId"])
    finally:
        await broker.close()
    return ok(PART, "The queue (schedd) answers.")


async def _pool(broker: Broker, requirements: str) -> Finding:
    view = PoolView(broker)
    view.usual = Wanted(requirements=requirements)
    try:
        seen = await view.look()
    finally:
        await view.close()
    if not seen.machines:
        return warning(PART, "The pool has no machines, so no server can start on it.")
    if not seen.usable_machines:
        unmet = f"meets cluster.requirements ({requirements})" if requirements else "takes servers"
        return warning(PART, f"None of the pool's {seen.machines} machines {unmet}.")
    return ok(PART, f"The pool has {seen.total.cores} cores on {seen.machines} machines.")
