"""Jobs and slots as typed values, made from the few attributes we ask HTCondor for."""

from vispa_htcondor.model.hold import Hold
from vispa_htcondor.model.job import Job, JobStatus
from vispa_htcondor.model.slot import Slot
from vispa_htcondor.model.usage import Usage

__all__ = ["Hold", "Job", "JobStatus", "Slot", "Usage"]
