"""Telling the hub where this server listens."""

import asyncio
import json
import os
import ssl
import time
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPClientError

PATIENCE = 600.0
"""Seconds to go on trying: a hub may be restarted, or have its start up still before it."""

_FINAL = {400, 401, 403, 409}
_LONGEST_PAUSE = 10.0


async def report(
    url: str,
    place: dict[str, int | str],
    address: str | None = None,
    context: ssl.SSLContext | None = None,
) -> dict[str, Any]:
    """Post the `place`, again and again with growing pauses until the hub accepts it.

    It is a port, ``{"port": 12345}``, and the hub takes the address from the connection itself,
    which therefore comes from `address`, where the server listens; or a Unix socket,
    ``{"socket": "/path"}``. Returns the hub's answer. That it does not know of this start
    (404) may mean that it has just been restarted and not taken it up yet. A refusal is final and
    raised; so is the last failure after ten minutes.
    """
    give_up_at = time.monotonic() + PATIENCE
    pause = 0.25
    while True:
        try:
            return await _post(url, place, address, context)
        except HTTPClientError as error:
            if error.code in _FINAL or time.monotonic() > give_up_at:
                raise
        except ssl.SSLCertVerificationError:
            raise  # the hub is there, but under another name than in its certificate
        except OSError:
            if time.monotonic() > give_up_at:
                raise
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


async def _post(
    url: str, place: dict[str, int | str], address: str | None, context: ssl.SSLContext | None
) -> dict[str, Any]:
    answer = await AsyncHTTPClient().fetch(
        url,
        method="POST",
        headers={
            "Authorization": f"token {os.environ['JUPYTERHUB_API_TOKEN']}",
            "Content-Type": "application/json",
        },
        body=json.dumps(place),
        request_timeout=20,
        network_interface=address,
        ssl_options=context,
    )
    found: dict[str, Any] = json.loads(answer.body)
    return found
