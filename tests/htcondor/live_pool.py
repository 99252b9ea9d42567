"""A real pool with slots of different kinds, GPUs that are made up, and groups with quotas."""

import asyncio
import os
import pwd
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field

import pytest

from tests.pool.people import Person, folder_of, new_account
from vispa_htcondor.broker import Broker
from vispa_htcondor.client import Client
from vispa_htcondor.identity import Identity
from vispa_htcondor.pool.debian import DEFAULT_SUITE
from vispa_htcondor.submit import Request, ServerJob
from vispa_htcondor.view import PoolView, Sight

CORES, MEMORY = 64, 20_000

_GPUS = """#!/bin/sh
cat <<'end'
DetectedGPUs="GPU-aaaa1111, GPU-bbbb2222, GPU-cccc3333"
Common=[ DriverVersion=12.2; ]
GPU_aaaa1111=[ id="GPU-aaaa1111"; Capability=8.0; DeviceName="NVIDIA A100"; ]
GPU_bbbb2222=[ id="GPU-bbbb2222"; Capability=8.0; DeviceName="NVIDIA A100"; ]
GPU_cccc3333=[ id="GPU-cccc3333"; Capability=7.5; DeviceName="Tesla T4"; ]
end
"""

# Most of the machine is one partitionable slot. Two static ones take only jobs of two cores.
_CONFIG = """
MACHINE_RESOURCE_INVENTORY_GPUs = {folder}/gpus
SLOT_TYPE_1 = cpus=48,memory=16000,gpus=3,disk=50%
SLOT_TYPE_2 = cpus=8,memory=2000,gpus=0,disk=25%
NUM_SLOTS_TYPE_2 = 2
SLOT_TYPE_2_START = TARGET.RequestCpus >= 2
GROUP_NAMES = group_small
GROUP_QUOTA_group_small = 4
GROUP_ACCEPT_SURPLUS = FALSE
NEGOTIATOR_INTERVAL = 2
"""

_START = """
import sys
from pathlib import Path
from vispa_htcondor.pool import Pool
folder, suite, cores, memory, extra = sys.argv[1:]
Pool(Path(folder), int(cores), int(memory), suite=suite, extra_config=extra).start()
"""


@dataclass
class LivePool:
    """The pool, and one account that uses it; `view` never keeps what it saw."""

    person: Person
    client: Client
    view: PoolView
    _spawns: list[str] = field(default_factory=list)

    @property
    def identity(self) -> Identity:
        return Identity.of(self.person.name)

    async def submit(self, request: Request, seconds: int) -> int:
        """Submit a job of this size that sleeps; returns its cluster id."""
        spawn = secrets.token_hex(16)
        job = ServerJob(
            executable="/bin/sleep",
            arguments=[str(seconds)],
            folder=f"{self.person.folder}/jobs/{spawn}",
            request=request,
            stamp={"VispaHub": self.client.hub, "VispaSpawn": spawn},
        )
        return await self.client.submit(self.identity, job, {})

    async def idle(self) -> set[int]:
        """Return the jobs that wait."""
        ads = await self.client.broker.call(
            "query_jobs", constraint="JobStatus == 1", projection=["ClusterId"]
        )
        return {ad["ClusterId"] for ad in ads}

    async def settled(self) -> Sight:
        """Wait until several rounds of negotiation have changed nothing, and look."""
        before, quiet = await self.idle(), 0
        sight = await self.view.look()
        while quiet < 3:
            after = await self._next_round(sight.negotiated_at)
            idle = await self.idle()
            quiet = quiet + 1 if (idle, after.free) == (before, sight.free) else 0
            before, sight = idle, after
        return sight

    async def empty(self) -> None:
        """Remove all jobs, and wait until no machine has one any more."""
        await self.client.broker.call("act", action="Remove", constraint="true", reason="test")
        sight = await self.view.look()
        while sight.users:
            await asyncio.sleep(0.2)
            sight = await self.view.look()

    async def _next_round(self, last: int) -> Sight:
        while True:
            sight = await self.view.look()
            if sight.negotiated_at > last:
                return sight
            await asyncio.sleep(0.2)


@pytest.fixture(scope="module")
async def live() -> AsyncIterator[LivePool]:
    async with AsyncExitStack() as stack:
        account = (
            stack.enter_context(new_account("vispa-live"))
            if os.geteuid() == 0
            else pwd.getpwuid(os.geteuid())
        )
        folder = stack.enter_context(folder_of(account))
        person = Person(account.pw_name, account.pw_uid, account.pw_gid, folder)
        stack.enter_context(_running(person))
        environment = {"CONDOR_CONFIG": f"{folder}/pool/condor_config"}
        client = Client("live", environment)
        # The pool belongs to its account, and answers nobody else.
        identity = Identity.of(person.name)
        client.broker = Broker(identity, environment)
        view = PoolView(Broker(identity, environment), fresh=0)
        stack.push_async_callback(client.close)
        stack.push_async_callback(view.close)
        yield LivePool(person, client, view)


@contextmanager
def _running(person: Person):  # type: ignore[no-untyped-def]
    pool = person.folder / "pool"
    person.write("gpus", _GPUS).chmod(0o755)
    suite = os.environ.get("VISPA_TEST_SUITE", DEFAULT_SUITE)
    extra = _CONFIG.format(folder=person.folder)
    done = person.run("python", "-c", _START, str(pool), suite, str(CORES), str(MEMORY), extra)
    try:
        assert done.returncode == 0, done.stderr
        yield
    finally:
        person.run("vispa", "pool", "stop", "--dir", str(pool))
