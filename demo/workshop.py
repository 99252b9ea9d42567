"""The demo's workshop, made with the same command as any other."""

import subprocess
from datetime import UTC, datetime

from vispa_hub.settings import load
from vispa_hub.workshops.opening import open_store

from demo.hub import VISPA
from demo.state import State
from dev.progress import Failure

NAME = "demo"
SEATS = 5
DAYS = 30
_CREATE = ("create", NAME, "--title", "VISPA demo", "--seats", str(SEATS), "--days", str(DAYS))


def ensure_workshop(state: State) -> str:
    """Make the workshop, anew when it is over or its slips are lost; returns the slips."""
    store = open_store(load(state.settings))
    found = store.book().workshops.get(NAME)
    is_open = found is not None and found.state(datetime.now(UTC)) == "open"
    if not is_open or not state.tokens.exists():
        (store.folder / f"{NAME}.json").unlink(missing_ok=True)
        state.write_private(state.tokens, _create(state))
    return state.tokens.read_text()


def _create(state: State) -> str:
    command = [str(VISPA), "workshop", *_CREATE, "--settings", str(state.settings)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode != 0:
        raise Failure(f"The demo's workshop could not be made. {made.stderr.strip()}")
    return made.stdout
