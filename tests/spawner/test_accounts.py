"""Whose account a server runs in, and its home."""

import os
from pathlib import Path

import pytest

from vispa_spawner.account import AccountError, SharedAccount, UnixAccounts


async def test_a_new_shared_home_starts_as_the_skeleton(tmp_path: Path) -> None:
    (tmp_path / "skel/notebooks").mkdir(parents=True)
    (tmp_path / "skel/README.md").write_text("Hello")
    accounts = SharedAccount(tmp_path / "homes", tmp_path / "skel")
    home = (await accounts.of("ann")).home
    assert (home / "README.md").read_text() == "Hello"
    assert home.stat().st_mode & 0o777 == 0o700
    (home / "README.md").write_text("mine")
    assert (await accounts.of("ann")).home == home
    assert (home / "README.md").read_text() == "mine"


@pytest.mark.parametrize("name", ["../ann", "", ".hidden", "a/b", "a\0", "Ann", "-x", "a" * 65])
async def test_a_name_that_is_no_folder_is_a_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(AccountError, match="cannot be used"):
        await SharedAccount(tmp_path).of(name)


async def test_a_home_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "homes").write_text("in the way")
    with pytest.raises(AccountError, match="cannot be made"):
        await SharedAccount(tmp_path / "homes").of("ann")


async def test_unix_accounts_must_exist_and_never_are_root() -> None:
    with pytest.raises(AccountError, match="no account named vispa-none"):
        await UnixAccounts().of("vispa-none")
    with pytest.raises(AccountError, match="do not run as root"):
        await UnixAccounts().of("root")
    nobody = await UnixAccounts().of("nobody")
    assert nobody.identity.uid != os.geteuid() or os.geteuid() != 0
