"""A personal HTCondor pool: one machine, a private folder, ports of its own, no root needed.

>>> with Pool(Path("/tmp/pool"), cores=64, memory_mb=20000) as pool:
...     subprocess.run(["condor_submit", "job.sub"], env={**os.environ, **pool.environment()})
"""

from .errors import PoolError
from .pool import Pool
from .status import Status

__all__ = ["Pool", "PoolError", "Status"]
