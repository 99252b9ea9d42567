"""TLS between hub, proxy and servers, on the login node and on workers."""

import contextlib
import json
import re
import signal
import socket
import sqlite3
import ssl
import stat
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import websocket
from cryptography import x509
from cryptography.x509.oid import NameOID

from tests.hub.site import Site
from tests.pool.people import wait_for
from vispa_spawner.certificates import Authority, names_of

pytestmark = pytest.mark.pool

PLACES = ["cluster", "login-node"]


@pytest.mark.parametrize("place", PLACES)
def test_a_server_answers_and_its_kernel_computes_through_the_proxy(
    tls_site: Site, place: str
) -> None:
    with server(tls_site, "ann", place) as (address, headers):
        assert httpx.get(f"{address}api/status", headers=headers).status_code == 200
        kernel = httpx.post(f"{address}api/kernels", headers=headers, timeout=60).json()["id"]
        assert computed(f"{address}api/kernels/{kernel}/channels", headers, "6 * 7") == "42"


@pytest.mark.parametrize("place", PLACES)
def test_a_server_shows_a_certificate_for_where_it_is(tls_site: Site, place: str) -> None:
    with server(tls_site, "ann", place):
        shown = handshake(tls_site, "ann", credentials(tls_site, "hub-internal"))
    [issuer] = shown.issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert issuer.value == "notebooks-ca"
    assert {"IP:127.0.0.1", "DNS:hub.example.org"} <= names_of(shown)


@pytest.mark.parametrize("place", PLACES)
def test_a_server_answers_nobody_but_hub_and_proxy(tls_site: Site, place: str) -> None:
    location = certificates(tls_site)
    with server(tls_site, "ann", place):
        with pytest.raises(ssl.SSLError):  # with no certificate
            handshake(tls_site, "ann", trusting(tls_site))
        pair = tls_site.folder / "bob.pem"
        pair.write_text("".join(Authority.of_hub(location).issue("user-bob", ["DNS:localhost"])))
        another_servers = trusting(tls_site)
        another_servers.load_cert_chain(pair)
        with pytest.raises(ssl.SSLError):
            handshake(tls_site, "ann", another_servers)
        _, ip, port = reached_at(tls_site, "ann")
        with pytest.raises(httpx.TransportError):  # without TLS
            httpx.get(f"http://{ip}:{port}/")
        for part in ("hub-internal", "proxy-client"):
            handshake(tls_site, "ann", credentials(tls_site, part))


def test_the_proxy_checks_the_name_that_the_browser_asks_for(tls_site: Site) -> None:
    with server(tls_site, "ann", "cluster") as (address, headers):
        for host, status in (("hub.example.org", 200), ("elsewhere.example.org", 503)):
            answer = httpx.get(f"{address}api/status", headers={**headers, "Host": host})
            assert answer.status_code == status


def test_the_key_is_private_on_the_worker_and_gone_from_where_it_came(tls_site: Site) -> None:
    with server(tls_site, "ann", "cluster"):
        [key] = (tls_site.folder / "pool/execute").rglob("tls/server.key")
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
        secret = key.read_text().splitlines()[1]
        seen = tls_site.condor("condor_q", "-all", "-long")
        folder = Path(tls_site.queue()[0]["Iwd"])
        kept = [path for path in folder.rglob("*") if path.is_file()]
        assert {path.name for path in kept} == {"server.log", "events.log"}
        assert not any(secret in path.read_text(errors="replace") for path in kept)
        assert not list((tls_site.folder / "pool/execute").rglob("spawn.json"))
    seen += tls_site.condor("condor_history", "-long")
    assert "VispaSpawn" in seen
    assert secret not in seen
    assert not key.exists()
    assert not list((tls_site.folder / "state").rglob("user-ann*"))


def test_the_key_on_the_login_node_is_private_and_goes_with_the_server(tls_site: Site) -> None:
    folder = tls_site.folder / "homes/bob/.local/share/vispa/tls"
    with server(tls_site, "bob", "login-node"):
        [key] = folder.rglob("server.key")
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    assert list(folder.iterdir()) == []


def test_a_hub_that_is_killed_finds_its_servers_again(tls_site: Site) -> None:
    with (
        server(tls_site, "ann", "cluster") as (on_worker, headers),
        server(tls_site, "bob", "login-node"),
    ):
        before = [reached_at(tls_site, user) for user in ("ann", "bob")]
        tls_site.stop_hub(signal.SIGKILL)
        tls_site.start_hub()
        for user in ("ann", "bob"):
            wait_for(lambda user=user: (tls_site.server(user) or {}).get("ready"))  # type: ignore[misc]
        assert [reached_at(tls_site, user) for user in ("ann", "bob")] == before
        assert httpx.get(f"{on_worker}api/status", headers=headers).status_code == 200


