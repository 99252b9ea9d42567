"""Each part that can be wrong is found, and the sentence says what to do."""

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from certipy import Certipy


def test_a_program_that_hangs_is_given_up(report, settings, program, tmp_path: Path) -> None:
    program("proxy", "trap '' TERM; sleep 1000 & echo $! > child; sleep 1000")
    hangs = program("python", "exec sleep 1000")
    checked = report(settings, "--deadline", "1")
    assert sorted(checked.bad) == ["proxy", "servers"]
    assert checked.of("proxy", "failed") == [
        (
            f"{hangs.with_name('proxy')} --version did not finish within 1 seconds. "
            "Reinstall the proxy."
        )
    ]
    child = int((tmp_path / "child").read_text())
    state = Path(f"/proc/{child}/stat")
    assert not state.exists() or ") Z " in state.read_text(), "what it started has ended, too"


class TestDataFolder:
    """`data_dir`."""

    def test_it_may_be_there_already(self, report, settings, tmp_path) -> None:
        (tmp_path / "state").mkdir(mode=0o700)
        assert report(settings).of("data folder", "ok") == [
            f"{tmp_path}/state is writable and closed to others."
        ]

    def test_open_to_others(self, report, settings, tmp_path) -> None:
        (tmp_path / "state").mkdir()
        (tmp_path / "state").chmod(0o755)
        checked = report(settings)
        assert checked.bad == ["data folder"]
        assert checked.of("data folder", "failed")[0].endswith(f"chmod 700 {tmp_path}/state")

    def test_a_file_in_its_place(self, report, settings, tmp_path) -> None:
        (tmp_path / "state").touch()
        [text] = report(settings).of("data folder", "failed")
        assert text.endswith("is not a folder. Name another as hub.data_dir.")

    @pytest.mark.root
    def test_another_owner(self, report, settings, tmp_path) -> None:
        (tmp_path / "state").mkdir(mode=0o700)
        os.chown(tmp_path / "state", 65534, 65534)
        [text] = report(settings).of("data folder", "failed")
        assert "belongs to nobody, and this is root." in text


class TestInternalTls:
    """`internal_ssl`."""

    def test_it_is_said_when_it_is_off(self, report, settings) -> None:
        assert report(settings).of("internal TLS", "off")

    def test_its_authorities_are_made_by_the_hub(self, report, settings) -> None:
        assert report(self.on(settings)).of("internal TLS", "ok") == [
            "The certificates are not there yet; the hub makes them."
        ]

    @pytest.mark.parametrize(
        ("years", "level"), [(5, "ok"), (0.1, "warning"), (0.0000001, "failed")]
    )
    def test_how_long_they_will_do(self, report, settings, tmp_path, years, level) -> None:
        (tmp_path / "state").mkdir(mode=0o700)
        Certipy(str(tmp_path / "state/internal-ssl")).create_ca("hub-ca", years=years)
        time.sleep(4 if level == "failed" else 0)  # as long as the shortest lasts, and a bit
        [text] = report(self.on(settings)).of("internal TLS", level)
        assert text.startswith(f"The authorities in {tmp_path}/state/internal-ssl end on 20")
        assert ("delete that folder" in text) == (level != "ok")

    def on(self, settings: str) -> str:
        return settings.replace("[hub]", "[hub]\ninternal_ssl = true")


class TestProxy:
    """`proxy_command`."""

    def test_missing(self, report, settings, program) -> None:
        program("proxy", "").unlink()
        [text] = report(settings).of("proxy", "failed")
        assert "is not here. Install it (npm install -g configurable-http-proxy)" in text

    def test_too_old_is_a_warning(self, report, settings, program) -> None:
        program("proxy", "echo 4.6.1")
        checked = report(settings)
        assert checked.status == 0
        assert "is version 4.6.1. Before 5.0 it keeps" in checked.of("proxy", "warning")[0]

    def test_its_node_is_too_old(self, report, settings, program) -> None:
        program("proxy", "").write_text("#!/usr/bin/env node\n")
        folder = program("node", "echo v18.20.4").parent
        checked = report(settings, PATH=f"{folder}:{os.environ['PATH']}")
        [text] = checked.of("proxy", "failed")
        assert text.startswith("The proxy needs Node.js 20 or newer, and ")
        assert text.endswith("is v18.20.4. Update it.")

    def test_one_that_fails(self, report, settings, program) -> None:
        program("proxy", "echo Cannot find module; exit 1")
        [text] = report(settings).of("proxy", "failed")
        assert "failed with status 1: Cannot find module" in text

    def test_the_real_one(self, report, settings) -> None:
        real = Path(__file__).parents[2] / "node_modules" / ".bin" / "configurable-http-proxy"
        [text] = report(settings.replace("bin/proxy", str(real))).of("proxy", "ok")
        assert re.fullmatch(r".*configurable-http-proxy, version 5\.\d+\.\d+\.", text)


