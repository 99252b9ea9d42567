"""One of our spawners in anybody's hub, without the rest of VISPA."""

import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.hub.site import API_TOKEN, PROXY, Site, free_ports
from tests.pool.people import wait_for

pytestmark = pytest.mark.pool

_CONFIG = """
from pathlib import Path
from vispa_spawner.account import SharedAccount

c.JupyterHub.bind_url = "http://127.0.0.1:{ports[0]}"
c.JupyterHub.hub_port = {ports[1]}
c.JupyterHub.internal_ssl = "{scheme}" == "https"
c.ConfigurableHTTPProxy.api_url = "{scheme}://127.0.0.1:{ports[2]}"
c.ConfigurableHTTPProxy.command = ["{proxy}"]
c.JupyterHub.cleanup_servers = True
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "vispa-htcondor"
c.HTCondorSpawner.accounts = SharedAccount(Path("homes-alone"))
c.HTCondorSpawner.env_keep = ["PATH", "CONDOR_CONFIG"]
c.HTCondorSpawner.hub_instance = "alone"
c.HTCondorSpawner.req_nprocs = "3"
c.HTCondorSpawner.req_memory = "700"
c.JupyterHub.services = [{{"name": "tests", "api_token": "{token}"}}]
c.JupyterHub.load_roles = [
    {{"name": "tests", "scopes": ["admin:users", "admin:servers"], "services": ["tests"]}}
]
"""


@pytest.fixture(params=["http", "https"])
def alone(site: Site, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A plain hub beside the site's, on the same pool; yields a function that calls its API.

    Once its parts speak http, and once TLS.
    """
    ports = free_ports(3)
    config = _CONFIG.format(ports=ports, proxy=PROXY, token=API_TOKEN, scheme=request.param)
    site.person.run("mkdir", "-p", str(site.folder / "alone"))
    site.person.write("alone/jupyterhub_config.py", config)

    def api(method: str, path: str) -> httpx.Response:
        return httpx.request(
            method,
            f"http://127.0.0.1:{ports[0]}/hub/api{path}",
            headers={"Authorization": f"token {API_TOKEN}"},
            timeout=120,
        )

    def answers() -> bool:
        try:
            return api("GET", "/").status_code == 200
        except httpx.TransportError:
            return False

    with (site.folder / "alone/hub.log").open("ab") as log:
        hub = subprocess.Popen(
            [Path(sys.executable).with_name("jupyterhub"), "-f", "jupyterhub_config.py"],
            cwd=site.folder / "alone",
            env=site.person.environment(**site.environment),
            stdout=log,
            stderr=log,
            start_new_session=True,
            **site.person.identity(),
        )
    try:
        wait_for(answers)
        yield api
    finally:
        hub.terminate()
        hub.wait(60)


def test_the_requests_of_batchspawner_size_the_job(
    site: Site, alone: Any, request: pytest.FixtureRequest
) -> None:
    alone("POST", "/users/gina")
    answer = alone("POST", "/users/gina/server")
    assert answer.status_code in (201, 202), answer.text
    wait_for(lambda: alone("GET", "/users/gina").json()["servers"][""]["ready"], 120)
    [job] = site.servers_of("gina")
    assert (job["RequestCpus"], job["RequestMemory"]) == (3, 700)
    assert job["VispaHub"] == "alone"
    scheme = request.node.callspec.params["alone"]
    query = "select proto from servers join spawners on spawners.server_id = servers.id"
    with contextlib.closing(sqlite3.connect(site.folder / "alone/jupyterhub.sqlite")) as database:
        assert database.execute(query).fetchall() == [(scheme,)]
    alone("DELETE", "/users/gina/server")
    wait_for(lambda: site.servers_of("gina") == [])


def test_its_batchspawner_api_is_closed(alone: Any) -> None:
    assert alone("POST", "/batchspawner").status_code == 404
