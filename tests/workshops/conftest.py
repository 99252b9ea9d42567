"""A workshop on disk, and settings that allow guests."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from vispa_hub.settings import Settings
from vispa_hub.workshops import making
from vispa_hub.workshops.store import Store
from vispa_hub.workshops.workshop import Workshop

BEGINS = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "workshops")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.model_validate(
        {
            "hub": {"data_dir": str(tmp_path), "admins": ["boss-01"]},
            "accounts": {"mode": "shared", "login": "none"},
            "groups": {"guests": {}, "staff": {"members": ["ann-01"]}},
        }
    )


@pytest.fixture
def create(store: Store, settings: Settings) -> Callable[..., tuple[Workshop, dict[str, str]]]:
    def create(name: str = "physics", seats: int = 3, days: float = 3):
        names = making.seat_names(name, seats, settings)
        return making.create(
            store, names, name=name, title="Physics course", begins=BEGINS, days=days
        )

    return create
