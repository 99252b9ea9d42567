"""A real hub behind a real proxy, with VISPA's authenticator, and a browser's worth of HTTP."""

import html
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
USER_PASSWORD = "everybody knows this"
ADMIN_PASSWORD = "only the admins know this one, really"
API_TOKEN = "a-token-of-the-tests-and-nobody-else"

SHARED = """
[hub]
admins = ["boss"]
[accounts]
mode = "shared"
login = "shared-password"
password_file = "password"
[groups.staff]
members = ["ann", "bob", "carl", "boss"]
[groups.course]
members = ["ann"]
[groups.guests]
"""

CONFIG = """
from vispa_hub.login import VispaAuthenticator
from vispa_hub.settings import load
from vispa_hub.workshops.closing import service

settings = load("vispa.toml")
c.JupyterHub.authenticator_class = VispaAuthenticator
c.VispaAuthenticator.settings = settings
c.VispaAuthenticator.auth_refresh_age = 1
c.JupyterHub.spawner_class = "simple"
c.Spawner.cmd = ["{python}", "-m", "jupyterhub.singleuser"]
c.Spawner.args = ["--allow-root"]
c.SimpleLocalProcessSpawner.home_dir_template = "{folder}/homes/{{username}}"
c.JupyterHub.bind_url = settings.hub.bind_url
c.JupyterHub.hub_port = {hub_port}
c.JupyterHub.cookie_secret_file = "cookie_secret"
c.JupyterHub.db_url = "sqlite:///hub.sqlite"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api_port}"
c.ConfigurableHTTPProxy.command = ["{proxy}"]
closing, closing_role = service(settings)
c.JupyterHub.services = [{{"name": "tests", "api_token": "{token}"}}, closing]
c.JupyterHub.load_roles = [
    {{
        "name": "tests",
        "scopes": ["admin:users", "tokens", "admin:servers"],
        "services": ["tests"],
    }},
    closing_role,
]
"""


class Browser:
    """One person's cookies. What the login page says is in `said`."""

    def __init__(self, url: str, address: str = "") -> None:
        self.http = httpx.Client(
            base_url=url,
            timeout=60,
            follow_redirects=False,
            # as a web server in front of the proxy tells it
            headers={"X-Real-IP": address, "Sec-Fetch-Mode": "navigate"} if address else {},
        )
        self.said = ""

    def login(self, **form: str) -> int:
        """Post a form of the login page; return the status, 302 when it let us in."""
        page = self.http.get("/hub/login")
        xsrf = self.http.cookies.get("_xsrf", path="/hub/")
        assert page.status_code == 200, page.text
        answer = self.http.post("/hub/login", data={"_xsrf": xsrf or "", **form})
        self.said = _login_error(answer.text)
        return answer.status_code

    def is_in(self) -> bool:
        """Whether the hub knows us."""
        return self.http.get("/hub/home").status_code == 200


class Hub:
    """A hub that runs in a folder of its own until it is stopped."""

    user_password, admin_password, shared_settings = USER_PASSWORD, ADMIN_PASSWORD, SHARED

    def __init__(self, folder: Path, settings: str) -> None:
        self.folder = folder
        port, hub_port, api_port = _free_ports(3)
        self.url = f"http://127.0.0.1:{port}"
        self.log = folder / "hub.log"
        proxy = shutil.which(
            "configurable-http-proxy",
            path=os.pathsep.join((str(ROOT / "node_modules" / ".bin"), os.environ["PATH"])),
        )
        assert proxy, "configurable-http-proxy is missing: npm ci"
        (folder / "password").write_text(f"{USER_PASSWORD}\n{ADMIN_PASSWORD}\n")
        (folder / "password").chmod(0o600)
        self.configure(settings)
        (folder / "jupyterhub_config.py").write_text(
            CONFIG.format(
                folder=folder,
                hub_port=hub_port,
                api_port=api_port,
                proxy=proxy,
                token=API_TOKEN,
                python=sys.executable,
            )
        )

    def configure(self, settings: str) -> None:
        """Write the settings; a running hub keeps those it started with."""
        (self.folder / "vispa.toml").write_text(
            settings.replace("[hub]", f'[hub]\nurl = "{self.url}"', 1)
        )

    def start(self) -> None:
        """Start, and wait until the login page is there."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyterhub"],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        for _ in range(600):
            assert self.process.poll() is None, self.log.read_text()
            try:
                if httpx.get(f"{self.url}/hub/login").status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def stop(self) -> None:
        """End the hub and its proxy."""
        self.process.terminate()
        try:
            self.process.wait(30)
        finally:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()

    def browser(self, address: str = "") -> Browser:
        """Open a browser without cookies, at this address if a web server says so."""
        return Browser(self.url, address)

    @staticmethod
    def until(condition: Callable[[], bool]) -> bool:
        """Wait for something that happens in its own time; whether it happened."""
        for _ in range(300):
            if condition():
                return True
            time.sleep(0.1)
        return False

    def user(self, name: str) -> dict[str, object]:
        """Tell what the hub itself knows of a user."""
        answer = self.api("GET", f"users/{name}")
        return dict(answer.json()) if answer.status_code == 200 else {}

    def server_is_ready(self, name: str) -> bool:
        """Whether a user's server runs."""
        servers = self.user(name)["servers"]
        return isinstance(servers, dict) and any(one["ready"] for one in servers.values())

    def api(self, method: str, path: str, token: str = API_TOKEN) -> httpx.Response:
        """Ask the hub's own API."""
        return httpx.request(
            method,
            f"{self.url}/hub/api/{path}",
            headers={"Authorization": f"token {token}"},
            timeout=60,  # JupyterHub answers some requests only after 10 s of waiting
        )

    def vispa(self, *words: str) -> str:
        """Run the organiser's command beside the running hub."""
        done = subprocess.run(
            [sys.executable, "-c", "from vispa_cli import main; main()", "workshop", *words],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def workshop(self, name: str, seats: int = 1) -> dict[str, str]:
        """Make a workshop; return the token of each seat."""
        words = ("--title", "A course", "--seats", str(seats), "--days", "1", "--csv")
        lines = self.vispa("create", name, *words).splitlines()[1:]
        return dict(line.split(",")[:2] for line in lines)


@pytest.fixture(scope="session")
def hub_in() -> type[Hub]:
    """Give the class of hubs, for a hub of one's own: a folder and settings."""
    return Hub


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """Run a hub in mode "shared" with a shared password."""
    hub = Hub(tmp_path_factory.mktemp("hub"), SHARED)
    hub.start()
    yield hub
    hub.stop()


def _login_error(page: str) -> str:
    found = re.search(r'<p class="login_error">(.*?)</p>', page, re.DOTALL)
    return html.unescape(found[1].strip()) if found else ""


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
