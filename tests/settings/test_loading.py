"""Every mistake in `vispa.toml` has a line and says what would be right."""

import os
from pathlib import Path

import pytest
from vispa_hub.settings import Settings, SettingsError, load


@pytest.fixture
def mistakes(tmp_path: Path):
    """Load a text; return the lines of the error without the file's name."""

    def of(text: str) -> list[str]:
        file = tmp_path / "vispa.toml"
        file.write_text(text)
        with pytest.raises(SettingsError) as error:
            load(file)
        lines = str(error.value).splitlines()
        assert all(line.startswith(str(file)) for line in lines)
        return [line.removeprefix(f"{file}, ") for line in lines]

    return of


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            '[groups.students.login_node]\n\nmemroy = "2G"',
            "line 3: [groups.students.login_node] knows no key 'memroy'; did you mean 'memory'?",
        ),
        ("[grops.x]", "line 1: there is no [grops]; did you mean 'groups'?"),
        (
            "[idle]\nzzz = 1",
            "line 2: [idle] knows no key 'zzz'; known here: server_timeout, max_age",
        ),
        (
            "[cluster]\nenabled = 'yes'",
            "line 2: 'enabled' in [cluster] must be true or false, without quotes, not \"yes\"",
        ),
        (
            "[groups.a.login_node]\ncores = '3'",
            (
                "line 2: 'cores' in [groups.a.login_node] must be a whole number without quotes, "
                'such as 4, not "3"'
            ),
        ),
        (
            "[groups.a.login_node]\ncores = 0",
            "line 2: 'cores' in [groups.a.login_node] must be at least 1, not 0",
        ),
        (
            "[hub]\nname = 4",
            "line 2: 'name' in [hub] must be a text in quotes, such as \"a text\", not 4",
        ),
        (
            "[accounts]\nmode = 'unixx'",
            'line 2: \'mode\' in [accounts] must be "unix" or "shared", not "unixx"',
        ),
        ("hub = 3", "line 1: [hub] must be a table, not 3"),
        (
            "[groups.a]\nplaces = []",
            "line 2: 'places' in [groups.a] must not be empty",
        ),
        (
            "[groups.a]\nplaces = ['cluster', 'cluster']",
            "line 2: 'places' in [groups.a] names a place twice",
        ),
        (
            "[hub]\ninternal_ssl = true\n[cluster]\ntunnel = true",
            (
                "line 4: 'tunnel' in [cluster] is true, and so is hub.internal_ssl: the proxy "
                "speaks no TLS to a tunnel. What goes through a tunnel is encrypted by ssh; choose "
                "one of the two"
            ),
        ),
        (
            "[cluster]\nstart_timeout = '0'",
            "line 2: 'start_timeout' in [cluster] must be longer than 0; write for example \"60s\"",
        ),
        (
            "[groups.students]\nmembers = [\n 'ann',\n 'Bob',\n]",
            (
                "line 4: 'members' in [groups.students] is wrong: \"Bob\" is not a name VISPA "
                "can use: "
                "an account in small letters, digits and _ . @ -, and never root"
            ),
        ),
        (
            "[workshops]\ngroup = 'guets'\n[groups.guests]\n[groups.staff]",
            (
                "line 2: 'group' in [workshops] \"guets\" is not a group; add a table "
                "[groups.guets] "
                "or name one of: guests, staff"
            ),
        ),
        (
            "[groups.a]\nplaces = ['cluster']\n[cluster]\nenabled = false",
            (
                "line 4: 'enabled' in [cluster] is false, but the cluster is the only place of: a; "
                'give them places = ["login-node"]'
            ),
        ),
        (
            "[groups.a.cluster]\nmax_memory = '4G'\ndefault_memory = '8G'",
            "line 3: 'default_memory' in [groups.a.cluster] is 8G, but max_memory is only 4G",
        ),
        (
            "[cluster.environment]\nA = 'x'\n'B C' = 'y'",
            "line 3: 'B C' in [cluster.environment] is not the name of an environment variable",
        ),
        (
            "[cluster]\nport_range = [41000, 40000]",
            (
                "line 2: 'port_range' in [cluster] is wrong: [41000, 40000] is not a range of "
                "ports: "
                "write the lower one first, both from 1024 to 65535, or [0, 0] for any"
            ),
        ),
        (
            '[cluster]\nnetwork = "10.1.0.7/16"',
            (
                "line 2: 'network' in [cluster] is wrong: \"10.1.0.7/16\" is not a network: "
                'write for example "10.1.0.0/16"'
            ),
        ),
        (
            "[cluster]\nport_range = [41000]",
            "line 2: 'port_range' in [cluster] must be two numbers, such as [40000, 41000]",
        ),
        (
            "[accounts]\nmode = 'shared'\nlogin = 'shared-password'",
            (
                "line 1: 'password_file' in [accounts] is missing: login is "
                '"shared-password"; write '
                "the password into a file of mode 0600 and its name here, for example "
                'password_file = "password"'
            ),
        ),
        (
            "[hub]\nurl = 'vispa.example.org'",
            (
                "line 2: 'url' in [hub] is wrong: \"vispa.example.org\" is not the address of a "
                "hub; "
                'write for example "http://127.0.0.1:8000" or "https://hub.example.org"'
            ),
        ),
        ("[hub]\nname = ", "at the end: this is not TOML: invalid value"),
        ("[hub]\nname 4", "line 2, column 6: this is not TOML: expected '='"),
        ("[hub]\nname = 'x", 'at the end: this is not TOML: expected "\'"'),
    ],
)
def test_a_mistake_is_one_line(mistakes, text: str, sentence: str) -> None:
    [found] = mistakes(text)
    assert found == sentence or found.startswith(sentence)


