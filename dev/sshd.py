"""An sshd for the tests in which HTCondor reaches into its running jobs."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from dev.progress import Failure, run, say

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLACES = "/usr/sbin:/usr/bin:/sbin:/bin"
_POLICY = Path("/usr/sbin/policy-rc.d")


def ensure_sshd() -> None:
    """Find OpenSSH, or install Debian's as root. Without it the tests of tunnels are left out."""
    if shutil.which("sshd", path=_PLACES) and shutil.which("ssh"):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        say(
            "  No sshd here: the tests of tunnels will be skipped. Install one as root (Debian: "
            "apt-get install openssh-server openssh-client). It need not run."
        )
        return
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    get = ["apt-get", "install", "-y", "--no-install-recommends"]
    get += ["openssh-server", "openssh-client"]
    try:
        run(["apt-get", "update"], "Refreshing the package lists (about 10 s)", env=env)
        with _no_service():
            run(get, "Installing OpenSSH for the tests of tunnels (about 10 s)", env=env)
    except Failure as failure:
        say(f"{failure}\n  Going on without sshd: the tests of tunnels will be skipped.")


@contextmanager
def _no_service() -> Iterator[None]:
    """Keep what is installed from being started: HTCondor starts an sshd for each session."""
    if _POLICY.exists():  # somebody's own; in containers it usually says no
        yield
        return
    _POLICY.write_text("#!/bin/sh\nexit 101\n")
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink()
