"""Do jobs run in the account of whoever submitted them, with the home there."""

from collections.abc import Iterator, Sequence

from vispa_htcondor.doctor.daemons import Daemon, Worker
from vispa_htcondor.doctor.finding import Finding, Line

TOPIC = "account"

OTHER_ACCOUNT, NO_HOME, BOTH = 10, 11, 12
"""Exit codes of a probe, see `SCRIPT`. It exits with 0 when all is well."""

SCRIPT = f"""\
sleep 1; code=0; \
if test ! -d "$2"; then code={NO_HOME}; fi; \
if test "$(id -un)" != "$1"; then code=$((code ? {BOTH} : {OTHER_ACCOUNT})); fi; \
exit $code"""
"""What a probe runs for sh, with an account and its home as arguments."""


def judge(
    exit_codes: Sequence[int], name: str, schedd: Daemon | None, workers: Sequence[Worker]
) -> Iterator[Finding]:
    """Judge by what the probes saw when they ran as `name`'s jobs."""
    if not set(exit_codes) <= {0, OTHER_ACCOUNT, NO_HOME, BOTH}:
        odd = sorted(set(exit_codes) - {0, OTHER_ACCOUNT, NO_HOME, BOTH})
        yield Finding(
            "fault", TOPIC,
            f"A probe job ran, but could not do its work: exit code {odd[0]}. Is there /bin/sh on"
            " all workers, and does a wrapper (USER_JOB_WRAPPER) change jobs?",
        )  # fmt: skip
    elif {OTHER_ACCOUNT, BOTH} & set(exit_codes):
        yield Finding(
            "fault", TOPIC,
            f"A job of {name} did not run as {name} on the worker, so servers cannot write into"
            " homes, and people who share that account reach each other."
            f" {_domains(schedd, workers)}",
            _lines(schedd),
        )  # fmt: skip
    elif exit_codes:
        yield Finding("ok", TOPIC, f"Jobs of {name} run as {name} on the worker.")
    if {NO_HOME, BOTH} & set(exit_codes):
        yield Finding(
            "advice", TOPIC,
            f"The home of {name} is not there on the worker. Servers of VISPA start in the home:"
            " mount it on the workers.",
        )  # fmt: skip


def _domains(schedd: Daemon | None, workers: Sequence[Worker]) -> str:
    ours = schedd.settings.get("UID_DOMAIN", "") if schedd else ""
    theirs = sorted({worker.uid_domain for worker in workers} - {ours})
    if ours and theirs:
        return f"UID_DOMAIN is {ours} where jobs are submitted, and {', '.join(theirs)} on workers."
    return "Workers run jobs as their owners when UID_DOMAIN is the same on all machines."


def _lines(schedd: Daemon | None) -> tuple[Line, ...]:
    ours = schedd.settings.get("UID_DOMAIN", "") if schedd else ""
    if not ours:
        return ()
    return (
        Line("startd", "UID_DOMAIN", ours, "the same on all machines that share their accounts"),
        Line("startd", "TRUST_UID_DOMAIN", "TRUE", "the schedd's host name need not end with it"),
    )
