"""What gets a checkout ready to run: standard library only, and readable by Python 3.9.

`python3 -m dev.bootstrap demo|test` installs what is missing, `python3 -m dev.demo` is
`make demo`. Nothing here is part of the installed product.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
CACHE = ROOT / ".cache"
