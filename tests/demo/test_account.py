"""What goes along when root's demo changes to its own account, and what stays behind."""

import os
import pwd
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.account import ensure_account, environment
from dev.port import ensure_free, find_free
from dev.progress import Failure

ACCOUNT = pwd.struct_passwd(("demo", "x", 1234, 1234, "", "/home/demo", "/bin/bash"))


def test_secrets_of_root_stay_behind() -> None:
    kept = environment(ACCOUNT, {"AWS_SECRET_ACCESS_KEY": "s", "SSH_AUTH_SOCK": "/tmp/agent"})
    assert kept == {
        "HOME": "/home/demo",
        "USER": "demo",
        "LOGNAME": "demo",
        "SHELL": "/bin/bash",
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    }


def test_what_a_site_needs_for_downloads_goes_along() -> None:
    needed = {
        "PIP_INDEX_URL": "https://mirror.example.org/simple",
        "https_proxy": "http://proxy.example.org:3128",
        "NO_PROXY": "example.org",
        "npm_config_registry": "https://npm.example.org",
        "SSL_CERT_FILE": "/etc/passwd",  # any file that all can read
        "LC_ALL": "C.UTF-8",
    }
    assert environment(ACCOUNT, needed).items() >= needed.items()


def test_paths_that_the_account_cannot_read_stay_behind(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "pip.conf").touch()
    ours = {"PIP_CONFIG_FILE": str(closed / "pip.conf"), "UV_CACHE_DIR": "/tmp"}
    assert not environment(ACCOUNT, ours).keys() & ours.keys()


def test_the_identity_of_root_is_not_handed_on() -> None:
    kept = environment(ACCOUNT, {"HOME": "/root", "USER": "root", "PATH": "/root/bin"})
    assert (kept["HOME"], kept["USER"]) == ("/home/demo", "demo")
    assert "/root" not in kept["PATH"]


def test_an_account_whose_home_is_not_its_own_is_refused() -> None:
    stranger = next(one for one in pwd.getpwall() if not Path(one.pw_dir).is_dir())
    with pytest.raises(Failure, match=f"userdel {stranger.pw_name}"):
        ensure_account(stranger.pw_name)
    with pytest.raises(Failure, match="not a home of its own"):
        ensure_account("root")


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_port_in_use_is_named_with_one_that_is_free(taken: int) -> None:
    with pytest.raises(Failure) as caught:
        ensure_free(taken)
    said = str(caught.value)
    assert f"Port {taken} is in use" in said
    ensure_free(int(said.rpartition("PORT=")[2]))


def test_a_free_port_will_do(taken: int) -> None:
    assert find_free(taken) > taken
    ensure_free(find_free(taken))


@pytest.mark.parametrize("port", [-1, 65536])
def test_what_is_no_port_is_told_so(port: int) -> None:
    with pytest.raises(Failure, match="from 1 to 65535"):
        ensure_free(port)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may use every port")
def test_a_reserved_port_is_told_so() -> None:
    with pytest.raises(Failure, match="reserved for root"):
        ensure_free(80)
