"""`vispa hub`: check the settings, then become JupyterHub."""

import os
import socket
import sys
import sysconfig
from pathlib import Path
from urllib.parse import urlsplit

import click

from vispa_hub.settings import Settings, SettingsError, load
from vispa_hub.settings.option import settings_option


@click.command()
@settings_option
def hub(path: Path) -> None:
    """Run the hub in the foreground until it is told to stop."""
    try:
        settings = load(path)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    _ensure_ports_free(settings)
    config = Path(sysconfig.get_path("data")) / "etc/vispa/jupyterhub_config.py"
    os.environ["VISPA_SETTINGS"] = str(path.resolve())
    settings.hub.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The same process goes on as JupyterHub: signals and exit codes need nobody in between.
    os.execv(  # noqa: S606 - there is no shell here
        sys.executable, [sys.executable, "-m", "jupyterhub", "--config", str(config)]
    )


def _ensure_ports_free(settings: Settings) -> None:
    """Say which port is taken before JupyterHub fails on it half way."""
    wanted = [("127.0.0.1", settings.hub.api_port, "hub.api_port")]
    # A hub that was killed leaves its proxy; JupyterHub ends that one by itself.
    if not _runs(settings.hub.data_dir / "proxy.pid"):
        address = urlsplit(settings.hub.bind_url)
        wanted.append((address.hostname or "", address.port or 80, "hub.url or hub.bind"))
        wanted.append(("127.0.0.1", settings.hub.proxy_api_port, "hub.proxy_api_port"))
    for host, port, key in wanted:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise click.ClickException(
                    f"Port {port} on {host} cannot be used: {error.strerror}. Is a hub running "
                    f"already? Stop what uses the port, or change {key} in the settings."
                ) from None


def _runs(pid_file: Path) -> bool:
    """Whether the process named in a pid file is there."""
    try:
        os.kill(int(pid_file.read_text()), 0)
    except (OSError, ValueError):
        return False
    return True
