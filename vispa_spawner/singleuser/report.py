"""Telling the hub on which port this server listens."""

import asyncio
import json
import os

from tornado.httpclient import AsyncHTTPClient, HTTPClientError

_TRIES = 8


async def report(url: str, port: int) -> None:
    """Post the port, again and again with growing pauses while the hub cannot be reached.

    The hub takes the address from the connection itself. A refusal (4xx) is final and raised;
    so is the last failure after about two minutes.
    """
    for attempt in range(_TRIES):
        try:
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
        except HTTPClientError as error:
            if error.code < 500 or attempt == _TRIES - 1:
                raise
        except OSError:
            if attempt == _TRIES - 1:
                raise
        else:
            return
        await asyncio.sleep(2**attempt / 2)
