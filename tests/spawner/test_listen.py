"""The address and the port of a server on a worker."""

import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.hub.site import free_ports, free_range
from vispa_spawner.exits import NO_ADDRESS
from vispa_spawner.singleuser import listen as module
from vispa_spawner.singleuser.listen import NoAddress, listen
from vispa_spawner.spawn_file import SpawnFile


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no address ::1")


def test_a_socket_is_bound_on_the_way_to_the_hub_only() -> None:
    with listen("http://127.0.0.1:8081/hub/api", (0, 0)) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_of_a_range_a_free_port_is_taken_and_none_is_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(NoAddress, match=f"are taken: {port} to {port} on 127.0.0.1"):
            listen("http://127.0.0.1:8081/", (port, port))
    with listen("http://127.0.0.1:8081/", (port, port)) as listener:
        assert listener.getsockname()[1] == port


def test_three_servers_find_the_last_three_ports_of_ten_each_time() -> None:
    """Each time with connections that ended, which keep a port from those who do not ask."""
    low = free_range(10)
    with ExitStack() as stack:
        for port in range(low, low + 7):
            stack.enter_context(socket.create_server(("127.0.0.1", port)))
        for _ in range(100):
            with ExitStack() as servers:
                found = set()
                for _ in range(3):
                    listener = servers.enter_context(listen("http://127.0.0.1:1/", (low, low + 9)))
                    found.add(listener.getsockname()[1])
                    used(listener)
                assert found == set(range(low + 7, low + 10))
                with pytest.raises(NoAddress):
                    listen("http://127.0.0.1:1/", (low, low + 9))


@pytest.mark.parametrize("address", ["127.0.0.1", ""])
def test_nobody_can_listen_where_a_server_does(address: str) -> None:
    with listen("http://127.0.0.1:1/", (0, 0)) as listener:
        place = (address, listener.getsockname()[1])
        with pytest.raises(OSError, match="in use"):
            socket.create_server(place)  # which sets SO_REUSEADDR


@needs_ipv6
def test_of_several_addresses_of_the_hub_the_first_that_answers_shows_the_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as hub:
        [silent], port = free_ports(1), hub.getsockname()[1]
        names(monkeypatch, ("127.0.0.1", silent), ("::1", port))
        with listen(f"http://hub.example.org:{port}/", (0, 0)) as listener:
            assert listener.getsockname()[0] == "::1"


@needs_ipv6
def test_a_hub_that_is_down_for_a_moment_is_no_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = free_ports(2)
    names(monkeypatch, ("127.0.0.1", one), ("::1", two))
    with listen(f"http://hub.example.org:{one}/", (0, 0)) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_a_name_without_address_is_a_sentence() -> None:
    with pytest.raises(NoAddress, match=r"The hub's name hub\.invalid has no address"):
        listen("http://hub.invalid:8081/", (0, 0))


@needs_ipv6
def test_a_network_decides_where_the_way_to_the_hub_is_wrong() -> None:
    with listen("http://127.0.0.1:1/", (0, 0), "::1/128") as listener:
        assert listener.getsockname()[0] == "::1"
    with pytest.raises(NoAddress, match=r"no address in the network 203\.0\.113\.0/24"):
        listen("http://127.0.0.1:1/", (0, 0), "203.0.113.0/24")


def test_a_server_without_a_port_says_so_with_an_exit_code_of_its_own(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        spawn = SpawnFile(
            {}, str(tmp_path), report_url="http://127.0.0.1:1/", port_range=(port,) * 2
        )
        file = tmp_path / "spawn.json"
        file.write_text(spawn.to_json())
        command = [sys.executable, "-m", "vispa_spawner.singleuser", "--spawn-file", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == NO_ADDRESS
    assert done.stderr == (
        f"All ports that a server may use on this machine are taken: {port} to {port} on "
        "127.0.0.1.\n"
    )


def used(listener: socket.socket) -> None:
    """Serve one connection and be the first to close it, as a server that ends does."""
    with socket.create_connection(listener.getsockname()):
        listener.setblocking(True)
        listener.accept()[0].close()


def names(monkeypatch: pytest.MonkeyPatch, *targets: tuple[str, int]) -> None:
    """Let any name have these addresses."""

    def resolve(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [
            (socket.AF_INET6 if ":" in address else socket.AF_INET, 0, 0, "", (address, number))
            for address, number in targets
        ]

    monkeypatch.setattr(module.socket, "getaddrinfo", resolve)
