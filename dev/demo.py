"""`make demo`: install what is missing, then run the demo, never as root.

Root hands the sources to an unprivileged account, and the same program goes on there.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dev import PYTHON, ROOT
from dev.account import ensure_account, environment
from dev.bootstrap import bootstrap, stopping_with_a_sentence
from dev.environment import variables
from dev.family import supervise
from dev.interpreter import choose
from dev.port import ensure_free
from dev.progress import Failure, say
from dev.sources import RECEIVE, pack

if TYPE_CHECKING:
    import pwd


def main() -> int:
    """Run the demo until it is stopped. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="where the hub listens")
    port: int = parser.parse_args().port
    with stopping_with_a_sentence():
        ensure_free(port)
        if os.geteuid() == 0:
            command, identity = _as_account(port)
        else:
            bootstrap("demo")
            command = [str(PYTHON), "-m", "demo.run", "--port", str(port)]
            identity = {"cwd": ROOT, "env": variables()}
        return supervise(command, **identity)


def _as_account(port: int) -> tuple[list[str], dict[str, Any]]:
    """Bring the sources to the account; returns how to run this same program there."""
    python = choose()
    if python is None or not python.is_open:
        raise Failure(
            "The demo does not run as root, and there is no Python >= 3.11 here that another "
            "account can use. Install one (Debian and Ubuntu: apt-get install python3-venv), or "
            "run `make demo` as an ordinary user."
        )
    account = ensure_account()
    checkout = Path(account.pw_dir, "vispa")
    say(f"  The demo does not run as root: going on as {account.pw_name} in {checkout}")
    identity = _identity(account)
    unpacking = subprocess.Popen(
        [python.path, "-I", "-c", RECEIVE.read_text(), checkout],
        stdin=subprocess.PIPE,
        cwd=account.pw_dir,
        **identity,
    )
    assert unpacking.stdin
    with unpacking.stdin as stream:
        pack(ROOT, stream)
    if unpacking.wait() != 0:
        raise Failure(
            f"The sources could not be copied to {checkout} (see above). Is the disk full? "
            f"Move {checkout} away and run this again."
        )
    command = [str(python.path), "-m", "dev.demo", "--port", str(port)]
    return command, {"cwd": checkout, **identity}


def _identity(account: pwd.struct_passwd) -> dict[str, Any]:
    """Say to `subprocess` who the process is to be, groups and environment included."""
    return {
        "user": account.pw_uid,
        "group": account.pw_gid,
        "extra_groups": os.getgrouplist(account.pw_name, account.pw_gid),
        "umask": 0o022,
        "env": environment(account, os.environ),
    }


if __name__ == "__main__":
    sys.exit(main())
