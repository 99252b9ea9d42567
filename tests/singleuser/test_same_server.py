"""After a quick start, a server is what it is after a plain one."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from tests.singleuser.person import person, write_json
from tests.singleuser.server import Server, running

NOTEBOOK = {
    "cells": [{"cell_type": "markdown", "id": "a", "metadata": {}, "source": "Some *words*"}],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}


@pytest.mark.parametrize("what", ["extensions", "points", "routes", "new_notebook"])
def test_both_have_the_same(what: str, quick: Server, plain: Server) -> None:
    assert quick.at_first[what] == plain.at_first[what]


def test_both_have_the_same_settings(quick: Server, plain: Server) -> None:
    settings = [_comparable(server) for server in (quick, plain)]
    assert settings[0] == settings[1]


def test_the_lab_opens_with_the_same_extensions(quick: Server, plain: Server) -> None:
    pages = [_page_config(server) for server in (quick, plain)]
    for page in pages:
        del page["extensionManager"], page["fullAppUrl"], page["token"]
    assert pages[0] == pages[1]
    assert "@vispa/launcher" in str(pages[0]["federated_extensions"])


@pytest.mark.parametrize(
    "path",
    [
        "api/contents",
        "api/kernelspecs",
        "api/me",
        "api/nbconvert",
        "api/status",
        "lab/api/extensions",
        "lab/api/settings",
        "lab/api/translations",
        "lab/api/workspaces",
        "vispa/session",
    ],
)
def test_it_answers(path: str, server: Server) -> None:
    assert server.json(path)


def test_a_notebook_is_saved_and_downloaded_as_html(server: Server) -> None:
    saved = server.client.put(
        "api/contents/some.ipynb", json={"type": "notebook", "content": NOTEBOOK}
    )
    assert saved.status_code == 201
    page = server.client.get("nbconvert/html/some.ipynb", params={"download": "true"})
    assert "<em>words</em>" in page.text


async def test_a_kernel_computes(server: Server) -> None:
    kernel = server.client.post("api/kernels", json={"name": "python3"}).json()["id"]
    channels = await _connect(server, f"api/kernels/{kernel}/channels")
    header = {"msg_id": "1", "msg_type": "execute_request", "session": "s", "username": "u"}
    content = {"code": "print(6 * 7)", "silent": False, "store_history": False}
    message = {"header": {**header, "version": "5.3"}, "parent_header": {}, "metadata": {}}
    await channels.write_message(
        json.dumps({**message, "content": content, "channel": "shell", "buffers": []})
    )
    while (answer := json.loads(await _read(channels)))["msg_type"] != "stream":
        pass
    assert answer["content"]["text"] == "42\n"
    channels.close()
    assert server.client.delete(f"api/kernels/{kernel}").status_code == 204


async def test_a_terminal_runs_commands(server: Server) -> None:
    name = server.client.post("api/terminals").json()["name"]
    terminal = await _connect(server, f"terminals/websocket/{name}")
    await terminal.write_message(json.dumps(["stdin", "echo $((6 * 7))-times\n"]))
    seen = ""
    while "42-times" not in seen:
        kind, *text = json.loads(await _read(terminal))
        seen += text[0] if kind == "stdout" else ""
    terminal.close()
    assert server.client.delete(f"api/terminals/{name}").status_code == 204


def test_language_servers_are_found_when_somebody_asks(server: Server) -> None:
    """This one is in the person's settings."""
    assert server.json("lsp/status")["sessions"]["k"]["spec"]["languages"] == ["klingon"]


def test_settings_of_the_person_hold(server: Server) -> None:
    assert server.at_first["new_notebook"] == "My notebook"
    assert server.at_first["extensions"]["persons_extension"] is True


def test_nobody_installs_extensions_unless_it_is_set(quick: Server, tmp_path: Path) -> None:
    assert _page_config(quick)["extensionManager"]["can_install"] is False
    home = person(tmp_path)
    write_json(home / ".jupyter/jupyter_lab_config.json", {"LabApp": {"extension_manager": "pypi"}})
    with running(home, {}) as server:
        assert _page_config(server)["extensionManager"]["can_install"] is True


def _comparable(server: Server) -> Any:
    """Return its settings without what differs between any two servers, and what we set."""
    settings = json.loads(_anonymous(server, json.dumps(server.at_first["settings"])))
    settings["static_immutable_cache"].sort()
    del settings["cookie_secret"], settings["page_config_data"]["extensionManager"]
    for about_our_classes in (
        "jupyterhub-singleuser",
        "jupyterhub-singleuser_config",
        "lab_config",
    ):
        settings.pop(about_our_classes, None)
    return settings


def _page_config(server: Server) -> dict[str, Any]:
    page = server.client.get("lab")
    assert page.status_code == 200
    found = re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page.text, re.DOTALL)
    assert found
    config: dict[str, Any] = json.loads(_anonymous(server, found[1]))
    return config


def _anonymous(server: Server, text: str) -> str:
    for own in (str(server.home), str(server.client.base_url.port)):
        text = text.replace(own, "OWN")
    return text


async def _connect(server: Server, path: str) -> WebSocketClientConnection:
    url = str(server.client.base_url.join(path)).replace("http", "ws", 1)
    authorization = {"Authorization": server.client.headers["Authorization"]}
    return await websocket_connect(HTTPRequest(url, headers=authorization))


async def _read(connection: WebSocketClientConnection) -> str:
    message = await connection.read_message()
    assert isinstance(message, str)
    return message
