"""Terminals that know both the person's login environment and the server's programs."""

import os
from pathlib import PurePath

_LOGIN_PATHS = {
    *("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"),
    *("/usr/local/games", "/usr/games"),
}
_BOURNE = {"sh", "bash", "dash", "ksh", "zsh"}


def shell_command(shell: str, path: str) -> list[str]:
    """Return the command of a terminal.

    A login shell runs the profiles of site and person, but these begin with a PATH of their own.
    So what is on `path` beyond the usual folders (the server's Python, HTCondor's tools) is put
    in front again, before the shell that the person types in takes over and reads its rc file.
    """
    if PurePath(shell).name not in _BOURNE:
        return [shell, "-l"]
    extra = [part for part in path.split(os.pathsep) if part and part not in _LOGIN_PATHS]
    then = 'export PATH="$0:$PATH"; exec "$1" -i' if extra else 'exec "$1" -i'
    return [shell, "-l", "-c", then, os.pathsep.join(dict.fromkeys(extra)) or shell, shell]
