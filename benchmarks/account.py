"""An account for one run, when root starts a benchmark: HTCondor takes no jobs from root."""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.failure import Failure
from benchmarks.figure import say
from dev import ROOT
from dev.family import supervise
from dev.interpreter import open_to_all
from vispa_htcondor.pool.release import find_release


def run_as_account(arguments: Sequence[str]) -> int:
    """Run the same command as an account made for it; returns its exit status."""
    for place in (ROOT, Path(sys.executable).resolve()):
        if not open_to_all(place):
            raise Failure(
                f"Benchmarks do not run as root, and {place} is closed to other accounts. "
                "Use a checkout (and a Python) that everybody can read, or an ordinary account."
            )
    find_release()  # if it has to be fetched, only root may write to the checkout's cache
    with _new_account(f"vispa-bench-{os.getpid()}") as account:
        say(f"Going on as {account.pw_name}, an account for this run")
        return supervise(
            [sys.executable, "-m", "benchmarks", *arguments],
            user=account.pw_uid,
            group=account.pw_gid,
            extra_groups=[],
            cwd=ROOT,
            env={**os.environ, "HOME": "/", "USER": account.pw_name, "LOGNAME": account.pw_name},
        )


@contextmanager
def _new_account(name: str) -> Iterator[pwd.struct_passwd]:
    if not shutil.which("useradd"):
        raise Failure(
            "Benchmarks do not run as root, and there is no `useradd` here to make an account "
            "with. Run this as an ordinary user."
        )
    subprocess.run(["useradd", "--system", "--no-create-home", name], check=True)
    try:
        yield pwd.getpwnam(name)
    finally:
        subprocess.run(["userdel", name], check=True)
