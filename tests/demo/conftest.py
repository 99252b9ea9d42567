"""An ordinary account with a copy of what everybody finds in their home."""

import os
import pwd
import shutil
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from dev import ROOT
from tests.pool.people import Person, folder_of, new_account

os.environ.setdefault("VISPA_CACHE", str(ROOT / ".cache"))


@pytest.fixture
def person() -> Iterator[Person]:
    """Somebody who may submit jobs, and whose folder holds `training`."""
    with ExitStack() as stack:
        account = (
            stack.enter_context(new_account("vispa-pool-a"))
            if os.geteuid() == 0
            else pwd.getpwuid(os.geteuid())
        )
        folder = stack.enter_context(folder_of(account))
        shutil.copytree(ROOT / "demo/training", folder / "training")
        for place in (folder / "training", *(folder / "training").iterdir()):
            os.chown(place, account.pw_uid, account.pw_gid)
        yield Person(account.pw_name, account.pw_uid, account.pw_gid, folder)