def test_https_needs_a_web_server_in_front(mistakes) -> None:
    [line] = mistakes("[hub]\nurl = 'https://hub.example.org'")
    assert line.startswith("line 1: 'bind' in [hub] is wrong: the proxy does not speak https")
    assert 'bind = "http://127.0.0.1:8000"' in line


def test_all_mistakes_come_at_once_in_the_order_of_the_file(mistakes) -> None:
    found = mistakes(
        "[hub]\nurll = 'x'\n[groups.a]\nmembers = 3\n[cluster]\nenabled = 1\n[workshops]\ngroup='b'"
    )
    assert [line.split(":")[0] for line in found] == ["line 2", "line 4", "line 6"]


def test_two_rules_broken_in_one_table_are_two_lines(mistakes) -> None:
    found = mistakes("[groups.a.cluster]\nmax_cores=1\ndefault_cores=2\ndefault_memory='32G'")
    assert [line.split(":")[0] for line in found] == ["line 3", "line 4"]


def test_a_default_nobody_wrote_gives_way_to_the_limit(tmp_path: Path) -> None:
    file = tmp_path / "vispa.toml"
    file.write_text("[groups.a.cluster]\nmax_memory = '1G'\nmax_runtime = '1h'")
    limits = load(file).groups["a"].cluster
    assert str(limits.default_memory) == "1G"
    assert str(limits.default_runtime) == "1h"


def test_relative_paths_start_at_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "vispa.toml").write_text(
        '[hub]\nproxy_command = ["bin/chp", "--x"]\n[accounts]\npassword_file = "/etc/pw"\n'
    )
    monkeypatch.chdir(tmp_path)
    settings = load("site/vispa.toml")
    assert settings.hub.data_dir == tmp_path / "site" / "state"
    assert settings.hub.proxy_command == (str(tmp_path / "site" / "bin" / "chp"), "--x")
    assert settings.accounts.password_file == Path("/etc/pw")


def test_an_empty_file_means_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "vispa.toml").touch()
    monkeypatch.chdir(tmp_path)
    assert load("vispa.toml") == Settings()
    assert not load("vispa.toml").workshops_enabled


def test_the_instance_is_the_same_each_time_and_another_for_another_hub(tmp_path: Path) -> None:
    def instance(folder: str) -> str:
        return Settings.model_validate({}, context={"folder": tmp_path / folder}).hub.instance

    assert instance("a") == instance("a") != instance("b")


@pytest.mark.parametrize(
    ("url", "bind", "expected"),
    [
        ("http://127.0.0.1:8000/", "", "http://127.0.0.1:8000"),
        ("https://x.org", "http://127.0.0.1:9000/", "http://127.0.0.1:9000"),
        ("https://x.org/vispa/", "http://127.0.0.1:9000", "http://127.0.0.1:9000/vispa"),
    ],
)
def test_the_proxy_listens_at_the_url_or_where_bind_says(url, bind, expected) -> None:
    hub = Settings.model_validate({"hub": {"url": url, "bind": bind}}).hub
    assert hub.bind_url == expected


def test_settings_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().hub.name = "other"


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (lambda file: None, "There is no settings file"),
        (lambda file: file.mkdir(), "is a folder, not a settings file"),
        (lambda file: file.write_bytes(b"a\n\xff"), "line 2: this is not UTF-8 text"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path: Path, prepare, sentence: str) -> None:
    prepare(tmp_path / "vispa.toml")
    with pytest.raises(SettingsError, match=sentence):
        load(tmp_path / "vispa.toml")


def test_a_folder_with_settings_in_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "vispa.toml").touch()
    with pytest.raises(SettingsError, match=r"Did you mean .*/vispa\.toml\?"):
        load(tmp_path)


@pytest.fixture
def ordinary_account():
    """Give up root's right to read everything, where the tests run as root."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    yield
    os.seteuid(before)


def test_a_closed_file_is_a_sentence(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    (tmp_path / "vispa.toml").touch(mode=0)
    request.getfixturevalue("ordinary_account")
    with pytest.raises(SettingsError, match=r"cannot be read \(Permission denied\)"):
        load(tmp_path / "vispa.toml")
