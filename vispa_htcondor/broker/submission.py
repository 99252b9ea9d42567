"""Submit one job, from a folder of its own or through HTCondor's spool."""

import shutil
import subprocess
from typing import Any

import htcondor2

from vispa_htcondor import spool
from vispa_htcondor.broker.daemons import reach, reached_schedd, schedd
from vispa_htcondor.submit import classad_string

_TAIL_PATIENCE = 8.0  # seconds; it asks again and again while the job is just starting
_LONGEST_TAIL = 64 * 1024


class NoFolder(Exception):
    """The private folder of a job cannot be made; the text is for the person."""


class WrongOwner(Exception):
    """HTCondor took us for somebody else than we meant to be; the job is removed again."""


def submit(
    commands: dict[str, str], folder: str, files: dict[str, str], keep: int
) -> dict[str, int]:
    """Put `files` into a new private `folder` and submit one job from there.

    `commands` is a submit description. Returns ``{"cluster": …}``. The folder is removed again
    when the schedd refuses; `keep` older siblings of it are kept, for their logs.
    """
    here = reached_schedd()
    _prepare(folder, files, keep)
    try:
        result = here.submit(htcondor2.Submit(commands), 1)
    except BaseException:  # whatever it was, the secret must not stay; it is raised again
        spool.discard(folder)
        raise
    return {"cluster": int(result.cluster())}


def submit_spooled(
    commands: dict[str, str], folder: str, files: dict[str, str], keep: int, owner: str
) -> dict[str, int]:
    """Submit one job and hand its files to the schedd, which gives them to `owner`.

    The job lies in the queue on hold, with the code 16, until its files are there. The folder on
    this side is kept as with `submit`. Before any file goes, the schedd says whose job it is.
    """
    here = reached_schedd()
    _prepare(folder, files, keep)
    try:
        result = here.submit(htcondor2.Submit(commands), 1, spool=True)
        cluster = int(result.cluster())
        try:
            _check_owner(here, cluster, owner)
            here.spool(result)
        except BaseException:  # nobody would ever start it; the reason is raised again
            here.act(htcondor2.JobAction.Remove, cluster, ("VISPA: its files did not arrive", 0))
            raise
    except BaseException:  # the secret must not stay; raised again
        spool.discard(folder)
        raise
    return {"cluster": cluster}


def tail_spooled(folder: str, owner: str, lines: int) -> str:
    """Return the last lines of the output of a job that was spooled from `folder` and runs now.

    HTCondor asks the worker for them. Before the job runs and after it has ended there is nothing.
    """
    # The spool itself is not fetched: where its files would be written says the job's ad, which
    # its owner can change, and it would be written as us.
    from_there = f"Owner =?= {classad_string(owner)} && SUBMIT_Iwd =?= {classad_string(folder)}"
    running = f"{from_there} && JobStatus == 2"
    jobs = reach(lambda: schedd().query(running, ["ClusterId", "ProcId"]))
    program = shutil.which("condor_tail")
    if not jobs or program is None:
        return ""
    command = [program, "-maxbytes", str(_LONGEST_TAIL)]
    command.append(f"{jobs[0]['ClusterId']}.{jobs[0]['ProcId']}")
    try:
        done = subprocess.run(command, capture_output=True, timeout=_TAIL_PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return ""
    return "\n".join(done.stdout.decode(errors="replace").splitlines()[-lines:])


def _prepare(folder: str, files: dict[str, str], keep: int) -> None:
    try:
        spool.prepare(folder, files, keep=keep)
    except OSError as error:
        raise NoFolder(
            f"The folder of your server, {folder}, cannot be made: {error.strerror}. "
            "Is your disk quota used up?"
        ) from error


def _check_owner(here: Any, cluster: int, owner: str) -> None:
    ads = here.query(f"ClusterId == {cluster}", ["Owner"])
    found = str(ads[0].get("Owner")) if ads else "nobody"
    if found != owner:
        raise WrongOwner(f"HTCondor took {owner} for {found}. The job was removed again.")
