"""`GET /vispa/session`."""

from __future__ import annotations

import os
from dataclasses import asdict
from datetime import UTC, datetime

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web

from .describe import describe


class SessionHandler(APIHandler):
    """Tells the fields of `describe.Session` as JSON."""

    auth_resource = "vispa"
    _track_activity = False  # asking where a server runs does not keep it from being culled

    @web.authenticated
    @authorized
    def get(self) -> None:
        """Answer with the session; never changes anything."""
        session = describe(os.environ, started=self.settings["started"], now=datetime.now(UTC))
        self.finish(asdict(session))
