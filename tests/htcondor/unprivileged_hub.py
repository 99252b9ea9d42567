"""What a hub without root does with tokens; run by `test_tokens.py` as the account of a service.

Prints one JSON object. ``python -m tests.htcondor.unprivileged_hub KEY FOLDER PLACE JOBS``
"""

import asyncio
import json
import os
import secrets
import sys
from pathlib import Path
from typing import Any

import psutil

from vispa_htcondor.client import Client
from vispa_htcondor.errors import HTCondorError
from vispa_htcondor.identity import Identity
from vispa_htcondor.submit import Request, ServerJob
from vispa_htcondor.submit_as import TokenFolder, Tokens, signing_key

DOMAIN = "vispa.pool"
NAMES = ("vispa-alice", "vispa-bob")


def job(spawn: str, script: str, **stamp: str) -> ServerJob:
    return ServerJob(
        executable="/bin/sh",
        arguments=["-c", script],
        folder=f"/nowhere/servers/{spawn}",
        request=Request(memory_mb=16),
        stamp={"VispaHub": "tokens", "VispaSpawn": spawn, **stamp},
        input_files=["spawn.json"],
    )


def workers() -> list[dict[str, str]]:
    """What each person's worker has in its environment, and the tokens in the folder it names."""
    found = []
    for process in psutil.Process().children():
        environment = process.environ() if process.status() != psutil.STATUS_ZOMBIE else {}
        folder = environment.get("_CONDOR_SEC_TOKEN_DIRECTORY")
        if folder:
            files = list(Path(folder).iterdir())
            found.append({"folder": folder, "token": files[0].read_text(), "files": len(files)})
    return found


async def many(client: Client, place: Path, count: int) -> list[dict[str, Any]]:
    """Submit for both at the same time; each job leaves its secret where everybody may write."""
    people = {name: Identity.of(name) for name in NAMES}

    async def one(name: str) -> dict[str, Any]:
        spawn = secrets.token_hex(8)
        new = f"{place}/{spawn}.new"
        script = f"umask 022; cat spawn.json > {new}; mv {new} {place}/{spawn}"
        files = {"spawn.json": f"secret of {name}"}
        cluster = await client.submit(people[name], job(spawn, script), files)
        return {"name": name, "spawn": spawn, "cluster": cluster}

    return list(await asyncio.gather(*(one(name) for _ in range(count) for name in NAMES)))


async def talking(client: Client) -> dict[str, Any]:
    """Submit a job that runs, look at its output and its files, and remove it with hub's rights."""
    alice = Identity.of(NAMES[0])
    spawn = secrets.token_hex(8)
    folder = Path(f"/nowhere/servers/{spawn}")
    described = job(spawn, "echo first; echo last; sleep 600")
    await client.submit(alice, described, {"spawn.json": "kept until forgotten"})
    kept = await client.read(alice, folder, "spawn.json")
    await client.forget(alice, folder, ["spawn.json"])
    said, held = "", False
    async with asyncio.timeout(90):
        while not said:
            found = await client.find(spawn)
            held = held or bool(found and found.hold)
            said = await client.tail(alice, folder, "server.log", lines=1)
    removed = await client.remove_as_hub(spawn, "nobody knows it")
    return {"kept": kept, "said": said, "held": held, "removed": removed, "spawn": spawn}


async def mistaken(folder: Path, text: str) -> str:
    """Use a folder of tokens in which Alice's file holds a token of Bob's."""
    tokens = folder / "issued"
    tokens.mkdir()
    (tokens / NAMES[0]).write_text(text)
    client = Client("tokens", submit_as=Tokens(TokenFolder(tokens), folder / "mistaken"))
    try:
        await client.submit(Identity.of(NAMES[0]), job("wrong", "true"), {"spawn.json": ""})
    except HTCondorError as error:
        return str(error)
    finally:
        await client.close()
    return "submitted"


async def main(key: Path, folder: Path, place: Path, count: int) -> dict[str, Any]:
    client = Client("tokens", submit_as=Tokens(signing_key(key, DOMAIN), folder / "tokens"))
    try:
        jobs = await many(client, place, count)
        seen = workers()
        modes = {
            str(path.relative_to(folder)): oct(path.stat().st_mode & 0o777)
            for path in (folder / "tokens").rglob("*")
        }
        talk = await talking(client)
    finally:
        await client.close()
    bobs = (await signing_key(key, DOMAIN).token(NAMES[1])).text
    left = [path.name for path in (folder / "tokens").iterdir()]
    return {
        "uid": os.getuid(),
        "jobs": jobs,
        "workers": seen,
        "modes": modes,
        "talk": talk,
        "left": left,
        "mistake": await mistaken(folder, bobs),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(*map(Path, sys.argv[1:4]), int(sys.argv[4])))))
