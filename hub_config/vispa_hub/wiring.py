"""Where all parts come together: the settings become JupyterHub's configuration.

Only sets values, never appends to or reads back what is there, so that the order does not matter
and the files of `hub.extra_config` have the last word.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from vispa_hub import internal_ssl
from vispa_hub.idle import service as culling
from vispa_hub.limits import limits_of
from vispa_hub.login import VispaAuthenticator
from vispa_hub.pages import PAGES, handlers
from vispa_hub.pages.spawn import spawn_form
from vispa_hub.settings import Settings
from vispa_hub.workshops.closing import service as closing
from vispa_spawner.account import SharedAccount, UnixAccounts

_KEPT_VARIABLES = ["PATH", "LANG", "LC_ALL", "TZ", "CONDOR_CONFIG"]
_IS_LOCAL = {"127.0.0.1", "localhost", "::1"}


def configure(c: Any, settings: Settings) -> None:
    """Fill JupyterHub's configuration object `c` from the settings."""
    data_dir = settings.hub.data_dir
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if settings.cluster.condor_config is not None:
        os.environ["CONDOR_CONFIG"] = str(settings.cluster.condor_config)
    _hub(c, settings)
    internal_ssl.configure(c, settings)
    _proxy(c, settings)
    _people(c, settings)
    _servers(c, settings)
    _pages(c, settings)
    _services(c, settings)


def extra_config(settings: Settings) -> list[Path]:
    """Return the site's own configuration files, in the order of their names."""
    return sorted(settings.hub.extra_config.glob("*.py"))


def _hub(c: Any, settings: Settings) -> None:
    data_dir = settings.hub.data_dir
    local = settings.hub_address in _IS_LOCAL
    c.JupyterHub.bind_url = settings.hub.bind_url
    c.JupyterHub.hub_ip = "127.0.0.1" if local else ""
    c.JupyterHub.hub_port = settings.hub.api_port
    c.JupyterHub.hub_connect_ip = settings.hub_address if not local else "127.0.0.1"
    c.JupyterHub.db_url = f"sqlite:///{data_dir / 'jupyterhub.sqlite'}"
    c.JupyterHub.cookie_secret_file = str(data_dir / "cookie_secret")
    c.JupyterHub.pid_file = str(data_dir / "jupyterhub.pid")
    c.JupyterHub.cleanup_servers = settings.hub.cleanup_servers


def _proxy(c: Any, settings: Settings) -> None:
    scheme = "https" if settings.hub.internal_ssl else "http"
    c.ConfigurableHTTPProxy.command = list(settings.hub.proxy_command)
    c.ConfigurableHTTPProxy.api_url = f"{scheme}://127.0.0.1:{settings.hub.proxy_api_port}"
    c.ConfigurableHTTPProxy.pid_file = str(settings.hub.data_dir / "proxy.pid")


def _people(c: Any, settings: Settings) -> None:
    c.JupyterHub.authenticator_class = VispaAuthenticator
    c.VispaAuthenticator.settings = settings
    c.Authenticator.admin_users = set(settings.hub.admins)


def _servers(c: Any, settings: Settings) -> None:
    accounts = settings.accounts
    c.JupyterHub.spawner_class = "vispa"
    c.VispaSpawner.accounts = (
        SharedAccount(accounts.homes, accounts.skeleton)
        if accounts.mode == "shared"
        else UnixAccounts()
    )
    c.VispaSpawner.limits = limits_of(settings)
    c.VispaSpawner.options_form = spawn_form
    c.VispaSpawner.env_keep = _KEPT_VARIABLES
    c.VispaSpawner.start_timeout = round(settings.cluster.start_timeout.total_seconds())
    c.VispaSpawner.cluster_queue_timeout = settings.cluster.queue_timeout.total_seconds()
    c.VispaSpawner.http_timeout = round(settings.login_node.start_timeout.total_seconds())
    c.VispaSpawner.login_node_python = str(settings.login_node.python)
    c.VispaSpawner.login_node_environment = dict(settings.login_node.environment)
    c.VispaSpawner.hub_instance = settings.hub.instance
    c.VispaSpawner.cluster_python = str(settings.cluster.python)
    c.VispaSpawner.cluster_environment = dict(settings.cluster.environment)
    c.VispaSpawner.cluster_port_range = settings.cluster.port_range
    c.VispaSpawner.cluster_network = settings.cluster.network
    c.VispaSpawner.cluster_tunnel = settings.cluster.tunnel
    c.VispaSpawner.cluster_requirements = settings.cluster.requirements
    c.VispaSpawner.cluster_poll_interval = settings.cluster.poll_interval.total_seconds()


def _pages(c: Any, settings: Settings) -> None:
    c.JupyterHub.template_paths = [str(PAGES / "templates")]
    c.JupyterHub.logo_file = str(PAGES / "static" / "vispa.svg")
    c.JupyterHub.extra_handlers = handlers(settings)
    c.JupyterHub.template_vars = {
        "site_name": settings.hub.name,
        "account_login": settings.accounts.login != "none",
        "token_login": settings.workshops_enabled,
        "site_host": urlsplit(settings.hub.url).hostname,
    }


def _services(c: Any, settings: Settings) -> None:
    services = [service for service in (closing(settings), culling(settings)) if service]
    c.JupyterHub.services = [service for service, _ in services]
    c.JupyterHub.load_roles = [role for _, role in services]
