"""The hub's ends of tunnels: made by people, used by a hub that may be root."""

import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from vispa_htcondor.errors import HTCondorError
from vispa_htcondor.identity import Identity
from vispa_htcondor.tunnel import Doors


@pytest.fixture
def doors(tmp_path: Path) -> Doors:
    return Doors(tmp_path / "doors")


@pytest.fixture
def me() -> Identity:
    return Identity.current()


def listening(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    return listener


def can_connect(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as caller:
        try:
            caller.connect(str(path))
        except OSError:
            return False
        return True


@pytest.fixture
def made(doors: Doors, me: Identity) -> Iterator[Path]:
    """A socket as ssh makes it."""
    path = doors.workshop(me) / "s"
    with listening(path):
        yield path


def test_a_socket_is_reached_by_its_name_with_and_without_port(
    doors: Doors, me: Identity, made: Path
) -> None:
    doors.hang("one", made, me)
    assert can_connect(doors.path("one"))
    assert can_connect(doors.path("one:80"))
    doors.take_down("one")
    assert list(doors.path("one").parent.iterdir()) == []


def test_a_new_socket_takes_the_place_of_the_old_one(
    doors: Doors, me: Identity, made: Path
) -> None:
    doors.hang("one", made, me)
    other = doors.workshop(me) / "s"
    with listening(other) as listener:
        doors.hang("one", other, me)
        assert can_connect(doors.path("one:80"))
        listener.accept()  # it was this one
    assert {path.name for path in doors.path("one").parent.iterdir()} == {"one", "one:80"}


@pytest.mark.parametrize("trick", ["link", "file"])
def test_what_is_not_a_socket_is_not_used(
    doors: Doors, me: Identity, tmp_path: Path, trick: str
) -> None:
    forged = doors.workshop(me) / "s"
    if trick == "file":
        forged.write_text("")
    with listening(tmp_path / "other"):
        if trick == "link":
            forged.symlink_to(tmp_path / "other")
        with pytest.raises(HTCondorError, match="not a socket"):
            doors.hang("one", forged, me)
    assert list(doors.path("one").parent.iterdir()) == []


def test_nobody_else_can_enter(doors: Doors, me: Identity) -> None:
    work = doors.workshop(me)
    assert stat.S_IMODE(work.stat().st_mode) == 0o700
    assert stat.S_IMODE(doors.path("one").parent.stat().st_mode) == 0o700


def test_two_hubs_of_one_name_do_not_share_doors(doors: Doors, me: Identity) -> None:
    doors.workshop(me)
    with pytest.raises(HTCondorError, match="Another hub of the same name"):
        Doors(doors.folder).workshop(me)


@pytest.mark.root
def test_somebody_elses_socket_is_not_used(doors: Doors, made: Path) -> None:
    with pytest.raises(HTCondorError, match="is not a socket of nobody"):
        doors.hang("one", made, Identity.of("nobody"))


@pytest.mark.root
def test_a_folder_of_somebody_else_is_refused(tmp_path: Path, me: Identity) -> None:
    folder = tmp_path / "doors"
    folder.mkdir()
    os.chown(folder, Identity.of("nobody").uid, -1)
    with pytest.raises(HTCondorError, match="does not belong to the hub's account"):
        Doors(folder).workshop(me)
