"""Why a probe did not start, told from its ad and the slots."""

from dataclasses import replace

import pytest

from vispa_htcondor.doctor import stuck
from vispa_htcondor.doctor.daemons import Daemon
from vispa_htcondor.doctor.stuck import Stuck
from vispa_htcondor.model import Job, Slot

JOB = Job.from_ad({"ClusterId": 7, "JobStatus": 1, "RequestCpus": 1, "RequestMemory": 128})
SLOT = Slot.from_ad({
    "Name": "slot1@w", "Machine": "w", "SlotType": "Partitionable", "Cpus": 2, "Memory": 900,
    "TotalSlotCpus": 4, "TotalSlotMemory": 4000,
})  # fmt: skip
BUSY, SMALL = replace(SLOT, free_cpus=0), replace(SLOT, total_memory_mb=64)
NEGOTIATOR = Daemon("negotiator", "cm", (25, 14, 1), {"NEGOTIATOR_INTERVAL": "5"})
SCHEDD = Daemon("schedd", "login", (25, 14, 1), {"MAX_JOBS_RUNNING": "100"})
WAITED = Stuck(JOB, 100, "no match found", [SLOT], NEGOTIATOR, SCHEDD)
HELD = Job.from_ad({"JobStatus": 5, "HoldReasonCode": 26, "HoldReason": "not on Mondays"})


@pytest.mark.parametrize(
    ("case", "level", "says"),
    [
        (replace(WAITED, job=HELD), "fault", "held, as every server would be. The cluster's"),
        (replace(WAITED, job=HELD), "fault", "HTCondor says: not on Mondays"),
        (replace(WAITED, slots=None), "unknown", "the collector does not tell"),
        (replace(WAITED, slots=[]), "fault", "the collector knows no worker"),
        (replace(WAITED, negotiator=None), "fault", "the collector knows no negotiator"),
        (
            replace(WAITED, schedd=replace(SCHEDD, settings={"MAX_JOBS_RUNNING": "0"})),
            "fault",
            "MAX_JOBS_RUNNING is 0",
        ),
        (replace(WAITED, slots=[SMALL]), "fault", "no slot is large enough"),
        (replace(WAITED, slots=[BUSY]), "unknown", "all slots are taken"),
        (WAITED, "fault", "although a slot is free. HTCondor says: no match found."),
        (WAITED, "fault", "Do the workers refuse it (START"),
        (replace(WAITED, seconds=12), "unknown", "once in 5 s. Give it more time"),
    ],
)  # fmt: skip
def test_the_reason(case: Stuck, level: str, says: str) -> None:
    finding = stuck.judge(case)
    assert says in finding.text
    assert finding.level == level
