"""What JupyterHub reads; see `benchmarks.condor.configure`."""

from benchmarks.condor.configure import configure
from benchmarks.condor.setup import Setup

configure(c, Setup.take())  # type: ignore[name-defined]  # noqa: F821  # JupyterHub gives us `c`
