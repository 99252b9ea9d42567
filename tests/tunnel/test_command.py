"""What is run for a tunnel, and what is made of its complaints."""

from pathlib import Path

import pytest

from vispa_htcondor.tunnel.command import command, is_plain
from vispa_htcondor.tunnel.trouble import trouble

HERE = Path("/run/vispa-0123abcd/w/01234567/s")


def test_the_way_leads_from_socket_to_socket() -> None:
    tool, *_, ssh, job, _ = command("/usr/bin/condor_ssh_to_job", "12.0", HERE, "/scratch/server")
    assert (tool, job) == ("/usr/bin/condor_ssh_to_job", "12.0")
    assert f" -L {HERE}:/scratch/server " in ssh


@pytest.mark.parametrize(
    "path",
    [
        "/a -oProxyCommand=evil",
        "/a'b",
        "/a%x",
        "/a:b",
        "a/b",
        "/a//b",
        "/a\n",
        "/$HOME",
        "",
        "/" + 107 * "a",
    ],
)
def test_a_path_that_is_more_than_a_path_leads_nowhere(path: str) -> None:
    assert not is_plain(path)
    with pytest.raises(ValueError, match="no tunnel leads"):
        command("/usr/bin/condor_ssh_to_job", "12.0", HERE, path)


# Said by HTCondor 23.9.6 and 25.14.1, and by OpenSSH 9.2.
@pytest.mark.parametrize(
    ("output", "sentence", "final"),
    [
        (
            "slot1_2@w: Rejecting request, because ENABLE_SSH_TO_JOB=false\n",
            "The worker lets nobody reach its running jobs",
            True,
        ),
        (
            "Job 3.0 is denied by SCHEDD_ENABLE_SSH_TO_JOB.\n",
            "The queue lets nobody reach running jobs",
            True,
        ),
        (
            "slot1_1@w: Failed, because sshd not correctly configured (SSH_TO_JOB_SSHD=/x)\n",
            "There is no sshd on the worker",
            True,
        ),
        (
            "Error executing ssh: No such file or directory\n",
            "There is no ssh on the hub's machine",
            True,
        ),
        ("(Use -auto-retry to keep trying periodically.)\n", "where exactly the job runs", False),
        ("Unable to fetch job ad; is it still in the queue?\n", "does not find the job", False),
        ("Can't connect to schedd\n", "The tunnel to the worker ended: Can't connect", False),
        (
            "Could not chdir to home directory /h: No such\n",
            "The tunnel to the worker ended",
            False,
        ),
        ("", "The tunnel to the worker ended", False),
    ],
)
def test_complaints_become_sentences(output: str, sentence: str, final: bool) -> None:
    found = trouble(output)
    assert sentence in found.sentence
    assert found.final is final
