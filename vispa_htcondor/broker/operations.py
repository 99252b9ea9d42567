"""What a worker can do. Arguments and results are plain JSON; the bindings stay in here."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import classad2
import htcondor2

from vispa_htcondor import spool

_OLDER_DAEMONS = "Directory name doesn't match server's network address"


class NoAnswer(Exception):
    """A daemon could not be reached: nothing is known."""


class NoFolder(Exception):
    """The private folder of a job cannot be made; the text is for the person."""


def query_jobs(constraint: str, projection: list[str]) -> list[dict[str, Any]]:
    """Return the jobs in the queue that match, each as the projected attributes it has."""
    return _plain_all(_reach(lambda: _schedd().query(constraint, projection)))


def query_history(constraint: str, projection: list[str], limit: int) -> list[dict[str, Any]]:
    """Return up to `limit` jobs that left the queue, newest first."""
    return _plain_all(_reach(lambda: _schedd().history(constraint, projection, limit)))


def query_slots(constraint: str, projection: list[str]) -> list[dict[str, Any]]:
    """Return the execute slots in the collector that match."""
    return _plain_all(
        _reach(lambda: _collector().query(htcondor2.AdType.Startd, constraint, projection))
    )


def submit(
    commands: dict[str, str], folder: str, files: dict[str, str], keep: int
) -> dict[str, int]:
    """Put `files` into a new private `folder` and submit one job from there.

    `commands` is a submit description. Returns ``{"cluster": …}``. The folder is removed again
    when the schedd refuses; `keep` older siblings of it are kept, for their logs.
    """
    schedd = _reach(_schedd)
    _reach(lambda: schedd.query("false", ["ClusterId"], 1))  # else a refusal looks like silence
    try:
        spool.prepare(folder, files, keep=keep)
    except OSError as error:
        raise NoFolder(
            f"The folder of your server, {folder}, cannot be made: {error.strerror}. "
            "Is your disk quota used up?"
        ) from error
    try:
        result = schedd.submit(htcondor2.Submit(commands), 1)
    except BaseException:  # whatever it was, the secret must not stay; it is raised again
        spool.discard(folder)
        raise
    return {"cluster": int(result.cluster())}


def act(action: str, constraint: str, reason: str) -> int:
    """Remove, hold or release the jobs that match; returns how many were changed."""
    jobs = _reach(lambda: _schedd().query(constraint, ["ClusterId"]))
    if not jobs:
        return 0
    # The reason must be a tuple: a plain string is silently lost.
    result = _schedd().act(htcondor2.JobAction[action], constraint, (reason, 0))
    return int(result["TotalSuccess"])


def discard(folder: str) -> None:
    """Delete a job's private folder; it may be gone already."""
    spool.discard(folder)


def forget(folder: str, names: list[str]) -> None:
    """Delete some files of a job's private folder, such as those that held a secret."""
    spool.forget(folder, names)


def tail(folder: str, name: str, lines: int) -> str:
    """Return the last lines of a text file in a job's private folder, empty if there is none."""
    return spool.tail(folder, name, lines)


def read(folder: str, name: str) -> str:
    """Return the text of a file in a job's private folder."""
    return spool.read(folder, name)


OPERATIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        query_jobs,
        query_history,
        query_slots,
        submit,
        act,
        discard,
        forget,
        tail,
        read,
    )
}


def _schedd() -> Any:
    # Made anew for each use: it pins the address, which changes when the schedd restarts.
    return htcondor2.Schedd()


def _collector() -> Any:
    # A personal pool's collector has a port of the system's choice, which its address file tells;
    # HTCondor's tools read that file by themselves, the bindings do not.
    file = htcondor2.param.get("COLLECTOR_ADDRESS_FILE")
    if not str(htcondor2.param.get("COLLECTOR_HOST", "")).endswith(":0") or not file:
        return htcondor2.Collector()
    return htcondor2.Collector(Path(file).read_text(encoding="utf-8").splitlines()[0])


def _reach(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except Exception as error:
        sentence = f"HTCondor cannot be reached: {error}"
        if _OLDER_DAEMONS in str(error):
            # Bindings of 25.14 and later expect more of the proof of identity by a local file.
            sentence += (
                " HTCondor here is older than the Python bindings: set "
                "SEC_FS_ENFORCE_CHANNEL_BINDING = FALSE in its configuration on this machine."
            )
        raise NoAnswer(sentence) from error


def _plain_all(ads: list[Any]) -> list[dict[str, Any]]:
    return [{name: _plain(ad, name) for name in ad} for ad in ads]


def _plain(ad: Any, name: str) -> Any:
    try:
        value = ad.get(name)
    except UnicodeDecodeError:  # somebody's odd job must not hide everybody else's
        return None
    if isinstance(value, classad2.ExprTree):
        value = ad.eval(name)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return None if isinstance(value, classad2.Value) else str(value)
