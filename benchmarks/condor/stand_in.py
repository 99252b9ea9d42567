"""Something that looks like a single-user server to a hub, and is small enough to run 200 of.

It is no JupyterLab: it only does what a hub can see. It is started as a real job by the spawner
that is measured, reports its port the way that spawner's own program does (ours to the address in
the spawn file, the peer's to batchspawner's API), and answers every request like a server's
``/api``, so that the hub finds it up and the proxy gets a route to it. What it reported, and with
which token, it writes into a private file of its home, for whoever measures what else became of it.

Runs alone, with the standard library and without site-packages; `install` makes a program of it.
"""

import json
import os
import socket
import sys
from pathlib import Path

REPORTED = ".stand-in-reported.json"
"""In the home: the URL, the token and the port of the report."""

_VERSION = "0.0.0"  # JupyterHub's, which the hub compares with its own


def install(folder: Path) -> Path:
    """Write this file as a program that any of the spawners can start."""
    from importlib.metadata import version  # not at the top: the program has to be small

    program = folder / "stand-in"
    text = Path(__file__).read_text(encoding="utf-8").replace("0.0.0", version("jupyterhub"), 1)
    program.write_text(f"#!{sys.executable} -IS\n{text}", encoding="utf-8")
    program.chmod(0o700)
    return program


def main(arguments: list[str]) -> None:
    """Bind a port, report it, and answer until somebody ends the job."""
    with socket.create_server(("127.0.0.1", 0), backlog=16) as listener:
        port = listener.getsockname()[1]
        if "--spawn-file" in arguments:
            spawn_file = Path(arguments[arguments.index("--spawn-file") + 1])
            told = json.loads(spawn_file.read_text(encoding="utf-8"))
            spawn_file.unlink()
            environment, url, home = told["environment"], told["report_url"], told["home"]
        else:
            environment = os.environ
            url, home = environment["JUPYTERHUB_API_URL"] + "/batchspawner", environment["HOME"]
        token = environment["JUPYTERHUB_API_TOKEN"]
        _note(Path(home), {"url": url, "token": token, "port": port})
        _report(url, token, port)
        while True:
            connection, _ = listener.accept()
            with connection:
                _answer(connection)


def _note(home: Path, reported: dict[str, object]) -> None:
    file = home / REPORTED
    file.touch(mode=0o600)
    file.write_text(json.dumps(reported), encoding="utf-8")


def _report(url: str, token: str, port: int) -> None:
    place, _, path = url.removeprefix("http://").partition("/")
    host, _, hub_port = place.partition(":")
    body = json.dumps({"port": port})
    request = (
        f"POST /{path} HTTP/1.0\r\nHost: {place}\r\nAuthorization: token {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    )
    with socket.create_connection((host, int(hub_port)), timeout=60) as hub:
        hub.sendall(request.encode())
        answer = hub.recv(1024)
    if answer.split()[1:2] not in ([b"200"], [b"201"]):
        sys.exit(f"The hub did not take the report: {answer!r}")


def _answer(connection: socket.socket) -> None:
    connection.settimeout(5)
    try:
        connection.recv(65536)  # whatever it is, the answer is the same
        connection.sendall(
            f"HTTP/1.0 200 OK\r\nX-JupyterHub-Version: {_VERSION}\r\n"
            "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}".encode()
        )
    except OSError:
        return  # whoever asked has gone


if __name__ == "__main__":
    main(sys.argv[1:])
