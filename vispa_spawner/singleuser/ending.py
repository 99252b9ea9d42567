"""A server whose time is limited ends itself when it is over, in order and with exit code 0.

HTCondor would end it, too, a little later and by a signal; that is left for servers that hang.
"""

from __future__ import annotations

import asyncio
import os
import time
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

_LOOK_AGAIN = 30.0
"""Seconds between looks at the clock, which may be set while the server runs."""

_tasks: set[asyncio.Task[None]] = set()  # the loop itself does not keep them


def end_in_time(app: ServerApp) -> None:
    """Stop `app` at the time in VISPA_ENDS, if there is one; needs a running event loop."""
    if ends := os.environ.get("VISPA_ENDS"):
        task = asyncio.ensure_future(_end(app, datetime.fromisoformat(ends)))
        _tasks.add(task)
        task.add_done_callback(_tasks.discard)


async def _end(app: ServerApp, ends: datetime) -> None:
    while (left := ends.timestamp() - time.time()) > 0:  # noqa: ASYNC110 - nothing tells when
        await asyncio.sleep(min(left, _LOOK_AGAIN))
    app.log.info("The time of this server is over: it ends, with its kernels and terminals.")
    app.stop()
