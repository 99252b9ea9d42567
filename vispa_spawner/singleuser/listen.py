"""A listening socket on the one interface that leads to the hub, on a port nobody can steal."""

import errno
import random
import socket
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

_PATIENCE = 5.0  # seconds for an address of the hub to answer before the next is tried

_Address = tuple[socket.AddressFamily, str]


class NoAddress(Exception):
    """There is no address or port to listen on; the text is for the log."""


def listen(hub_url: str, port_range: tuple[int, int], network: str = "") -> socket.socket:
    """Bind and listen on a port of the range, on the address by which the hub sees this machine.

    With a `network` such as ``10.1.0.0/16``, on this machine's address in there instead. The
    socket stays bound from here on, so there is no moment at which another process could take the
    port. Raises NoAddress with a sentence.
    """
    family, address = _address_in(network) if network else _address_towards(hub_url)
    low, high = port_range
    ports = [0] if not high else random.sample(range(low, high + 1), high - low + 1)
    for port in ports:
        listener = socket.socket(family, socket.SOCK_STREAM)
        # The connections of a server that has ended keep its port for a minute otherwise. A port
        # that somebody listens on is not given away by this.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
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
    raise NoAddress(
        f"All ports that a server may use on this machine are taken: {low} to {high} on {address}."
    )


def _address_towards(url: str) -> _Address:
    """Return the address of this machine on the way to the hub.

    The name of the hub may have several addresses, and not each may be within reach: the first
    that answers counts. When none does, the hub is being restarted perhaps, and the first to which
    there is a way has to do.
    """
    targets = list(_targets(url))
    for family, target in targets:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.settimeout(_PATIENCE)
            try:
                probe.connect(target)
            except OSError:
                continue
            return family, probe.getsockname()[0]
    for family, target in targets:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect(target)  # a datagram socket sends nothing; it only picks the way
            except OSError:
                continue
            return family, probe.getsockname()[0]
    raise NoAddress(f"There is no way from this machine to the hub at {url}.")


def _targets(url: str) -> Iterator[tuple[socket.AddressFamily, tuple[object, ...]]]:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise NoAddress(
            f"The hub's name {parts.hostname} has no address on this machine: {error.strerror}."
        ) from error
    for family, _, _, _, target in found:
        yield family, target


def _address_in(network: str) -> _Address:
    import psutil  # for the few that need it: every server's start is waited for

    wanted = ip_network(network)
    for interface in psutil.net_if_addrs().values():
        for entry in interface:
            if entry.family not in (socket.AF_INET, socket.AF_INET6):
                continue
            if ip_address(entry.address.partition("%")[0]) in wanted:
                return entry.family, entry.address
    raise NoAddress(f"This machine has no address in the network {network}.")
