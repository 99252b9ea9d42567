"""Why a probe job does not start at all."""

from collections.abc import Sequence
from dataclasses import dataclass

from vispa_htcondor import explain
from vispa_htcondor.doctor.daemons import Daemon
from vispa_htcondor.doctor.finding import Finding
from vispa_htcondor.doctor.latency import SLOW
from vispa_htcondor.model import Job, JobStatus, Slot

TOPIC = "probe"


@dataclass(frozen=True)
class Stuck:
    """The last probe as it was when we gave up: its ad, and what HTCondor says of its matching.

    `slots` and `negotiator` are None when they are not known: nobody answered, or none is there.
    """

    job: Job
    seconds: float
    rejection: str
    slots: Sequence[Slot] | None
    negotiator: Daemon | None
    schedd: Daemon | None


def judge(stuck: Stuck) -> Finding:
    """Say why it did not start, as exactly as the pool lets us see."""
    job, waited = stuck.job, f"A probe job did not start within {stuck.seconds:.0f} s"
    size = (job.cpus, job.memory_mb, job.gpus)
    if job.status is JobStatus.HELD:
        return _fault(f"A probe job was held, as every server would be. {explain.held(job)}")
    if stuck.slots is None:
        return Finding(
            "unknown", TOPIC, f"{waited}, and the collector does not tell which slots there are."
        )
    if not stuck.slots:
        return _fault(
            f"{waited}: the collector knows no worker. Is condor_master running on the workers,"
            " does CONDOR_HOST name the central manager there, and may they report to it"
            " (ALLOW_DAEMON, tokens)? Each worker's log StartLog tells."
        )
    if stuck.negotiator is None:
        return _fault(
            f"{waited}: the collector knows no negotiator, so nobody gives jobs to slots. Is"
            " NEGOTIATOR in the DAEMON_LIST of the central manager, and does NegotiatorLog tell"
            " why it ended?"
        )
    if stuck.schedd and stuck.schedd.seconds("MAX_JOBS_RUNNING", 1) == 0:
        return _fault(
            f"{waited}: MAX_JOBS_RUNNING is 0, so the schedd starts no job "
            f"({stuck.schedd.where()})."
        )
    if not any(slot.could_run(*size) for slot in stuck.slots):
        return _fault(
            f"{waited}: no slot is large enough, not even for a probe ({explain.request(job)})."
        )
    if not any(slot.can_run_now(*size) for slot in stuck.slots):
        return Finding(
            "unknown", TOPIC,
            f"{waited}: all slots are taken, so nothing could be measured. Try again when one is"
            f" free. People wait now, too: see condor_status and condor_userprio.",
        )  # fmt: skip
    interval = stuck.negotiator.seconds("NEGOTIATOR_INTERVAL", 60)
    if stuck.seconds < max(2 * interval, 2 * SLOW):
        return Finding(
            "unknown", TOPIC,
            f"{waited}, although a slot is free; there is a round of matching once in"
            f" {interval:.0f} s. Give it more time: --minutes.",
        )  # fmt: skip
    said = f" HTCondor says: {stuck.rejection}." if stuck.rejection else ""
    return _fault(
        f"{waited}, although a slot is free.{said} Do the workers refuse it (START in their"
        " configuration), is a quota or a limit of this account used up, or is the negotiator"
        " stuck? While a job like it waits, condor_q -better-analyze JOB and NegotiatorLog tell."
    )


def _fault(text: str) -> Finding:
    return Finding("fault", TOPIC, text)
