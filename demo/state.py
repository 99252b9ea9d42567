"""The demo's folder `.demo`: settings, passwords, and what each new home begins with."""

import fcntl
import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Template

from dev import ROOT
from dev.port import find_free
from dev.progress import Failure, say
from dev.stamps import Stamp, fingerprint

CONTENT = ROOT / "demo"
_GIVEN = ("README.md", "notebooks", "training")


class State:
    """The folder and what is in it; nobody else may look into it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
        self.folder = folder
        self.settings = folder / "vispa.toml"
        self.pool = folder / "pool"
        self.hub_log = folder / "hub.log"
        self.tokens = folder / "tokens.txt"

    @contextmanager
    def one_at_a_time(self) -> Iterator[None]:
        """Keep a second demo out of this folder."""
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Failure(
                    f"A demo is already running in {self.folder.parent}. Use that one, or stop it "
                    "with Ctrl-C where it was started."
                ) from None
            yield

    def write_settings(self, port: int, condor_config: str) -> None:
        """Fill in the template."""
        api_port = find_free(port + 1)
        text = Template((CONTENT / "vispa.toml").read_text()).substitute(
            port=port,
            api_port=api_port,
            proxy_api_port=find_free(api_port + 1),
            condor_config=json.dumps(condor_config)[1:-1],  # TOML escapes as JSON does
        )
        self.settings.write_text(text)

    def passwords(self) -> tuple[str, str]:
        """Draw the passwords of people and of the admin once, and keep them."""
        file = self.folder / "passwords"
        if not file.exists():
            self.write_private(file, f"{secrets.token_hex(5)}\n{secrets.token_hex(16)}\n")
        people, admin = file.read_text().split()
        return people, admin

    def prepare_skeleton(self) -> None:
        """Put together what is copied into each new home; the sample scan is made once."""
        skeleton = self.folder / "skel"
        skeleton.mkdir(exist_ok=True)
        for name in _GIVEN:
            _replace(CONTENT / name, skeleton / name)
        script = CONTENT / "scan/make_scan.py"
        scan = skeleton / "scan"
        stamp = Stamp("scan", fingerprint([script]), (scan,), self.folder / "stamps")
        if not stamp.is_fresh():
            say("  Making the sample scan (about 10 s)")
            half = self.folder / "scan.new"
            shutil.rmtree(half, ignore_errors=True)
            subprocess.run([sys.executable, script, half], check=True, stdout=subprocess.DEVNULL)
            shutil.rmtree(scan, ignore_errors=True)
            half.rename(scan)
            stamp.write()

    @staticmethod
    def write_private(file: Path, text: str) -> None:
        """Write a file that only its owner can read, whole or not at all."""
        half = file.with_name(f"{file.name}.new")
        half.unlink(missing_ok=True)
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.write(text)
        half.replace(file)


def _replace(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy2(source, target)
