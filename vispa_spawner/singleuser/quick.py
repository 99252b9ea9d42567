"""A start that leaves out what a start does not need.

What a server can do is the same as after a plain start; what is not needed to answer its first
request is done when it is needed. The plain start remains: `VISPA_PLAIN_START=1` in the environment
of the server, which a site gives to all with `c.Spawner.environment`.
"""

import gc
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from vispa_spawner.singleuser.heavy import HEAVY
from vispa_spawner.singleuser.later import load_later


def is_wanted() -> bool:
    """Whether the start is to be quick."""
    return os.environ.get("VISPA_PLAIN_START", "") in {"", "0"}


def before_imports() -> None:
    """To be called before anything of Jupyter is imported."""
    # Imports make hundreds of thousands of objects and no garbage. Looking for it, again and again,
    # takes a fifth of the time.
    gc.disable()
    load_later(HEAVY)


def before_launch() -> None:
    """To be called before the server's application is launched."""
    from jupyterhub.singleuser import extension

    from vispa_spawner.singleuser.quiet_hub import QuietSingleUser

    extension.JupyterHubSingleUser = QuietSingleUser
    # Jupyter Server asks for the platform, and Python then runs `uname -p`, for nothing.
    with suppress(TypeError):
        vars(platform.uname())["processor"] = platform.machine()
    # Where one of these is not installed, or is not as we know it, it starts as it always does.
    with suppress(ImportError, AttributeError):
        from vispa_spawner.singleuser import language_servers

        language_servers.look_when_asked()
    # JupyterLab asks `node` for the registry of packages when it is imported: 0.3 s, for an answer
    # that only a build of JupyterLab would use, which asks again.
    with suppress(ImportError, AttributeError), _no_programs():
        from vispa_spawner.singleuser import lab_app

        lab_app.without_shop()


def when_up() -> None:
    """To be called when the server is about to serve."""
    gc.freeze()  # what is there now stays; no need to look at it ever again
    gc.enable()


@contextmanager
def _no_programs() -> Iterator[None]:
    """Hide all programs, so that none is run, by whom can do without."""
    path = os.environ.pop("PATH", None)
    os.environ["PATH"] = os.devnull
    try:
        yield
    finally:
        del os.environ["PATH"]
        if path is not None:
            os.environ["PATH"] = path
