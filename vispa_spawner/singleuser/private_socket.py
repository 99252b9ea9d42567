"""A listening socket that nobody else on the machine can connect to, not even to be refused."""

import atexit
import os
import shutil
import socket
import tempfile
from pathlib import Path

from vispa_htcondor.tunnel.command import is_plain

_NAME = "server"


def listen_privately() -> socket.socket:
    """Listen on a Unix socket in a folder only this account can enter.

    That is a folder in the job's own, if a tunnel can lead there, else one among the temporary
    files. The folder is removed when the process ends.
    """
    folder = _folder(os.environ.get("_CONDOR_SCRATCH_DIR"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(folder / _NAME))
    listener.listen(128)
    listener.setblocking(False)
    return listener


def _folder(job: str | None) -> Path:
    if job is not None:
        folder = Path(tempfile.mkdtemp(prefix="v-", dir=job))
        if is_plain(str(folder / _NAME)):
            return folder
        folder.rmdir()
    return Path(tempfile.mkdtemp(prefix="vispa-", dir="/tmp"))