def test_a_server_must_report_itself_and_from_the_ports_that_are_allowed(tls_site: Site) -> None:
    tls_site.request_server("carl", where="cluster", cores=60)  # for which it has to wait
    wait_for(lambda: tls_site.servers_of("carl"))
    [job] = tls_site.servers_of("carl")
    spawn = json.loads((Path(job["Iwd"]) / "spawn.json").read_text())
    token = spawn["environment"]["JUPYTERHUB_API_TOKEN"]
    path = f"/vispa/spawns/{job['VispaSpawn']}/port"
    low, high = spawn["port_range"]

    def straight(port: int) -> httpx.Response:
        return httpx.post(
            f"https://127.0.0.1:{tls_site.ports[1]}/hub/api{path}",
            json={"port": port},
            headers={"Authorization": f"token {token}"},
            verify=credentials(tls_site, "hub-internal", authority="hub-ca"),
        )

    for port in (low - 1, high + 1):
        answer = straight(port)
        assert answer.status_code == 400
        assert answer.json()["message"] == f"Servers use the ports {low} to {high}, not {port}."
    through_the_proxy = tls_site.api("POST", path, {"port": low}, token=token)
    assert through_the_proxy.status_code == 400
    assert "straight" in through_the_proxy.json()["message"]
    with pytest.raises(httpx.TransportError):  # the hub itself wants a certificate
        httpx.post(
            f"https://127.0.0.1:{tls_site.ports[1]}/hub/api{path}",
            verify=trusting(tls_site, "hub-ca"),
        )
    # What is said twice is answered twice: the first answer may have been lost.
    for _ in range(2):
        answer = straight(low)
        assert answer.status_code == 200
        signed = x509.load_pem_x509_certificate(answer.json()["certificate"].encode())
        assert "IP:127.0.0.1" in names_of(signed)
    tls_site.stop_server("carl")


def test_a_narrow_range_serves_as_many_as_it_can_and_then_says_so(tls_site: Site) -> None:
    """Three of its ten ports are free, and four people come."""
    [low, high] = map(
        int, re.findall(r"cluster_port_range = \((\d+), (\d+)\)", tls_site.extra_config)[0]
    )
    people = ("ann", "bob", "carl")
    with contextlib.ExitStack() as stack:
        for port in range(low, high - 2):
            stack.enter_context(socket.create_server(("127.0.0.1", port)))
        for user in people:
            tls_site.request_server(user, where="cluster")
        wait_for(lambda: all((tls_site.server(user) or {}).get("ready") for user in people), 120)
        assert {reached_at(tls_site, user)[2] for user in people} == {high - 2, high - 1, high}
        tls_site.request_server("dora", where="cluster")
        *_, last = tls_site.progress("dora", 60)
    assert last["failed"]
    assert "Your server did not come up. It found no port to listen on" in last["message"]
    assert f"are taken: {low} to {high} on 127.0.0.1." in last["html_message"]


def test_the_hubs_services_reach_it(tls_site: Site) -> None:
    query = (
        "select services.name from services join api_tokens on service_id = services.id"
        " where api_tokens.last_activity is not null"
    )
    known = {"idle-culler", "vispa-workshops"}
    wait_for(lambda: known <= {name for (name,) in asked(tls_site, query)})


@contextlib.contextmanager
def server(site: Site, user: str, place: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Run somebody's server; yields its address behind the proxy, and a login."""
    path = site.start_server(user, where=place)["url"]
    token = site.api("POST", f"/users/{user}/tokens", {"note": "tests"}).json()["token"]
    try:
        yield f"{site.url}{path}", {"Authorization": f"token {token}"}
    finally:
        site.stop_server(user)


def computed(address: str, headers: dict[str, str], code: str) -> str:
    """Run code in a kernel, over a websocket, and return what it shows."""
    url = address.replace("http", "ws", 1)
    channel = websocket.create_connection(url, header=headers, timeout=60)
    header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "session": "tests"}
    content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False}
    request = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
    channel.send(json.dumps({**request, "channel": "shell"}))
    with contextlib.closing(channel):
        while True:
            answer = json.loads(channel.recv())
            if answer["msg_type"] == "execute_result":
                shown: str = answer["content"]["data"]["text/plain"]
                return shown


def reached_at(site: Site, user: str) -> tuple[str, str, int]:
    """Return protocol, address and port at which the hub reaches somebody's server."""
    query = (
        "select servers.proto, servers.ip, servers.port from servers"
        " join spawners on spawners.server_id = servers.id"
        " join users on spawners.user_id = users.id where users.name = ?"
    )
    [(proto, ip, port)] = asked(site, query, user)
    return proto, ip, port


def asked(site: Site, query: str, *values: str) -> list[tuple[Any, ...]]:
    """Ask the hub's database."""
    with contextlib.closing(sqlite3.connect(site.folder / "state/jupyterhub.sqlite")) as database:
        return database.execute(query, values).fetchall()


def certificates(site: Site) -> Path:
    return site.folder / "state/internal-ssl"


def trusting(site: Site, authority: str = "notebooks-ca") -> ssl.SSLContext:
    """Trust one of the hub's authorities, and show no certificate."""
    return ssl.create_default_context(
        cafile=str(certificates(site) / authority / f"{authority}.crt")
    )


def credentials(site: Site, part: str, authority: str = "notebooks-ca") -> ssl.SSLContext:
    """Show the certificate of one of the hub's own parts."""
    context = trusting(site, authority)
    folder = certificates(site) / part
    context.load_cert_chain(folder / f"{part}.crt", folder / f"{part}.key")
    return context


def handshake(site: Site, user: str, context: ssl.SSLContext) -> x509.Certificate:
    """Speak TLS to a server, as far as an answer; returns its certificate."""
    proto, ip, port = reached_at(site, user)
    assert proto == "https"
    with (
        socket.create_connection((ip, port), timeout=30) as plain,
        context.wrap_socket(plain, server_hostname=ip) as connection,
    ):
        # With TLS 1.3 a client learns with the first answer that it is refused.
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1")
        shown = connection.getpeercert(binary_form=True)
    assert shown is not None
    return x509.load_der_x509_certificate(shown)
