"""Run the supervisor of a pool (see `supervisor`)."""

import sys

from .supervisor import main

sys.exit(main(sys.argv[1:]))
