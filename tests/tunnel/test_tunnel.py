"""Servers on workers that take no connection: all goes through HTCondor, and stays."""

import json
import signal
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.hub.site import Site
from tests.pool.people import family, wait_for
from tests.tunnel.conftest import hub_ends, server_of
from tests.tunnel.notebook import Kernel

pytestmark = pytest.mark.pool


def remote_ends(site: Site) -> list[psutil.Process]:
    """List the sshd processes of the pool, which belong to its jobs."""
    return [one for one in family(site.folder / "pool") if one.name() == "sshd"]


def claimed(site: Site) -> str:
    """Return the slots that are not free."""
    return site.condor("condor_status", "-constraint", 'State == "Claimed"', "-af", "Name")


def test_a_server_behind_a_tunnel_listens_on_no_port_and_runs_kernels(tunnel_site: Site) -> None:
    tunnel_site.start_server("ann", where="cluster")
    server = server_of(tunnel_site, "ann")
    assert [one for one in server.net_connections("tcp") if one.status == "LISTEN"] == []
    kernel = Kernel(tunnel_site, "ann")
    assert kernel.run("6 * 7") == "42"
    for process in server.children(recursive=True):
        for one in process.net_connections("tcp"):
            assert one.status != "LISTEN" or one.laddr.ip == "127.0.0.1"

    tunnel_site.stop_server("ann")
    assert hub_ends(tunnel_site.folder) == []
    wait_for(lambda: not claimed(tunnel_site))


def test_a_tunnel_that_dies_is_built_anew_and_the_kernel_has_noticed_nothing(
    tunnel_site: Site,
) -> None:
    tunnel_site.start_server("ann", where="cluster")
    [before] = tunnel_site.queue()
    kernel = Kernel(tunnel_site, "ann")
    kernel.run("state = 41")
    for name in ("ssh", "condor_ssh_to_job"):
        killed = [one for one in hub_ends(tunnel_site.folder) if one.name() == name]
        assert killed
        for process in killed:
            process.kill()
        psutil.wait_procs(killed, timeout=10)
        wait_for(kernel.answers)
        assert kernel.run("state + 1") == "42"
    [after] = tunnel_site.queue()
    assert after["ClusterId"] == before["ClusterId"]
    assert after["NumJobStarts"] == 1
    tunnel_site.stop_server("ann")


def test_a_hub_that_is_killed_reaches_its_servers_again(tunnel_site: Site) -> None:
    tunnel_site.start_server("ann", where="cluster")
    tunnel_site.start_server("bob", where="cluster")
    jobs = {job["ClusterId"] for job in tunnel_site.queue()}
    kernels = {name: Kernel(tunnel_site, name) for name in ("ann", "bob")}
    for name, kernel in kernels.items():
        kernel.run(f"whose = '{name}'")
    old = hub_ends(tunnel_site.folder)

    tunnel_site.stop_hub(signal.SIGKILL)
    tunnel_site.start_hub()

    for name, kernel in kernels.items():
        wait_for(kernel.answers)
        assert kernel.run("whose") == f"'{name}'"
    assert {job["ClusterId"] for job in tunnel_site.queue()} == jobs
    wait_for(lambda: not any(one.is_running() for one in old))
    tunnel_site.stop_servers()
    assert hub_ends(tunnel_site.folder) == []


def test_a_hub_that_starts_while_htcondor_is_frozen_keeps_its_server(tunnel_site: Site) -> None:
    tunnel_site.start_server("ann", where="cluster")
    [before] = tunnel_site.queue()
    kernel = Kernel(tunnel_site, "ann")
    kernel.run("state = 41")
    tunnel_site.stop_hub(signal.SIGKILL)
    with tunnel_site.frozen("condor_schedd"):
        tunnel_site.start_hub()
        assert not kernel.answers()
    wait_for(kernel.answers)
    assert kernel.run("state + 1") == "42"
    [after] = tunnel_site.queue()
    assert after["ClusterId"] == before["ClusterId"]


def test_a_job_that_ends_by_itself_gives_its_slot_back(tunnel_site: Site) -> None:
    tunnel_site.start_server("ann", where="cluster")
    assert remote_ends(tunnel_site)
    assert claimed(tunnel_site)
    server_of(tunnel_site, "ann").kill()
    wait_for(lambda: tunnel_site.queue() == [])
    wait_for(lambda: not remote_ends(tunnel_site))
    wait_for(lambda: not claimed(tunnel_site))
    tunnel_site.stop_server("ann")
    assert hub_ends(tunnel_site.folder) == []


def test_a_worker_that_lets_nobody_in_is_explained(tunnel_site: Site) -> None:
    config = tunnel_site.folder / "pool/condor_config"
    before = config.read_text()
    config.write_text(f"{before}\nSTARTER.ENABLE_SSH_TO_JOB = false\n")
    try:
        # A start that fails at once is answered with the reason, a slow one tells it later.
        said = [tunnel_site.request_server("ann", where="cluster").text]
        said += [event["message"] for event in tunnel_site.progress("ann", 60)]
    finally:
        config.write_text(before)
    assert "cannot be reached. The worker lets nobody reach its running jobs" in said[-1]
    wait_for(lambda: tunnel_site.queue() == [])


def test_a_report_is_the_path_of_a_socket_and_nothing_else(tunnel_site: Site) -> None:
    tunnel_site.request_server("ann", where="cluster", cores=60)  # which waits for ever
    wait_for(lambda: tunnel_site.queue())
    [job] = tunnel_site.queue()
    secret = json.loads((Path(job["Iwd"]) / "spawn.json").read_text())
    token = secret["environment"]["JUPYTERHUB_API_TOKEN"]
    other = tunnel_site.api("POST", "/users/bob/tokens", {"note": "tests"}).json()["token"]
    door = f"/vispa/spawns/{job['VispaSpawn']}"

    def status(place: str, body: Any, token: str = token) -> int:
        return tunnel_site.api("POST", f"{door}/{place}", body, token=token).status_code

    for body in (
        {"socket": "/a b"},
        {"socket": "/a -oProxyCommand=x"},
        {"socket": "a/b"},
        {"socket": "/a:/b"},
        {"socket": f"/{200 * 'a'}"},
        {"socket": "/a", "port": 1},
        {"port": 8888},
        {"socket": 1},
        {},
        None,
    ):
        assert status("socket", body) == 400, body
    assert status("socket", {"socket": "/a"}, other) == 404
    assert status("socket", {"socket": "/a"}, "forged") == 403
    assert status("port", {"port": 8888}) == 404, "no start waits for a port here"
