"""One plain JupyterLab for all tests that only look at it."""

from collections.abc import Iterator

import pytest

from tests.server.lab import Lab, running_lab


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab as somebody starts it by hand, without a hub."""
    with running_lab(tmp_path_factory.mktemp("lab")) as running:
        yield running
