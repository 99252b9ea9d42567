"""`vispa hub` before it is a hub: what is wrong is said, and nothing is started."""

import socket
import subprocess
import sys
from pathlib import Path

from tests.hub.site import free_ports


def vispa_hub(folder: Path, settings: str | None) -> "subprocess.CompletedProcess[str]":
    if settings is not None:
        (folder / "vispa.toml").write_text(settings)
    return subprocess.run(
        [Path(sys.executable).with_name("vispa"), "hub"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_no_settings(tmp_path: Path) -> None:
    done = vispa_hub(tmp_path, None)
    assert done.returncode == 1
    assert "vispa.toml" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_key_is_named_with_its_line(tmp_path: Path) -> None:
    done = vispa_hub(tmp_path, '[hub]\nnamme = "x"\n')
    assert done.returncode == 1
    assert "line 2" in done.stderr
    assert "name" in done.stderr
    assert not (tmp_path / "state").exists()


def test_a_taken_port_is_named_with_its_key(tmp_path: Path) -> None:
    port, api, proxy_api = free_ports(3)
    settings = f"""
[hub]
url = "http://127.0.0.1:{port}"
api_port = {api}
proxy_api_port = {proxy_api}
"""
    for taken, key in ((port, "hub.url"), (api, "hub.api_port"), (proxy_api, "proxy_api_port")):
        with socket.create_server(("127.0.0.1", taken)):
            done = vispa_hub(tmp_path, settings)
        assert done.returncode == 1
        assert f"Port {taken} on 127.0.0.1 cannot be used: Address already in use" in done.stderr
        assert key in done.stderr
