"""Why no machine can take a job, in a sentence."""

from vispa_htcondor.explain.amounts import count, gigabytes, listed
from vispa_htcondor.view.outlook import Outlook
from vispa_htcondor.view.wanted import Wanted


def obstacle(outlook: Outlook) -> str:
    """Say what is in the way and, where the person can do something about it, what."""
    wanted, verdict = outlook.wanted, outlook.verdict
    match verdict.obstacle:
        case "no machines":
            return "The cluster has no machine at the moment."
        case "policy":
            return (
                "No machine of the cluster takes it at the moment: what their owners allow (START) "
                "rules it out."
            )
        case "requirements" if verdict.clause:
            return f"No machine of the cluster meets the requirement {verdict.clause}."
        case "requirements":
            return f"No machine of the cluster meets all of the requirements {wanted.requirements}."
        case "gpu kind":
            return f"No machine of the cluster has {count(wanted.gpus, 'GPU')} of the wanted kind."
        case "size":
            missing = listed(_too_large(wanted, name, most) for name, most in verdict.most.items())
            return f"No machine of the cluster has {missing}. Ask for less."
        case _:
            return (
                f"No machine of the cluster has all of it together: {size(wanted)}. "
                "Ask for less of something."
            )


def size(wanted: Wanted) -> str:
    """Name the size of a wished job: "2 cores, 4 GB, 1 GPU"."""
    parts = [count(wanted.cpus, "core"), gigabytes(wanted.memory_mb)]
    if wanted.gpus:
        parts.append(count(wanted.gpus, "GPU"))
    if wanted.disk_mb:
        parts.append(f"{gigabytes(wanted.disk_mb)} of disk")
    return ", ".join(parts)


def _too_large(wanted: Wanted, name: str, most: int) -> str:
    match name:
        case "cpus":
            return f"{count(wanted.cpus, 'core')} (the most is {most})"
        case "memory_mb":
            return f"{gigabytes(wanted.memory_mb)} of memory (the most is {gigabytes(most)})"
        case "disk_mb":
            return f"{gigabytes(wanted.disk_mb)} of disk (the most is {gigabytes(most)})"
        case _:
            return f"{count(wanted.gpus, 'GPU')} (the most is {most})"
