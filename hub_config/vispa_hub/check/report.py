"""Ask all probes at once, and give what they find in the order of the list."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from vispa_hub.check import (
    data_dir,
    extra_config,
    guests,
    htcondor,
    internal_ssl,
    people,
    ports,
    proxy,
    servers,
    tunnel,
)
from vispa_hub.check.finding import Finding, failed
from vispa_hub.settings import Settings

Probe = Callable[[Settings, float], Awaitable[list[Finding]]]

PROBES: dict[str, Probe] = {
    module.PART: module.probe
    for module in (
        data_dir,
        people,
        guests,
        proxy,
        ports,
        internal_ssl,
        servers,
        htcondor,
        tunnel,
        extra_config,
    )
}


async def findings(
    settings: Settings, deadline: float, probes: dict[str, Probe] | None = None
) -> AsyncIterator[Finding]:
    """Yield what each probe finds. None takes longer than its deadline, in seconds, and a bit."""
    tasks = [
        asyncio.create_task(_one(part, probe, settings, deadline))
        for part, probe in (probes or PROBES).items()
    ]
    for task in tasks:
        for finding in await task:
            yield finding


async def _one(part: str, probe: Probe, settings: Settings, deadline: float) -> list[Finding]:
    try:
        async with asyncio.timeout(deadline + 2):  # what the probe waits for has `deadline`
            return await probe(settings, deadline)
    except TimeoutError:
        text = f"No answer within {deadline:g} seconds: a disk or a name service hangs."
        return [failed(part, text)]
    except Exception as error:  # noqa: BLE001 - one broken probe must not hide the others
        return [failed(part, f"It could not be looked at ({type(error).__name__}: {error}).")]
