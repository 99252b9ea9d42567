"""The service that stops servers nobody uses: JupyterHub's idle culler, run by the hub."""

import sys
from typing import Any

from vispa_hub.settings import Settings

_NEVER = 10**9  # seconds; the culler has no word for it


def service(settings: Settings) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return the service and its role for JupyterHub; None when no server is ever culled."""
    timeout = round(settings.idle.server_timeout.total_seconds())
    max_age = round(settings.idle.max_age.total_seconds())
    if not timeout and not max_age:
        return None
    # Often enough for short limits, and not so often that a hub of many users notices.
    look_every = max(10, min(300, min(limit for limit in (timeout, max_age) if limit) // 4))
    command = [sys.executable, "-m", "jupyterhub_idle_culler"]
    command += [f"--timeout={timeout or _NEVER}", f"--max-age={max_age}"]
    command += [f"--cull-every={look_every}"]
    if settings.hub.internal_ssl:
        command += ["--ssl-enabled=true", f"--internal-certs-location={settings.internal_certs}"]
    scopes = ["list:users", "read:users:activity", "read:servers", "delete:servers"]
    role = {"name": "idle-culler", "scopes": scopes, "services": ["idle-culler"]}
    return {"name": "idle-culler", "command": command}, role
