"""Run the demo: a personal HTCondor pool, a hub with people in it, and a stop that leaves nothing.

`make demo` calls it as `python -m demo.run`, in the environment that `dev.bootstrap` has made.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from demo.hub import last_words, running_hub
from demo.state import State
from demo.workshop import ensure_workshop
from dev import ROOT
from dev.family import become_reaper, die_with_parent, end_descendants
from dev.progress import Failure, say
from vispa_htcondor.pool import Pool, PoolError

# What the pool pretends to have: the demo's jobs are small, and many should run side by side.
CORES, MEMORY_MB = 32, 65536
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_LOOK_EVERY = 2.0  # seconds


def main() -> int:
    """Run until a signal arrives. Returns 0 when it was stopped, 1 when something broke."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    port: int = parser.parse_args().port
    die_with_parent()
    become_reaper()
    for number in _SIGNALS:
        signal.signal(number, _stop)
    try:
        run(State(ROOT / ".demo"), port)
    except KeyboardInterrupt:
        say("The demo has ended; nothing of it is running any more.")
        return 0
    except (Failure, PoolError) as error:
        say(f"\n{error}")
        return 1


def run(state: State, port: int) -> NoReturn:
    """Bring everything up, tell people where it is, and wait."""
    with state.one_at_a_time(), nothing_left(), running_pool(state) as pool:
        environment = {**os.environ, **pool.environment()}
        state.write_settings(port, environment["CONDOR_CONFIG"])
        people, admin = state.passwords()
        slips = ensure_workshop(state)
        state.prepare_skeleton()
        say("  Starting the hub (about 5 s)")
        with running_hub(state, port, environment) as hub:
            say(_welcome(port, slips, people, admin))
            _watch(hub, pool, state)


@contextmanager
def running_pool(state: State) -> Iterator[Pool]:
    """Run the pool for as long as the block lasts."""
    say("  Starting a personal HTCondor pool (about 5 s; the first time up to a minute)")
    pool = Pool(state.pool, cores=CORES, memory_mb=MEMORY_MB, die_with_parent=True)
    pool.stop()  # in case that a demo was killed just now
    shutil.rmtree(state.pool, ignore_errors=True)  # jobs end with the demo that ran them
    pool.start()
    try:
        yield pool
    finally:
        pool.stop()


@contextmanager
def nothing_left() -> Iterator[None]:
    """End whatever the hub and the pool have left, and say what that was."""
    try:
        yield
    finally:
        for name in end_descendants(grace=5):
            say(f"  Had to kill {name}")


def _watch(hub: subprocess.Popen[bytes], pool: Pool, state: State) -> NoReturn:
    while True:
        try:
            status = hub.wait(_LOOK_EVERY)
        except subprocess.TimeoutExpired:
            if pool.is_running():
                continue
            raise Failure(f"HTCondor has ended. Its logs are in {state.pool / 'log'}.") from None
        raise Failure(f"The hub has ended with status {status}. {last_words(state)}")


def _welcome(port: int, slips: str, people: str, admin: str) -> str:
    indented = "\n".join(f"    {line}" for line in slips.strip().splitlines())
    return f"""
  {"=" * 70}
  VISPA is running at   http://127.0.0.1:{port}
  {"=" * 70}

  Log in with an account
    alice   (researcher)         password  {people}
    bob     (student)            password  {people}
    admin   (also admin's page)  password  {admin}

  or with a workshop token
{indented}

  Homes, logs and settings are in {ROOT / ".demo"}
  Ctrl-C ends the demo with all its servers and jobs. Files stay for the next time.
"""


def _stop(number: int, frame: object) -> NoReturn:
    for every in _SIGNALS:  # once is enough: what follows takes a few seconds
        signal.signal(every, lambda *_: say("Still stopping, a few seconds more ..."))
    say("\nStopping the hub, people's servers and the pool ...")
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
