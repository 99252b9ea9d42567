"""`yarn.lock` pins versions and contents, and leaves open where they are fetched from."""

import re

from tests.packaging.test_imports import ROOT

LOCK = (ROOT / "yarn.lock").read_text()


def test_it_names_no_registry() -> None:
    """So that a site behind a mirror of its own installs the same packages."""
    assert not re.findall(r"https?://\S+", LOCK)


def test_every_package_is_pinned_by_its_contents() -> None:
    entries = [entry for entry in LOCK.split("\n\n") if 'resolution: "' in entry]
    fetched = [entry for entry in entries if "@workspace:" not in entry]
    assert len(fetched) > 100
    # Packages for other processors and systems are named without contents until one needs them.
    loose = [entry for entry in fetched if "checksum:" not in entry and "conditions:" not in entry]
    assert not loose
