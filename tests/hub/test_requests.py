"""What may be asked of a server, and what is answered to the rest."""

from typing import Any

import pytest

from tests.hub.site import Site

pytestmark = pytest.mark.pool


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"where": "moon"}, "where: Input should be 'login-node' or 'cluster'"),
        ({"where": "cluster", "cores": 65}, "Your group may use up to 64 cores a server."),
        ({"where": "cluster", "cores": 0}, "cores: Input should be greater than or equal to 1"),
        ({"where": "cluster", "cores": "2\n+Owner=root"}, "cores: Input should be a valid integer"),
        ({"where": "cluster", "memory_gb": 17}, "Your group may use up to 16 GB of memory"),
        ({"where": "cluster", "gpus": 1}, "Your group may use up to 0 GPUs a server."),
        ({"where": "cluster", "hours": 25}, "may run for up to 24 hours"),
        ({"where": "cluster", "hours": 1e999}, "hours"),
        ({"where": "cluster", "executable": "/bin/sh"}, "There is no option 'executable'."),
        ({"cmd": ["sh"]}, "There is no option 'cmd'."),
        ({"where": "cluster", "disk_gb": 33}, "Your group may use up to 32 GB of disk a server."),
        ({"where": "cluster", "requirements": "true"}, "may not write requirements"),
        ({"where": "cluster", "accounting_group": "group_lab"}, "Leave it out."),
    ],
)
def test_what_cannot_be_granted_is_a_sentence_and_no_job(
    site: Site, options: dict[str, Any], sentence: str
) -> None:
    if options.get("hours") == float("inf"):
        options = {**options, "hours": "1e999"}
    answer = site.request_server("ann", **options)
    assert answer.status_code == 400, answer.text
    assert sentence in answer.json()["message"]
    assert site.queue() == []
    assert site.server("ann") is None


def test_a_group_without_the_cluster_cannot_reach_it_by_the_api(site: Site) -> None:
    answer = site.request_server("stud", where="cluster")
    assert answer.status_code == 400
    assert answer.json()["message"] == "Your group may not start servers on the cluster."


def test_an_expert_finds_a_machine_by_an_expression(site: Site) -> None:
    wish = 'regexp("^x86", Arch, "i") && TARGET.Cpus >= 2 && Disk > 100'
    site.start_server(
        "fred",
        where="cluster",
        cores=2,
        disk_gb=0.1,
        requirements=wish,
        rank="KFlops",
        accounting_group="group_other",
    )
    [job] = site.servers_of("fred")
    assert (job["RequestCpus"], job["RequestDisk"]) == (2, 102 * 1024)
    required = job["Requirements"].replace(" ", "")
    assert f"(Cpus > 0 && Memory > 0) && ({wish}) && ".replace(" ", "") in required
    assert "KFlops" in job["Rank"]
    assert job["AcctGroup"] == "group_other"
    site.stop_server("fred")
