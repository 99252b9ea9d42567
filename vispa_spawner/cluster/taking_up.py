"""Starts that a previous hub began and did not live to finish.

Their jobs keep their place in the queue. JupyterHub cannot go on with a start that is not its own,
so it is told that the server does not run *yet* and will resume; then it is asked to start it
again, in its person's name, by its own API. That start finds the job instead of submitting one.
"""

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from jupyterhub import orm
from jupyterhub.utils import make_ssl_context, url_path_join
from tornado.httpclient import AsyncHTTPClient, HTTPClientError

from vispa_htcondor.errors import HTCondorError
from vispa_htcondor.identity import Identity
from vispa_htcondor.model import Job
from vispa_spawner.cluster.job import SPAWN_FILE
from vispa_spawner.cluster.lookout import Lookout
from vispa_spawner.cluster.submission import Submission

if TYPE_CHECKING:
    from vispa_spawner.account import Account
    from vispa_spawner.backend_spawner import BackendSpawner
    from vispa_spawner.cluster.hub_client import HubClient
    from vispa_spawner.options import ServerRequest

_TOKEN_LIFE = 1800  # seconds
_PAUSE = 2.0
_TRIES = 300
_NOT_NOW = {429, 599}
"""Too many starts are pending, or there was no answer in time."""

_places = asyncio.Semaphore(8)  # each request takes as long as the hub waits for a slow start


def set_aside(spawner: "BackendSpawner", client: "HubClient", submission: Submission) -> None:
    """Leave the job of a start that was cut off to the start that follows, and ask for that."""
    spawner.left = submission.to_state()
    spawner.will_resume = True  # so that JupyterHub keeps the token that the job has
    client.taking_up.add(submission.spawn)
    client.in_background(start_again(spawner, client, submission))


async def take_up(
    spawner: "BackendSpawner", client: "HubClient", account: "Account", request: "ServerRequest"
) -> Submission | None:
    """Return the job of a start that was cut off, if it is what is wanted now; else give it up."""
    left, spawner.left = Submission.from_state(spawner.left), {}
    if left is None:
        return None
    try:
        if left.account == account.identity.name:
            job = await _still_wanted(client, left, request)
            if job is not None:
                spawner.api_token = await token_of(client, left)
                return replace(left, cluster=job.cluster)
    except asyncio.CancelledError:
        client.orphans.condemn(left.spawn)  # nobody will look for it after this
        raise
    except HTCondorError as error:
        spawner.log.warning("The start of %s begins anew: %s", spawner._log_name, error)
    await give_up(spawner, client, left)
    return None


async def give_up(spawner: "BackendSpawner", client: "HubClient", left: Submission) -> None:
    """Remove the job of a start that was cut off, and what opens anything."""
    client.orphans.condemn(left.spawn)
    try:
        revoke(spawner, await token_of(client, left))
    except HTCondorError as error:
        spawner.log.warning("A token of %s stays: %s", spawner._log_name, error)
    await client.forget_file(left, SPAWN_FILE)


async def _still_wanted(
    client: "HubClient", left: Submission, request: "ServerRequest"
) -> Job | None:
    lookout = Lookout(client, left)
    await client.watch.since(lookout.began)
    job = lookout.job()
    if job is None or left.request != request.model_dump():
        return None
    return job if await lookout.end() is None else None


async def start_again(
    spawner: "BackendSpawner", client: "HubClient", submission: Submission
) -> None:
    """Have the hub start this server, if its job is still there once the queue is in sight."""
    lookout = Lookout(client, submission)
    try:
        while True:
            try:
                await client.watch.since(lookout.began)
            except HTCondorError:
                continue  # the watch has said so, and pauses between its looks
            break
        if lookout.job() is None:
            spawner.log.warning(
                "The job of %s left the queue while the hub was down.", spawner._log_name
            )
            return
        spawner.log.info("Taking up the start of %s again.", spawner._log_name)
        await _ask_the_hub(spawner)
    except (HTTPClientError, OSError) as error:
        # Nobody stands behind the job then, so it is removed like any other orphan.
        spawner.log.warning("%s cannot be started again: %s", spawner._log_name, error)
    finally:
        client.taking_up.discard(submission.spawn)


async def token_of(client: "HubClient", submission: Submission) -> str:
    """Return the server's API token, read from the job's private folder as its owner.

    The hub's database has only a hash of it. Raises HTCondorError with a sentence.
    """
    try:
        identity = await asyncio.to_thread(Identity.of, submission.account)
        text = await client.read(identity, submission.folder, SPAWN_FILE)
        return str(json.loads(text)["environment"]["JUPYTERHUB_API_TOKEN"])
    except (KeyError, ValueError, TypeError) as error:
        raise HTCondorError(f"The spawn file of {submission.account} cannot be read.") from error


def revoke(spawner: "BackendSpawner", token: str) -> None:
    """Delete the token of a server that will not be taken up, if it is this person's."""
    db = spawner.user.db
    if belongs(spawner, token):
        db.delete(orm.APIToken.find(db, token))
        db.commit()


def belongs(spawner: "BackendSpawner", token: str) -> bool:
    """Whether a token is this person's: what the hub can know of a token that it has no copy of."""
    found = orm.APIToken.find(spawner.user.db, token)
    return found is not None and found.user is spawner.user.orm_user


async def _ask_the_hub(spawner: "BackendSpawner") -> None:
    user, server = spawner.user, spawner.name
    token = user.new_api_token(
        note="Go on with a start that the hub's restart interrupted",
        expires_in=_TOKEN_LIFE,
        scopes=[f"servers!server={user.name}/{server}"],
    )
    path = f"servers/{quote(server, safe='')}" if server else "server"
    url = url_path_join(spawner.hub.api_url, "users", user.escaped_name, path)
    try:
        await _post(url, token, spawner)
    finally:
        revoke(spawner, token)


async def _post(url: str, token: str, spawner: "BackendSpawner") -> None:
    """Post until the hub, which may not be up yet, has answered; HTTPClientError when it says no.

    It says no when its person was quicker, and has started the server already or cancelled this.
    """
    settings = spawner.user.settings
    context = make_ssl_context(
        settings.get("internal_ssl_key"),
        settings.get("internal_ssl_cert"),
        cafile=settings.get("internal_ssl_ca"),
    )
    for _ in range(_TRIES):
        try:
            async with _places:
                await AsyncHTTPClient().fetch(
                    url,
                    method="POST",
                    headers={"Authorization": f"token {token}"},
                    body="",
                    ssl_options=context,
                    request_timeout=60,
                )
        except HTTPClientError as error:
            if error.code not in _NOT_NOW:
                raise
            spawner.log.info("The hub takes %s up later: %s", spawner._log_name, error)
        except OSError as error:
            spawner.log.debug("The hub does not answer yet: %s", error)
        else:
            return
        await asyncio.sleep(_PAUSE)
    raise TimeoutError("the hub did not answer")
