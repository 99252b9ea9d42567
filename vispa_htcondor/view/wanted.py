"""What a job asks of a machine, as far as it decides where it can run."""

from dataclasses import dataclass
from typing import Self

from vispa_htcondor.expression import all_of
from vispa_htcondor.submit import Request


@dataclass(frozen=True)
class Wanted:
    """A wished job. Memory and disk in MB; a disk of 0 stands for HTCondor's own estimate.

    `gpu_kind` and `requirements` are ClassAd expressions, about a GPU and about the machine.
    `owner` and `group` (the accounting group) may be empty; machines can ask for them.
    """

    cpus: int = 1
    memory_mb: int = 1
    gpus: int = 0
    disk_mb: int = 0
    gpu_kind: str = ""
    requirements: str = ""
    owner: str = ""
    group: str = ""

    @classmethod
    def of(cls, request: Request, owner: str = "") -> Self:
        """Take over what a request for a server says."""
        return cls(
            cpus=request.cpus,
            memory_mb=request.memory_mb,
            gpus=request.gpus,
            disk_mb=request.disk_mb,
            gpu_kind=request.gpu_kind(),
            requirements=all_of(*request.requirements),
            owner=owner,
            group=request.accounting_group,
        )
