"""A hub that comes up again knows the present settings, not the past."""

import subprocess
import sys

import pytest
from vispa_hub.admission.password_file import shared_passwords
from vispa_hub.settings import SettingsError


@pytest.fixture
def own_hub(tmp_path, hub_in):
    hub = hub_in(tmp_path, hub_in.shared_settings)
    hub.start()
    yield hub
    hub.stop()


def test_who_left_the_groups_is_out_and_who_stayed_is_in(own_hub) -> None:
    ann, bob, guest = (own_hub.browser() for _ in range(3))
    ann.login(username="ann", password=own_hub.user_password)
    bob.login(username="bob", password=own_hub.user_password)
    [token] = own_hub.workshop("physics").values()
    guest.login(token=token)
    assert [own_hub.user(name)["groups"] for name in ("bob", "physics-01")] == [
        ["staff"],
        ["guests"],
    ]

    own_hub.stop()
    own_hub.configure(
        own_hub.shared_settings.replace(
            'members = ["ann", "bob", "carl", "boss"]', 'members = ["boss"]'
        )
    )
    own_hub.start()

    assert ann.is_in(), "she is still in the course"
    assert own_hub.user("ann")["groups"] == ["course"]
    assert guest.is_in()
    assert not bob.is_in()
    assert bob.login(username="bob", password=own_hub.user_password) == 403
    assert bob.said.startswith("The password is right, but bob is in no group")
    assert own_hub.api("POST", "users/bob/server").status_code == 403


def test_an_admin_who_is_none_any_more_loses_the_rights(own_hub) -> None:
    boss = own_hub.browser()
    boss.login(username="boss", password=own_hub.admin_password)
    assert own_hub.user("boss")["admin"] is True
    own_hub.stop()
    own_hub.configure(own_hub.shared_settings.replace('admins = ["boss"]', ""))
    own_hub.start()
    assert boss.is_in()
    assert own_hub.user("boss")["admin"] is False


def test_a_password_file_that_cannot_be_used_stops_the_start(tmp_path, hub_in) -> None:
    hub_in(tmp_path, hub_in.shared_settings)
    (tmp_path / "password").chmod(0o644)
    started = subprocess.run(
        [sys.executable, "-m", "jupyterhub"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert started.returncode != 0
    assert "can be read by others (mode 0644). Close it: chmod 600" in started.stderr


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "there is no file"),
        ("", "fewer than 8 characters"),
        ("short\n", "has fewer than 8 characters"),
        ("long enough\ntoo short\n", "at least 32 characters"),
        (f"{'x' * 32}\n{'x' * 32}\n", "differ from line 1"),
        ("pässwört-pässwört\n", "use only ASCII characters"),
    ],
)
def test_a_password_file_says_what_is_wrong_with_it(tmp_path, text, sentence: str) -> None:
    file = tmp_path / "password"
    if text is not None:
        file.touch(mode=0o600)
        file.write_text(text)
    with pytest.raises(SettingsError, match=sentence):
        shared_passwords(file)


def test_a_password_file_without_admins(tmp_path) -> None:
    (tmp_path / "password").touch(mode=0o600)
    (tmp_path / "password").write_text(" with spaces \n")
    assert shared_passwords(tmp_path / "password") == (" with spaces ", None)
