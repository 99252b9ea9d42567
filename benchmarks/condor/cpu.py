"""CPU time of whole trees of processes, those that have ended included.

Wall time on a shared machine tells more about the neighbours than about what is measured. CPU time
tells what had to be done, whoever waited for whom meanwhile.
"""

import contextlib
from collections.abc import Iterable

import psutil


def of_tree(root: psutil.Process) -> float:
    """Return the seconds of CPU that a process and everything below it have used so far.

    What has ended counts as well: the kernel adds it to the parent that waited for it.
    """
    return _sum([root, *root.children(recursive=True)])


def of_everything_but(others: Iterable[int]) -> float:
    """Return what all processes below this one have used, without those below `others` (pids).

    Daemons and jobs that left their parents are below this process too, which is their reaper.
    What this process itself does, such as sending requests, does not count.
    """
    left_out = set(others)
    myself = psutil.Process()
    times = myself.cpu_times()
    trees = [child for child in myself.children() if child.pid not in left_out]
    return times.children_user + times.children_system + sum(of_tree(tree) for tree in trees)


def _sum(processes: Iterable[psutil.Process]) -> float:
    seconds = 0.0
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):  # its parent has what it used
            times = process.cpu_times()
            seconds += times.user + times.system + times.children_user + times.children_system
    return seconds
