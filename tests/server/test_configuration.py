"""What VISPA switches on and off in every JupyterLab it is installed beside."""

import json
import re
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.server.lab import Lab, running_lab


class _Backend(BaseHTTPRequestHandler):
    """A web server of somebody else on this machine."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"reached")


@pytest.fixture
def port_of_somebody() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), _Backend) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def _page_config(lab: Lab) -> dict[str, Any]:
    page = lab.client.get("/lab").text
    found = re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found
    config: dict[str, Any] = json.loads(found[1])
    return config


@pytest.mark.parametrize(
    "route", ["proxy/{port}/", "proxy/127.0.0.1:{port}/", "proxy/absolute/{port}/"]
)
def test_no_port_of_the_machine_can_be_reached_through_the_server(
    lab: Lab, port_of_somebody: int, route: str
) -> None:
    assert lab.client.get(f"/{route.format(port=port_of_somebody)}").status_code == 404


def test_the_proxy_would_be_open_without_our_word(tmp_path: Path, port_of_somebody: int) -> None:
    """Guards the test above: the same request reaches the port once the proxy is on."""
    (tmp_path / "config/jupyter_server_config.d").mkdir(parents=True)
    (tmp_path / "config/jupyter_server_config.d/zz.json").write_text(
        json.dumps({"ServerApp": {"jpserver_extensions": {"jupyter_server_proxy": True}}})
    )
    environment = {"JUPYTER_CONFIG_PATH": str(tmp_path / "config")}
    with running_lab(tmp_path, environment) as lab:
        assert lab.client.get(f"/proxy/{port_of_somebody}/").text == "reached"


def test_nobody_is_invited_to_install_extensions(lab: Lab) -> None:
    assert "@jupyterlab/extensionmanager-extension" in _page_config(lab)["disabledExtensions"]


def test_nothing_asks_the_world_for_news_and_updates(lab: Lab) -> None:
    disabled = _page_config(lab)["disabledExtensions"]
    assert "@jupyterlab/apputils-extension:announcements" in disabled
    plugin = "@jupyterlab/apputils-extension:notification"
    settings = lab.client.get(f"/lab/api/settings/{plugin}").json()
    defaults = settings["schema"]["properties"]
    assert defaults["fetchNews"]["default"] == "false"
    assert defaults["checkForUpdates"]["default"] is False


def test_the_launcher_is_loaded(lab: Lab) -> None:
    loaded = {
        extension["name"]: extension for extension in _page_config(lab)["federated_extensions"]
    }
    entry = loaded["@vispa/launcher"]["load"]
    assert lab.client.get(f"/lab/extensions/@vispa/launcher/{entry}").status_code == 200


def test_a_sites_own_files_stay_its_own() -> None:
    """What the wheel brings lies in folders made for packages, under VISPA's name only."""
    root = Path(__file__).parents[2] / "server_ext"
    shipped = [
        file for place in ("etc", "share") for file in (root / place).rglob("*.*") if file.is_file()
    ]
    assert shipped
    for file in shipped:
        assert file.name == "vispa.json"
        assert file.parent.suffix == ".d"
        assert (Path(sys.prefix) / file.relative_to(root)).read_text() == file.read_text()