class TestPorts:
    """`url`, `bind` and the two inner ports."""

    def test_taken_by_another_program(self, report, settings) -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            text = re.sub(r"^api_port = \d+", f"api_port = {port}", settings, flags=re.MULTILINE)
            checked = report(text)
        assert checked.of("ports", "failed") == [
            (
                f"Port {port} on 127.0.0.1 is taken by another program. End that, or change "
                "hub.api_port."
            )
        ]

    def test_an_address_of_another_machine(self, report, settings) -> None:
        [text] = report(settings.replace("//127.0.0.1:", "//192.0.2.1:")).of("ports", "failed")
        assert text.startswith("192.0.2.1 in hub.url is no address of this machine.")

    def test_a_name_nobody_knows(self, report, settings) -> None:
        [text] = report(settings.replace("//127.0.0.1:", "//hub.invalid:")).of("ports", "failed")
        assert text.startswith("The name hub.invalid in hub.url has no address here")

    def test_the_hub_itself(self, report, settings, tmp_path) -> None:
        """A process that is called jupyterhub stands in; tests of the site check a whole hub."""
        waits = "import sys; sys.stdin.read()"
        with subprocess.Popen(
            [sys.executable, "-c", waits, "jupyterhub"], stdin=subprocess.PIPE
        ) as hub:
            (tmp_path / "state").mkdir(mode=0o700)
            (tmp_path / "state" / "jupyterhub.pid").write_text(str(hub.pid))
            running = report(settings)
            assert hub.stdin
            hub.stdin.close()
        assert running.of("ports", "ok") == [f"The hub is running, as process {hub.pid}."]
        assert "are free" in report(settings).of("ports", "ok")[0]


class TestServers:
    """The environment of people's servers."""

    def test_this_very_environment(self, report, settings) -> None:
        [text] = report(settings.replace('"bin/python"', f'"{sys.executable}"')).of("servers", "ok")
        assert re.search(r": JupyterLab 4\.\d+\.\d+, safe versions of all", text)

    def test_versions_with_known_holes(self, report, settings, program) -> None:
        versions = (
            '{"versions": {"jupyterhub": "6.1.1", "jupyter-server": "2.20.0", '
            '"jupyterlab": "4.6.4", "tornado": null, "jupyter-server-proxy": null}, '
            '"missing": {"jupyterlab": "ImportError: no"}, "uncompiled": []}'
        )
        python = program("python", f"echo '{versions}'")
        checked = report(settings)
        assert checked.of("servers", "failed") == [
            (
                f"{python} cannot load jupyterlab (ImportError: no). "
                "Install VISPA's extra [lab] with it."
            ),
            (
                f"{python} has jupyter-server 2.20.0, and before 2.21.1 it has known security "
                f"holes. Update it: {python} -m pip install --upgrade jupyter-server"
            ),
            f"{python} has no tornado. Install VISPA's extra [lab] with it.",
        ]

    def test_packages_that_nobody_compiled(self, report, settings, program, tmp_path) -> None:
        """Python looks for compiled files in another place here, and so finds none."""
        elsewhere = f"-X pycache_prefix={tmp_path}/none"
        python = program("python", f'exec {sys.executable} {elsewhere} "$@"')
        checked = report(settings)
        assert checked.status == 0
        [text] = checked.of("servers", "warning")
        assert text.startswith(f"{python} finds no compiled files of 6 of 6 packages.")
        assert re.search(r"Do it once: .*/python -m compileall -q /.*/site-packages$", text)
        assert not (tmp_path / "none").exists(), "looking compiles nothing"

    def test_what_is_no_python(self, report, settings, program) -> None:
        python = program("python", "echo hello")
        [text] = report(settings).of("servers", "failed")
        assert text == f"{python} is not a Python interpreter (login_node.python)."

    def test_a_python_that_only_the_workers_have(self, report, settings, tmp_path) -> None:
        text = settings.replace("enabled = false", 'python = "/cvmfs/none/python"').replace(
            "[groups.guests]", "[groups.guests]\nplaces = ['cluster']"
        )
        (tmp_path / "none").touch()
        checked = report(text, CONDOR_CONFIG=str(tmp_path / "none"))
        [warning] = checked.of("servers", "warning")
        assert warning.endswith("Make sure that the workers have it.")

    def test_people_must_be_able_to_read_it(self, tmp_path) -> None:
        from vispa_hub.check.servers import closed_to_others

        folder = tmp_path / "closed"
        folder.mkdir(mode=0o700)
        python = folder / "python"
        python.touch()
        python.chmod(0o755)
        link = tmp_path / "link"
        link.symlink_to(python)
        assert closed_to_others(python) in {folder, *folder.parents}
        assert closed_to_others(link) in {folder, *folder.parents}
        assert closed_to_others(Path("/bin/sh")) is None


