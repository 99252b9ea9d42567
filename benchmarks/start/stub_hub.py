"""What a starting server needs of a hub, and no more; it answers at once and checks nothing.

So what is measured is the server alone. What a real hub adds is in the benchmark `condor`.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from types import TracebackType
from typing import Any, Self

_VERSION = version("jupyterhub")
_SOMEBODY = {
    "kind": "user",
    "name": "somebody",
    "admin": False,
    "groups": [],
    "scopes": ["access:servers!server=somebody/"],
}
"""Who it is, whatever token is shown."""


class StubHub:
    """Answers under /hub/api on a loopback port, and keeps the port that a server reports."""

    def __init__(self) -> None:
        """Bind a port; nothing is served before the `with` block. `requests` keeps what came."""
        requests: list[str] = []
        reports: list[int] = []
        reported = threading.Condition()

        class _Api(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                requests.append(f"GET {self.path}")
                is_who = self.path.endswith("/user")
                self._answer(_SOMEBODY if is_who else {"version": _VERSION})

            def do_POST(self) -> None:
                requests.append(f"POST {self.path}")
                posted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if self.path.endswith("/report"):
                    with reported:
                        reports.append(posted["port"])
                        reported.notify_all()
                self._answer({})

            def _answer(self, body: dict[str, Any]) -> None:
                text = json.dumps(body).encode()
                self.send_response(200)
                self.send_header("X-JupyterHub-Version", _VERSION)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing."""

        self.requests = requests
        self._reports, self._reported = reports, reported
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Api)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self.api_url = f"http://127.0.0.1:{self._server.server_port}/hub/api"
        self.report_url = f"{self.api_url}/report"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def reported_port(self, within: float) -> int | None:
        """Wait up to `within` seconds for a report, take it and return its port; else None."""
        with self._reported:
            self._reported.wait_for(lambda: self._reports, within)
            return self._reports.pop() if self._reports else None
