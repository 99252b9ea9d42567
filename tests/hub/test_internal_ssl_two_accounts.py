"""Alice's key, where the parts of a hub that runs as root speak TLS, and Bob."""

import os
import stat
from pathlib import Path

import httpx
import pytest

from tests.hub.site import Site
from tests.hub.test_two_accounts import person, server_process

pytestmark = [
    pytest.mark.pool,
    pytest.mark.root,
    pytest.mark.skipif(os.geteuid() != 0, reason="makes Unix accounts, which needs root"),
]


@pytest.mark.parametrize("place", ["cluster", "login-node"])
def test_the_key_is_alices_alone(unix_tls_site: Site, place: str) -> None:
    site = unix_tls_site
    server = site.start_server("vispa-alice", where=place)
    token = site.api("POST", "/users/vispa-alice/tokens", {"note": "tests"}).json()["token"]
    headers = {"Authorization": f"token {token}"}
    assert httpx.get(f"{site.url}{server['url']}api/status", headers=headers).status_code == 200

    [key] = keys(site)
    assert key.owner() == "vispa-alice"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    secret = key.read_text().splitlines()[1]
    bob = person("vispa-bob")
    assert bob.run("cat", str(key)).stdout == ""
    everywhere = f"{site.folder} /tmp /var/tmp /dev/shm ~vispa-alice"
    seen = [
        bob.run("condor_q", "-all", "-long", **site.environment).stdout,
        bob.run("ps", "auxeww").stdout,
        bob.run("sh", "-c", f"grep -rsIF -e '{secret}' {everywhere}; true").stdout,
    ]
    assert str(server_process("vispa-alice").pid) in seen[1], "Bob did see the process"
    site.stop_server("vispa-alice")
    seen.append(bob.run("condor_history", "-long", **site.environment).stdout)
    assert not any(secret in text for text in seen)
    assert keys(site) == []


def keys(site: Site) -> list[Path]:
    """Return the keys of servers, wherever they may be."""
    folders = (site.folder / "pool/execute", Path("/tmp/vispa-home-vispa-alice"))
    return [key for folder in folders for key in folder.rglob("server.key")]
