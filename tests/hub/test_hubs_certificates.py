"""The certificates that JupyterHub makes once, and settings that change."""

from pathlib import Path

import pytest
from certipy import Certipy, CertNotFoundError
from vispa_hub.internal_ssl import first_end, forget_outdated, names
from vispa_hub.settings import load

_NAMES = ["DNS:localhost", "DNS:hub.example.org", "IP:10.0.0.1"]


@pytest.fixture
def location(tmp_path: Path) -> Path:
    """What a first start leaves."""
    certipy = Certipy(str(tmp_path))
    certipy.create_ca("hub-ca")
    certipy.create_signed_pair("hub-internal", "hub-ca", alt_names=_NAMES)
    return tmp_path


def test_they_are_for_the_names_that_browsers_and_workers_use(tmp_path: Path) -> None:
    file = tmp_path / "vispa.toml"
    file.write_text(
        '[hub]\nurl = "https://hub.example.org"\nbind = "http://127.0.0.1:8000"\n'
        '[cluster]\nhub_address = "10.0.0.1"\n'
    )
    assert names(load(file)) == ["DNS:hub.example.org", "IP:10.0.0.1"]


def test_as_long_as_they_fit_they_stay(location: Path) -> None:
    before = (location / "hub-internal/hub-internal.crt").read_bytes()
    forget_outdated(location, _NAMES[1:])
    assert (location / "hub-internal/hub-internal.crt").read_bytes() == before
    Certipy(str(location)).store.get_record("hub-internal")


def test_one_without_a_name_that_is_used_goes_and_its_authority_stays(location: Path) -> None:
    end = first_end(location)
    forget_outdated(location, ["DNS:new.example.org"])
    store = Certipy(str(location)).store
    with pytest.raises(CertNotFoundError):
        store.get_record("hub-internal")
    store.get_record("hub-ca")
    assert first_end(location) == end
    Certipy(str(location)).create_signed_pair("hub-internal", "hub-ca", alt_names=_NAMES)


def test_one_that_ends_soon_goes(location: Path) -> None:
    Certipy(str(location)).create_signed_pair(
        "hub-internal", "hub-ca", alt_names=_NAMES, years=0.1, overwrite=True
    )
    forget_outdated(location, _NAMES)
    with pytest.raises(CertNotFoundError):
        Certipy(str(location)).store.get_record("hub-internal")


def test_before_the_first_start_there_is_nothing_to_do(tmp_path: Path) -> None:
    forget_outdated(tmp_path / "none", _NAMES)
    assert not (tmp_path / "none").exists()
    assert first_end(tmp_path / "none") is None
