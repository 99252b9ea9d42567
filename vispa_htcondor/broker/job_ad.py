"""The ad that a wished server would have in the queue, as far as a match looks at it."""

from typing import Any

import classad2
import htcondor2

# What condor_submit asks of a machine by itself, unless the requirements speak of it.
_PLATFORM = {"arch": 'TARGET.Arch == "{ARCH}"', "opsys": 'TARGET.OpSys == "{OPSYS}"'}
_SIZE = (
    "TARGET.Cpus >= RequestCpus",
    "TARGET.Memory >= RequestMemory",
    "TARGET.Disk >= RequestDisk",
    "TARGET.HasFileTransfer",
)
_ESTIMATED_DISK = "JOB_DEFAULT_REQUESTDISK"


def job_ad(wanted: dict[str, Any]) -> Any:
    """Make the ad of a `Wanted`, with the clauses that a submission adds to its requirements.

    ValueError when one of its expressions is none.
    """
    ad = classad2.ClassAd(
        {
            "MyType": "Job",
            "JobUniverse": 5,
            "JobStatus": 1,
            "JobPrio": 0,
            "NumJobStarts": 0,
            "ShouldTransferFiles": "YES",
            "TransferInputSizeMB": 0,
            "DiskUsage": 1,
            "RequestCpus": wanted["cpus"],
            "RequestMemory": wanted["memory_mb"],
        }
    )
    ad["RequestDisk"] = wanted["disk_mb"] * 1024 or _expression(
        htcondor2.param.get(_ESTIMATED_DISK, "DiskUsage")
    )
    if wanted["gpus"]:
        ad["RequestGPUs"] = wanted["gpus"]
    if wanted["gpus"] and wanted["gpu_kind"]:
        ad["RequireGPUs"] = _expression(wanted["gpu_kind"])
    _name_the_person(ad, wanted["owner"], wanted["group"])
    ad["Requirements"] = _expression(" && ".join(f"({clause})" for clause in _clauses(wanted)))
    return ad


def references(requirements: str) -> list[str]:
    """Return the attributes of a machine that an expression may speak of."""
    if not requirements:
        return []
    names = classad2.ClassAd().externalRefs(_expression(requirements))
    return [name.rpartition(".")[2] for name in names if name]


def _clauses(wanted: dict[str, Any]) -> list[str]:
    mentioned = {name.lower() for name in references(wanted["requirements"])}
    clauses = [wanted["requirements"]] if wanted["requirements"] else []
    clauses += [
        clause.format(ARCH=htcondor2.param.get("ARCH"), OPSYS=htcondor2.param.get("OPSYS"))
        for name, clause in _PLATFORM.items()
        if not any(each.startswith(name) for each in mentioned)
    ]
    clauses += _SIZE
    if wanted["gpus"] and wanted["gpu_kind"]:
        clauses.append("countMatches(MY.RequireGPUs, TARGET.AvailableGPUs) >= RequestGPUs")
    elif wanted["gpus"]:
        clauses.append("TARGET.GPUs >= RequestGPUs")
    return clauses


def _name_the_person(ad: Any, owner: str, group: str) -> None:
    if not owner:
        return
    ad["Owner"] = owner
    ad["User"] = f"{owner}@{htcondor2.param.get('UID_DOMAIN', '')}"
    if group:
        ad["AcctGroup"] = group
        ad["AcctGroupUser"] = owner
        ad["AccountingGroup"] = f"{group}.{owner}"


def _expression(text: str) -> Any:
    try:
        return classad2.ExprTree(text)
    except classad2.ClassAdException as error:
        raise ValueError(f"{text!r} is not a ClassAd expression: {error}") from error
