"""Workshops on disk: shared by the hub and the command, whole at any moment."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from vispa_hub.workshops import making
from vispa_hub.workshops.store import Store

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_tokens_are_not_on_disk(create, store: Store) -> None:
    _, tokens = create()
    kept = b"".join(path.read_bytes() for path in store.folder.rglob("*") if path.is_file())
    for token in tokens.values():
        for form in (token, token.replace("-", "")):
            assert form.encode() not in kept
            assert form.lower().encode() not in kept


def test_everything_is_closed_to_others(tmp_path: Path, settings) -> None:
    before = os.umask(0)
    try:
        store = Store(tmp_path / "deep" / "workshops")
        making.create(store, ["a-01"], name="a", title="A", begins=NOW, days=1)
    finally:
        os.umask(before)
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in store.folder.iterdir()} == {0o600}


def test_a_change_by_another_process_is_seen_at_once(create, store: Store) -> None:
    hub = Store(store.folder)
    assert not hub.book().workshops
    create("physics")
    assert set(hub.book().seats) == {"physics-01", "physics-02", "physics-03"}
    making.revoke(store, "physics", [], NOW)
    assert hub.book().workshops["physics"].state(NOW) == "revoked"
    (store.folder / "physics.json").unlink()
    assert not hub.book().workshops


def test_nothing_is_read_again_that_has_not_changed(create, store: Store) -> None:
    create()
    assert store.book() is store.book()


def test_changes_at_the_same_time_are_all_kept(create, store: Store) -> None:
    create(seats=40)
    stores = [Store(store.folder) for _ in range(4)]
    with ThreadPoolExecutor(8) as threads:
        list(
            threads.map(
                lambda at: making.revoke(stores[at % 4], "physics", [str(at)], NOW), range(1, 41)
            )
        )
    assert all(seat.revoked for seat in store.book().workshops["physics"].seats)


@pytest.mark.parametrize(
    "wrong", [b"", b"{", b'{"name": "physics"}', b"\xff", b'{"name": 1, "oops": 2}']
)
def test_a_broken_file_takes_nobody_elses_workshop_away(create, store: Store, wrong) -> None:
    create("physics")
    create("biology")
    store.book()
    (store.folder / "physics.json").write_bytes(wrong)
    book = store.book()
    assert set(book.workshops) == {"physics", "biology"}, "what was read before still counts"
    assert list(book.broken) == [store.folder / "physics.json"]
    assert set(Store(store.folder).book().workshops) == {"biology"}


def test_a_file_under_another_name_is_not_taken(create, store: Store) -> None:
    create("physics")
    (store.folder / "physics.json").rename(store.folder / "chemistry.json")
    [wrong] = store.book().broken.values()
    assert wrong == "the file is of a workshop named physics"
    assert not store.book().seats


def test_a_write_that_fails_leaves_the_workshop_as_it_was(
    create, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    create()

    def broken(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="Input/output"):
        making.revoke(store, "physics", [], NOW)
    assert not any(seat.revoked for seat in Store(store.folder).book().workshops["physics"].seats)