class TestPeople:
    """Accounts, groups and passwords."""

    def test_without_groups_nobody_comes_in(self, report, settings) -> None:
        checked = report(settings.replace("[groups.guests]", ""))
        assert checked.of("people", "failed") == [
            "There is no group, so nobody can log in. Add a table [groups.NAME]."
        ]

    def test_groups_accounts_and_admins_that_are_not_there(self, report, settings) -> None:
        text = settings.replace('mode = "shared"', 'mode = "unix"').replace(
            "[groups.guests]",
            "[groups.a]\nmembers = ['no-such-account']\nunix_groups = ['no-such-group']\n"
            "[groups.b]",
        )
        checked = report(text.replace("[hub]", "[hub]\nadmins = ['boss']"))
        assert checked.of("people", "warning") == [
            "No such account on this machine: no-such-account.",
            "No such Unix group on this machine: no-such-group.",
            "Nobody is in: b. Give them members or unix_groups.",
            "The admin boss cannot log in: no group has boss as a member.",
        ]

    def test_a_shared_password_that_others_can_read(self, report, settings, tmp_path) -> None:
        (tmp_path / "password").write_text("long enough\n")
        (tmp_path / "password").chmod(0o644)
        text = settings.replace(
            'login = "none"', 'login = "shared-password"\npassword_file = "password"'
        )
        [problem] = report(text).of("people", "failed")
        assert problem.endswith(f"Close it: chmod 600 {tmp_path}/password")
        (tmp_path / "password").chmod(0o600)
        checked = report(text)
        assert checked.status == 0
        assert "One password opens all accounts: for trying out only." in checked.of(
            "people", "warning"
        )


class TestWorkshops:
    """The files of the workshops."""

    @pytest.fixture
    def store(self, tmp_path):
        from datetime import UTC, datetime

        from vispa_hub.workshops.making import create
        from vispa_hub.workshops.store import Store

        (tmp_path / "state").mkdir(mode=0o700)
        store = Store(tmp_path / "state" / "workshops")
        create(store, ["p-01"], name="p", title="P", begins=datetime.now(UTC), days=1)
        return store

    def test_in_order(self, report, settings, store) -> None:
        assert report(settings).of("workshops", "ok") == ["1 in all, 1 open or to come."]

    def test_a_broken_file(self, report, settings, store) -> None:
        (store.folder / "p.json").write_text("{")
        [text] = report(settings).of("workshops", "failed")
        assert "p.json cannot be read: " in text
        assert text.endswith("Take it from a backup.")

    def test_a_lost_key(self, report, settings, store) -> None:
        (store.folder / "pepper").unlink()
        [text] = report(settings).of("workshops", "failed")
        assert "without it no token of any workshop opens" in text
        assert not (store.folder / "pepper").exists(), "checking makes no new one"


def test_extra_configuration_that_is_not_python(report, settings, tmp_path) -> None:
    (tmp_path / "jupyterhub_config.d").mkdir()
    (tmp_path / "jupyterhub_config.d" / "10-site.py").write_text("c.X = 1\nc.Y = (\n")
    [text] = report(settings).of("extra config", "failed")
    assert "10-site.py, line 2: this is not Python: " in text
