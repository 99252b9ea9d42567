"""Submit descriptions whose values cannot break out of their place."""

import math
import re
from dataclasses import dataclass, field

from vispa_htcondor.expression import all_of, read

BACKSTOP = 120
"""Seconds after which HTCondor ends a server that has not ended itself when its time was over."""

_FIRST_START = "isUndefined(MY.NumShadowStarts) || MY.NumShadowStarts == 0"
"""A server that lost its machine must not start again elsewhere: its token is spent.

The schedd itself counts the shadows it starts; NumJobStarts comes from the shadow, minutes later.
"""

_CONTROL = {chr(code) for code in range(32)} | {"\x7f", "\x85", "\u2028", "\u2029"}


def literal(value: str) -> str:
    """Quote a value for the right side of a submit command: macros in it are not expanded.

    ValueError for control characters, which would end the line, and for two dollar signs in a
    row, which the submit language has no way to quote.
    """
    if _CONTROL & set(value):
        raise ValueError(f"a submit command cannot carry control characters: {value!r}")
    if "$$" in value:
        raise ValueError(f"a submit command cannot carry two dollar signs in a row: {value!r}")
    return value.replace("$", "$(DOLLAR)")


def classad_string(value: str) -> str:
    """Quote a value as the schedd reads strings, in constraints, job ads and submit commands.

    That is the old syntax of ClassAds: a backslash is nothing special, but for one before a
    double quote. So a string that ends in one has to be cut from a longer one.
    """
    escaped = value.replace('"', '\\"')
    return f'substr("{escaped}.", 0, -1)' if value.endswith("\\") else f'"{escaped}"'


def classad_literal(value: str | int | float | bool) -> str:
    """Write a value as a ClassAd literal of its type. ValueError for what has none."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        if _CONTROL & set(value):
            raise ValueError(f"an attribute cannot carry control characters: {value!r}")
        return classad_string(value)
    if not math.isfinite(value):
        raise ValueError(f"an attribute cannot be {value}")
    return repr(value)


def attribute_name(name: str) -> str:
    """Return the name of an attribute as it is; ValueError when it is none."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise ValueError(f"an attribute cannot be named {name!r}")
    return name


def arguments(values: list[str]) -> str:
    """Quote a command line in HTCondor's new syntax: one string in double quotes."""
    quoted = []
    for value in values:
        # Inside the double quotes, a double quote is doubled; inside single quotes, so is a single.
        inner = literal(value).replace('"', '""').replace("'", "''")
        quoted.append(f"'{inner}'")
    return '"' + " ".join(quoted) + '"'


@dataclass(frozen=True)
class Request:
    """The size of a job and what its machine must be like.

    Memory and disk in MB, run time in seconds; 0 stands for no limit of our own, for the disk for
    HTCondor's own estimate. All of `requirements` must be true; `rank` prefers machines.
    """

    cpus: int = 1
    memory_mb: int = 2048
    disk_mb: int = 0
    gpus: int = 0
    gpu_type: str = ""
    gpu_capability: float = 0
    runtime: int = 0
    accounting_group: str = ""
    requirements: tuple[str, ...] = ()
    rank: str = ""

    def commands(self) -> dict[str, str]:
        """Return the submit commands; ExpressionError (a ValueError) for a broken expression."""
        commands = {
            "request_cpus": str(self.cpus),
            "request_memory": f"{self.memory_mb}M",
            "requirements": literal(self._requirements()),
        }
        if self.disk_mb:
            commands["request_disk"] = f"{self.disk_mb}M"
        if self.gpus:
            commands["request_gpus"] = str(self.gpus)
            if wanted := self.gpu_kind():
                commands["require_gpus"] = literal(wanted)
        if self.rank:
            commands["rank"] = literal(read(self.rank))
        if self.accounting_group:
            commands["accounting_group"] = literal(self.accounting_group)
        return commands

    def _requirements(self) -> str:
        wanted = all_of(*self.requirements)
        if not wanted:
            return _FIRST_START
        # condor_submit leaves out its own clauses of what an expression mentions: "Cpus > 1" would
        # otherwise do away with "TARGET.Cpus >= RequestCpus".
        clauses = [_FIRST_START, "TARGET.Cpus >= RequestCpus", "TARGET.HasFileTransfer"]
        if self.gpus and self.gpu_kind():
            clauses.append("countMatches(MY.RequireGPUs, TARGET.AvailableGPUs) >= RequestGPUs")
        elif self.gpus:
            clauses.append("TARGET.GPUs >= RequestGPUs")
        return f"{wanted} && {' && '.join(f'({clause})' for clause in clauses)}"

    def gpu_kind(self) -> str:
        """Return a ClassAd expression about a GPU, empty when any will do."""
        clauses = []
        if self.gpu_type:
            pattern = "".join(_plainly(sign) for sign in self.gpu_type)
            clauses.append(f"regexp({classad_string(pattern)}, DeviceName, {classad_string('i')})")
        if self.gpu_capability:
            clauses.append(f"Capability >= {self.gpu_capability:.2f}")
        return " && ".join(clauses)


@dataclass(frozen=True)
class ServerJob:
    """A single-user server as a job: what runs, how large, and whose it is.

    `input_files` are names in `folder`; they travel with the job and may hold secrets, because
    nothing of them appears in the job ad, which every user of the cluster can read.
    """

    executable: str
    arguments: list[str]
    folder: str
    request: Request
    stamp: dict[str, str]
    input_files: list[str] = field(default_factory=list)
    log_name: str = "server.log"

    def commands(self) -> dict[str, str]:
        """Return the submit description, ready for the schedd."""
        request = self.request
        commands = {
            "universe": "vanilla",
            "batch_name": "JupyterLab",
            "executable": literal(self.executable),
            "transfer_executable": "false",
            "arguments": arguments(self.arguments),
            "getenv": "false",
            "initialdir": literal(self.folder),
            "should_transfer_files": "YES",
            "when_to_transfer_output": "ON_EXIT",
            "transfer_input_files": ",".join(literal(name) for name in self.input_files),
            "transfer_output_files": '""',
            "output": self.log_name,
            "error": self.log_name,
            "stream_output": "true",
            "stream_error": "true",
            "log": "events.log",
            "notification": "never",
            "kill_sig": "SIGTERM",
            "job_max_vacate_time": "20",
            "periodic_remove": _periodic_remove(request.runtime),
            **request.commands(),
        }
        for name, value in self.stamp.items():
            commands[f"My.{name}"] = literal(classad_string(value))
        return commands


def _periodic_remove(runtime: int) -> str:
    lost = "(NumShadowStarts > 0 && JobStatus == 1)"
    if not runtime:
        return lost
    # The server ends by itself when its time is over. This is for one that no longer can; its time
    # goes on while it is suspended, as it does for the server.
    began = "ifThenElse(isUndefined(JobCurrentStartExecutingDate), EnteredCurrentStatus, "
    began += "JobCurrentStartExecutingDate)"
    over = f"time() - {began} > {runtime + BACKSTOP}"
    return f"{lost} || ((JobStatus == 2 || JobStatus == 7) && {over})"


def _plainly(sign: str) -> str:
    """Write a character for a regular expression; what might be special there matches any one."""
    return sign if sign.isalnum() or sign in " _-" else "."
