"""A listening socket on the one interface that leads to the hub, on a port nobody can steal."""

import errno
import random
import socket
from urllib.parse import urlsplit


def listen(hub_url: str, port_range: tuple[int, int]) -> socket.socket:
    """Bind and listen on a port of the range, on the address by which the hub sees this machine.

    The socket stays bound from here on, so there is no moment at which another process could take
    the port. Raises OSError with a sentence when every port of the range is taken.
    """
    family, address = _address_towards(hub_url)
    low, high = port_range
    ports = [0] if not high else random.sample(range(low, high + 1), high - low + 1)
    for port in ports:
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            listener.bind((address, port))
            listener.listen(128)
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            listener.setblocking(False)
            return listener
    raise OSError(errno.EADDRINUSE, f"all ports from {low} to {high} on {address} are taken")


def _address_towards(url: str) -> tuple[socket.AddressFamily, str]:
    parts = urlsplit(url)
    assert parts.hostname is not None
    candidates = socket.getaddrinfo(parts.hostname, parts.port or 80, type=socket.SOCK_DGRAM)
    family, kind, protocol, _, target = candidates[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.connect(target)  # a datagram socket sends nothing; it only picks the way
        return family, probe.getsockname()[0]
