"""Telling the hub on which port this server listens."""

import asyncio
import json
import os
import time

from tornado.httpclient import AsyncHTTPClient, HTTPClientError

PATIENCE = 600.0
"""Seconds to go on trying: a hub may be restarted, or have its start up still before it."""

_FINAL = {400, 401, 403}
_LONGEST_PAUSE = 10.0


async def report(url: str, port: int) -> None:
    """Post the port, again and again with growing pauses until the hub accepts it.

    The hub takes the address from the connection itself. That it does not know of this start
    (404) may mean that it has just been restarted and not taken it up yet. A refusal is final and
    raised; so is the last failure after ten minutes.
    """
    give_up_at = time.monotonic() + PATIENCE
    pause = 0.25
    while True:
        try:
            await _post(url, port)
        except HTTPClientError as error:
            if error.code == 409:  # it was accepted, and the answer was lost
                return
            if error.code in _FINAL or time.monotonic() > give_up_at:
                raise
        except OSError:
            if time.monotonic() > give_up_at:
                raise
        else:
            return
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


async def _post(url: str, port: int) -> None:
    await AsyncHTTPClient().fetch(
        url,
        method="POST",
        headers={
            "Authorization": f"token {os.environ['JUPYTERHUB_API_TOKEN']}",
            "Content-Type": "application/json",
        },
        body=json.dumps({"port": port}),
        request_timeout=20,
    )
