"""`vispa hub`: check the settings, then become JupyterHub."""

import os
import socket
import sys
import sysconfig
from pathlib import Path

import click

from vispa_hub.settings import Settings, SettingsError, load


@click.command()
@click.option(
    "--settings",
    "path",
    type=click.Path(path_type=Path),
    default=Path("vispa.toml"),
    show_default=True,
    help="The settings file.",
)
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
    address = settings.hub.bind_url.partition("://")[2].partition("/")[0]
    host, _, port = address.rpartition(":")
    wanted = [(host.strip("[]") or address, int(port or 80), "hub.url or hub.bind")]
    wanted.append(("127.0.0.1", settings.hub.api_port, "hub.api_port"))
    wanted.append(("127.0.0.1", settings.hub.proxy_api_port, "hub.proxy_api_port"))
    for name, number, key in wanted:
        with socket.socket(socket.AF_INET6 if ":" in name else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((name, number))
            except OSError as error:
                raise click.ClickException(
                    f"Port {number} on {name} cannot be used: {error.strerror}. Is a hub running "
                    f"already? Stop what uses the port, or change {key} in the settings."
                ) from None
