"""`vispa check` as an admin sees it."""

import json


def test_a_site_in_order_is_ready(vispa_check, settings) -> None:
    done = vispa_check(settings)
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout
    assert lines[-1] == "Ready."
    assert lines[0] == "✓ settings      vispa.toml can be used. Groups: guests."
    assert all(line[:2] in {"✓ ", "! ", "- "} for line in lines[:-2])


def test_nothing_is_changed(vispa_check, settings, tmp_path) -> None:
    vispa_check(settings)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bin", "vispa.toml"]


def test_parts_that_are_switched_off_are_said_so(report, settings) -> None:
    checked = report(settings.replace("[groups.guests]", "[groups.staff]\nmembers = ['ann']"))
    assert checked.of("HTCondor", "off") == [
        "cluster.enabled is false: all servers run on the login node."
    ]
    assert checked.of("people", "off") == [
        'accounts.login is "none": people come in by workshop token only.'
    ]
    assert checked.of("workshops", "off") == [
        "There is no group guests; with [groups.guests] there are workshops."
    ]


def test_wrong_settings_are_a_line_each_and_nothing_else_is_asked(vispa_check, settings) -> None:
    done = vispa_check(settings + "memroy = 1\nrequirments = 2\n")
    lines = done.stdout.splitlines()
    assert done.returncode == 1
    assert [line[0] for line in lines[:2]] == ["✗", "✗"]
    assert "line 16: [cluster] knows no key 'memroy'" in lines[0]
    assert "did you mean 'requirements'?" in lines[1]
    assert lines[2:] == ["", "Not ready: mend what is marked, then check again."]


def test_wrong_settings_are_in_the_json_too(vispa_check, settings) -> None:
    done = vispa_check("[", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert found["ok"] is False
    assert [finding["part"] for finding in found["findings"]] == ["settings"]


def test_a_terminal_without_unicode_gets_plain_marks(vispa_check, settings) -> None:
    done = vispa_check(settings, PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("ok settings")


def test_a_broken_probe_does_not_hide_the_others(settings, tmp_path) -> None:
    import asyncio

    from vispa_hub.check.report import PROBES, findings
    from vispa_hub.settings import load

    (tmp_path / "vispa.toml").write_text(settings)

    async def broken(*_: object):
        raise KeyError("oops")

    async def collect():
        probes = {"broken": broken, "ports": PROBES["ports"]}
        site = load(tmp_path / "vispa.toml")
        return [finding async for finding in findings(site, 5, probes)]

    first, second = asyncio.run(collect())
    assert (first.level, first.text) == (
        "failed",
        "It could not be looked at (KeyError: 'oops').",
    )
    assert second.level == "ok"
