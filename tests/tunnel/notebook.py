"""A kernel behind the hub's proxy, as JupyterLab talks to it."""

import json
import uuid
from typing import Any

import httpx
import websocket

from tests.hub.site import Site


class Kernel:
    """One kernel of a person's server."""

    def __init__(self, site: Site, user: str) -> None:
        answer = site.api("POST", f"/users/{user}/tokens", {"note": "tests"})
        self._headers = {"Authorization": f"token {answer.json()['token']}"}
        self._address = f"{site.url}/user/{user}/api/kernels"
        self.id: str = self._ask("POST", self._address).json()["id"]

    def run(self, code: str) -> str:
        """Run an expression, over a new connection, and return its value as text."""
        url = f"{self._address}/{self.id}/channels".replace("http", "ws", 1)
        number = uuid.uuid4().hex
        header = {"msg_id": number, "msg_type": "execute_request", "session": number}
        connection = websocket.create_connection(url, header=self._headers, timeout=60)
        try:
            connection.send(
                json.dumps(
                    {
                        "channel": "shell",
                        "header": {**header, "username": "", "version": "5.3", "date": ""},
                        "parent_header": {},
                        "metadata": {},
                        "content": {"code": code, "silent": False, "store_history": False},
                    }
                )
            )
            value = ""
            while True:
                message: dict[str, Any] = json.loads(connection.recv())
                if message["parent_header"].get("msg_id") != number:
                    continue
                content = message["content"]
                assert message["msg_type"] != "error", content
                if message["msg_type"] == "execute_result":
                    value = content["data"]["text/plain"]
                if content.get("execution_state") == "idle":  # comes after all its output
                    return value
        finally:
            connection.close()

    def answers(self) -> bool:
        """Tell whether the server is there for its person."""
        try:
            return httpx.get(self._address, headers=self._headers, timeout=10).status_code == 200
        except httpx.TransportError:
            return False

    def _ask(self, method: str, url: str) -> httpx.Response:
        answer = httpx.request(method, url, headers=self._headers, timeout=60)
        assert answer.status_code in (200, 201), answer.text
        return answer
