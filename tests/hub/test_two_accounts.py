"""Alice's server, and what Bob can see of it."""

import os
import pwd
import subprocess
from pathlib import Path

import psutil
import pytest

from tests.hub.site import Site
from tests.pool.people import Person, wait_for

pytestmark = [
    pytest.mark.pool,
    pytest.mark.root,
    pytest.mark.skipif(os.geteuid() != 0, reason="makes Unix accounts, which needs root"),
]


def person(name: str) -> Person:
    account = pwd.getpwnam(name)
    return Person(name, account.pw_uid, account.pw_gid, Path(account.pw_dir))


def server_process(name: str) -> psutil.Process:
    uid = pwd.getpwnam(name).pw_uid
    [process] = [
        process
        for process in psutil.process_iter(["uids", "cmdline"])
        if process.info["uids"].real == uid
        and "vispa_spawner.singleuser" in " ".join(process.info["cmdline"] or [])
    ]
    return process


def token_of(process: psutil.Process) -> str:
    """Dig the server's token out of its memory, which root can: it is in no environment on disk."""
    search = (
        "import sys,re;pid=sys.argv[1];found=set()\n"
        "for line in open(f'/proc/{pid}/maps'):\n"
        "    if 'rw-p' not in line or 'vvar' in line: continue\n"
        "    low,high=(int(x,16) for x in line.split()[0].split('-'))\n"
        "    with open(f'/proc/{pid}/mem','rb') as m:\n"
        "        m.seek(low)\n"
        "        try: data=m.read(high-low)\n"
        "        except OSError: continue\n"
        "    found|=set(re.findall(rb'JUPYTERHUB_API_TOKEN=([0-9a-f]{32})',data))\n"
        "print(*(x.decode() for x in found))"
    )
    done = subprocess.run(
        ["python3", "-c", search, str(process.pid)], capture_output=True, text=True, check=True
    )
    [token] = done.stdout.split()
    return token


@pytest.mark.parametrize("place", ["cluster", "login-node"])
def test_bob_finds_alices_token_nowhere(unix_site: Site, place: str) -> None:
    site = unix_site
    site.start_server("vispa-alice", where=place)
    process = server_process("vispa-alice")
    token = token_of(process)
    # The control: this token is the real one.
    assert site.api("GET", "/user", token=token).json()["name"] == "vispa-alice"

    bob = person("vispa-bob")
    seen = [
        bob.run("condor_q", "-all", "-long", **site.environment).stdout,
        bob.run("ps", "auxeww").stdout,
        bob.run("sh", "-c", f"cat /proc/{process.pid}/environ /proc/{process.pid}/cmdline").stdout,
        bob.run(
            "sh",
            "-c",
            f"grep -rsIF {token} {site.folder} /tmp /var/tmp /dev/shm ~vispa-alice; true",
        ).stdout,
    ]
    site.stop_server("vispa-alice")
    seen.append(bob.run("condor_history", "-long", **site.environment).stdout)
    if place == "cluster":
        assert "VispaSpawn" in seen[0], "Bob did see the job"
        assert "VispaSpawn" in seen[-1], "Bob did see the history"
    assert str(process.pid) in seen[1], "Bob did see the process"
    for text in seen:
        assert token not in text


@pytest.mark.parametrize("place", ["cluster", "login-node"])
def test_each_server_runs_as_its_person(unix_site: Site, place: str) -> None:
    for name in ("vispa-alice", "vispa-bob"):
        unix_site.start_server(name, where=place)
        account = pwd.getpwnam(name)
        process = server_process(name)
        assert process.uids() == (account.pw_uid,) * 3
        assert process.gids() == (account.pw_gid,) * 3
        groups = next(
            line
            for line in Path(f"/proc/{process.pid}/status").read_text().splitlines()
            if line.startswith("Groups:")
        )
        assert {int(gid) for gid in groups.split()[1:]} == set(
            os.getgrouplist(name, account.pw_gid)
        )
        assert process.cwd() == account.pw_dir
    for name in ("vispa-alice", "vispa-bob"):
        unix_site.stop_server(name)


def test_root_and_people_without_an_account_get_a_sentence(unix_site: Site) -> None:
    unix_site.add_user("nobody-knows-me", "staff")
    answer = unix_site.request_server("nobody-knows-me", where="login-node")
    assert answer.status_code in (400, 403)


def test_each_sees_their_own_jobs_in_the_clusters_numbers(unix_site: Site) -> None:
    site = unix_site
    site.start_server("vispa-alice", where="cluster", cores=3)
    tokens = {
        name: site.api("POST", f"/users/{name}/tokens", {"note": "tests"}).json()["token"]
        for name in ("vispa-alice", "vispa-bob")
    }

    def cores_of(name: str) -> int:
        numbers = site.api("GET", "/vispa/pool", token=tokens[name]).json()
        return int(numbers["you"]["cores"])

    wait_for(lambda: cores_of("vispa-alice") == 3)
    assert cores_of("vispa-bob") == 0
    site.stop_server("vispa-alice")
