"""Measure VISPA against what people would use otherwise: `python -m benchmarks [NAME]`.

Each benchmark is a module here with ``measure(size) -> Iterator[Figure]``. It starts whatever it
needs on free ports, measures both sides in the same run on the same machine, and leaves nothing.

Times depend on the machine and on who else uses it, and each figure comes from few samples. Run it
again before you believe a ratio, above all one near 1.
"""

BENCHMARKS = {
    "condor": "servers as HTCondor jobs and on the login node, against batchspawner and JupyterHub",
    "faults": "what faults of hub and HTCondor leave behind, against batchspawner",
    "start": "what a single-user server's own start costs, against plain jupyterhub-singleuser",
}
