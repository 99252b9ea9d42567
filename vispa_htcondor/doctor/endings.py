"""Do jobs end when they should, and only then."""

from collections.abc import Iterator

from vispa_htcondor.doctor.daemons import Daemon
from vispa_htcondor.doctor.finding import Finding, Line

TOPIC = "end"
_LATE = 60
_SHORT_LEASE = 600


def run_time_limit(schedd: Daemon | None) -> Iterator[Finding]:
    """Judge how late the schedd notices that the time of a job is over."""
    if schedd is None:
        return
    name, value = "PERIODIC_EXPR_INTERVAL", schedd.seconds("PERIODIC_EXPR_INTERVAL", 60)
    line = Line("schedd", name, "60", "seconds between two looks at the limits of jobs")
    if value <= 0:
        yield Finding(
            "fault", TOPIC,
            f"{name} = {value:g} switches off the looks at the limits of jobs ({schedd.where()}):"
            " servers go on for ever after their time.",
            (line,),
        )  # fmt: skip
    elif value > _LATE:
        yield Finding(
            "advice", TOPIC,
            f"{name} = {value:g}: a server ends up to {value:g} s after its time"
            f" ({schedd.where()}).",
            (line,),
        )  # fmt: skip
    else:
        yield Finding("ok", TOPIC, f"A server ends at most {value:g} s after its time.")


def lease(seconds: int | None) -> Iterator[Finding]:
    """Judge how long a running job outlives an absence of its schedd, by a probe's ad."""
    if seconds is None:
        return
    if seconds < _SHORT_LEASE:
        yield Finding(
            "advice", TOPIC,
            f"When the schedd is away for more than {seconds} s (a reboot, an update), all servers"
            f" end: a probe job had JobLeaseDuration = {seconds}.",
            (Line("here", "JOB_DEFAULT_LEASE_DURATION", "2400",
                  "seconds a running job waits for its schedd; HTCondor's default"),),
        )  # fmt: skip
    else:
        yield Finding("ok", TOPIC, f"Servers survive {seconds // 60} minutes without the schedd.")
