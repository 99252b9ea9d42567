"""The demo's hub: start it, wait until it answers, stop it."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from demo.state import State
from dev import ROOT
from dev.family import die_with_parent
from dev.progress import Failure

VISPA = Path(sys.executable).with_name("vispa")
_STARTS_WITHIN = 90.0  # seconds, on a slow and busy machine
_STOPS_WITHIN = 60.0
_SHOWN_LINES = 30


@contextmanager
def running_hub(
    state: State, port: int, environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `vispa hub` for as long as the block lasts; it stops its proxy and its servers."""
    with state.hub_log.open("wb") as log:
        hub = subprocess.Popen(
            [VISPA, "hub", "--settings", state.settings],
            cwd=state.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
    try:
        _wait_until_it_answers(hub, state, f"http://127.0.0.1:{port}/hub/health")
        yield hub
    finally:
        hub.terminate()
        try:
            hub.wait(_STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            hub.kill()
            hub.wait()


def last_words(state: State) -> str:
    """Give the end of the hub's log, and where the rest is."""
    lines = state.hub_log.read_text(errors="replace").splitlines()[-_SHOWN_LINES:]
    quoted = "\n".join(f"    {line}" for line in lines)
    return f"Its last words:\n{quoted}\nThe whole log is {state.hub_log.relative_to(ROOT)}."


def _wait_until_it_answers(hub: subprocess.Popen[bytes], state: State, url: str) -> None:
    # A proxy of the site is for the world, not for this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < deadline:
        if hub.poll() is not None:
            raise Failure(f"The hub could not start. {last_words(state)}")
        try:
            with opener.open(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise Failure(f"The hub does not answer after {_STARTS_WITHIN:.0f} s. {last_words(state)}")
