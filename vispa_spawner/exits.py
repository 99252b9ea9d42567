"""Exit codes with which a server on a worker tells the hub why it could not start."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vispa_htcondor.ending import End

NO_ADDRESS = 69  # EX_UNAVAILABLE of sysexits.h

_SENTENCES = {
    NO_ADDRESS: "It found no port to listen on, or no way to the hub, on its worker; its log says "
    "which. Try again: another worker may have one. If not, ask your administrator.",
}


def sentence(end: "End") -> str:
    """Say how a job ended that was to be a server."""
    return _SENTENCES.get(end.code, end.sentence) if end.reason == "exit" else end.sentence
