"""The TCP port that people's browsers ask: free, or a sentence."""

from __future__ import annotations

import socket

from dev.progress import Failure

_TRIED = 100


def ensure_free(port: int) -> None:
    """Raise `Failure` with a port that is free when this one cannot be listened on."""
    try:
        _listen(port)
    except PermissionError:
        raise Failure(
            f"Port {port} is reserved for root. Try: make demo PORT={find_free()}"
        ) from None
    except OverflowError:
        raise Failure(f"There is no port {port}: ports go from 1 to 65535.") from None
    except OSError:
        raise Failure(
            f"Port {port} is in use, perhaps by another demo. "
            f"Stop that, or try: make demo PORT={find_free(port + 1)}"
        ) from None


def find_free(first: int = 8000) -> int:
    """Find a free port from `first` on, or any."""
    for port in range(first, first + _TRIED):
        try:
            return _listen(port)
        except (OSError, OverflowError):
            continue
    return _listen(0)


def _listen(port: int) -> int:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen()
        return int(listener.getsockname()[1])
