"""A hub that is not root submits in the names of two people, with tokens."""

import base64
import json
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.hub.site import ROOT
from tests.pool.people import Person, folder_of, new_account, wait_for
from vispa_htcondor.pool import Pool

pytestmark = [
    pytest.mark.pool,
    pytest.mark.root,
    pytest.mark.skipif(os.geteuid() != 0, reason="makes Unix accounts, which needs root"),
]

NAMES = ("vispa-alice", "vispa-bob")
JOBS_EACH = 25
TRUSTS_TOKENS = """
TRUST_DOMAIN = $(UID_DOMAIN)
SEC_DEFAULT_AUTHENTICATION_METHODS = FS, IDTOKENS
SEC_PASSWORD_DIRECTORY = {keys}
"""


@dataclass
class Done:
    """What the hub did and reported, and where."""

    report: dict[str, Any]
    pool: Pool
    service: Person
    place: Path

    def asked(self, *command: str) -> str:
        """Run one of HTCondor's tools as a bystander."""
        bystander = Person("nobody", 65534, 65534, Path("/tmp"))
        done = bystander.run(*command, **self.pool.environment())
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module", params=["trixie", "forky"])
def done(request: pytest.FixtureRequest) -> Iterator[Done]:
    """Run the hub once for each HTCondor, and keep the pool for questions."""
    with ExitStack() as stack:
        stack.enter_context(new_account("condor", "--system"))
        for name in NAMES:
            stack.enter_context(new_account(name))
        account = stack.enter_context(new_account("vispa-site"))
        root = stack.enter_context(folder_of(pwd.getpwnam("root")))
        folder = stack.enter_context(folder_of(account))
        service = Person(account.pw_name, account.pw_uid, account.pw_gid, folder)
        # HTCondor takes note of its keys when it starts.
        key = key_for(service, root / "keys")
        config = TRUSTS_TOKENS.format(keys=root / "keys")
        pool = stack.enter_context(
            Pool(root / "pool", 64, 20000, suite=request.param, extra_config=config)
        )
        (folder / "place").mkdir(mode=0o777)
        (folder / "place").chmod(0o1777)
        hub = service.run(
            sys.executable, "-m", "tests.htcondor.unprivileged_hub",
            str(key), str(folder), str(folder / "place"), str(JOBS_EACH),
            PYTHONPATH=str(ROOT), **pool.environment(),
        )  # fmt: skip
        assert hub.returncode == 0, hub.stderr
        yield Done(json.loads(hub.stdout), pool, service, folder / "place")


def key_for(service: Person, pools: Path) -> Path:
    """Make a signing key for the pool and copy it for the service, as an administrator would."""
    pools.mkdir(mode=0o700)
    ours = pools / "vispa"
    ours.write_bytes(os.urandom(48))
    ours.chmod(0o600)
    keys = service.folder / "keys"
    keys.mkdir(mode=0o700)
    shutil.copy(ours, keys)
    for path in (keys, keys / "vispa"):
        os.chown(path, service.uid, service.gid)
    (keys / "vispa").chmod(0o600)
    return keys / "vispa"


def account_in(token: str) -> str:
    payload = token.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(payload + "=="))["sub"])


def test_every_job_belongs_to_and_runs_as_its_person(done: Done) -> None:
    jobs = done.report["jobs"]
    assert done.report["uid"] == done.service.uid != 0
    assert len(jobs) == 2 * JOBS_EACH
    wait_for(lambda: all((done.place / one["spawn"]).exists() for one in jobs), 120)
    for one in jobs:
        left = done.place / one["spawn"]
        assert left.stat().st_uid == pwd.getpwnam(one["name"]).pw_uid
        assert left.read_text() == f"secret of {one['name']}"
    wait_for(lambda: "vispa" not in done.asked("condor_q", "-all", "-af", "Owner"))
    history = dict(
        line.split()
        for line in done.asked("condor_history", "-af", "ClusterId", "Owner").splitlines()
    )
    assert {history[str(one["cluster"])] == one["name"] for one in jobs} == {True}


def test_each_worker_has_one_token_and_knows_of_no_other(done: Done) -> None:
    workers = done.report["workers"]
    assert sorted(account_in(one["token"]) for one in workers) == [
        f"{name}@vispa.pool" for name in NAMES
    ]
    assert len({one["folder"] for one in workers}) == 2
    assert {one["files"] for one in workers} == {1}


def test_nobody_else_can_read_a_token_or_a_secret(done: Done) -> None:
    modes = done.report["modes"]
    assert sum("token-" in path for path in modes) == 4  # two folders, two files
    assert all(mode in ("0o700", "0o600") for mode in modes.values()), modes
    bob = Person("vispa-bob", pwd.getpwnam("vispa-bob").pw_uid, 65534, Path("/tmp"))
    for folder in (done.service.folder / "tokens", done.service.folder / "keys"):
        assert bob.run("ls", str(folder)).returncode != 0


def test_no_token_outlives_its_worker(done: Done) -> None:
    assert done.report["left"] == ["jobs"]


def test_output_files_and_removal_go_without_the_persons_home(done: Done) -> None:
    talk = done.report["talk"]
    assert talk["kept"] == "kept until forgotten"
    assert talk["said"] == "last"
    assert talk["held"] is False, "a job that waits for its files is not one that is held"
    assert talk["removed"] == 1
    wait_for(lambda: talk["spawn"] not in done.asked("condor_q", "-all", "-af", "VispaSpawn"))


def test_somebody_elses_token_is_not_used(done: Done) -> None:
    assert done.report["mistake"] == (
        "The token for vispa-alice is one for vispa-bob. Nothing was submitted."
    )
    assert "wrong" not in done.asked("condor_history", "-af", "VispaSpawn")


def test_no_secret_stays_in_htcondors_spool(done: Done) -> None:
    wait_for(lambda: "vispa" not in done.asked("condor_q", "-all", "-af", "Owner"))

    def found() -> str:
        return subprocess.run(
            ["grep", "-rl", "secret of", str(done.pool.folder / "spool")],
            capture_output=True, text=True, check=False,
        ).stdout  # fmt: skip

    wait_for(lambda: not found())
