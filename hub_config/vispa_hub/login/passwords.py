"""Account logins: JupyterHub's own authenticators, asked the way the settings say."""

import stat
from pathlib import Path
from typing import Any

from jupyterhub.auth import Authenticator, PAMAuthenticator
from jupyterhub.authenticators.shared import SharedPasswordAuthenticator

from vispa_hub.settings import Settings, SettingsError


class _SharedPassword(SharedPasswordAuthenticator):  # type: ignore[misc]
    """Knows that text beyond ASCII, which cannot be compared in constant time, is wrong."""

    async def authenticate(self, handler: Any, data: dict[str, str]) -> dict[str, Any] | None:
        if not data["password"].isascii():
            return None
        found: dict[str, Any] | None = await super().authenticate(handler, data)
        return found


def inner_authenticator(settings: Settings, parent: Any) -> Authenticator | None:
    """Make the authenticator of `accounts.login`; None for "none"."""
    match settings.accounts.login:
        case "pam":
            return PAMAuthenticator(parent=parent)
        case "shared-password":
            assert settings.accounts.password_file is not None
            everybody, admins = shared_passwords(settings.accounts.password_file)
            return _SharedPassword(
                parent=parent,
                admin_users=set(settings.hub.admins),
                user_password=everybody,
                admin_password=admins,
            )
    return None


def shared_passwords(file: Path) -> tuple[str, str | None]:
    """Read the password of everybody, and that of the admins if there is one.

    Raises `SettingsError` with a sentence when the file is open to others or not as it should be.
    """
    try:
        with file.open(encoding="utf-8") as opened:
            mode = stat.S_IMODE(Path(f"/dev/fd/{opened.fileno()}").stat().st_mode)
            lines = [line.rstrip("\r\n") for line in opened]
    except FileNotFoundError:
        raise SettingsError(
            f"accounts.password_file: there is no file {file}. Write a password of at least 8 "
            f"characters into it and close it to others: chmod 600 {file}"
        ) from None
    except OSError as error:
        raise SettingsError(
            f"accounts.password_file: {file} cannot be read ({error.strerror})."
        ) from None
    except UnicodeDecodeError:
        raise SettingsError(f"accounts.password_file: {file} is not UTF-8 text.") from None
    if mode & 0o077:
        raise SettingsError(
            f"accounts.password_file: {file} can be read by others (mode {mode:04o}). "
            f"Close it: chmod 600 {file}"
        )
    everybody, admins = (*lines, "", "")[:2]
    if len(everybody) < 8:
        raise SettingsError(
            f"accounts.password_file: the password in {file}, line 1, has fewer than 8 characters."
        )
    if not (everybody + admins).isascii():
        raise SettingsError(
            f"accounts.password_file: use only ASCII characters for the passwords in {file}."
        )
    if admins and (len(admins) < 32 or admins == everybody):
        raise SettingsError(
            f"accounts.password_file: the admins' password in {file}, line 2, must have at least "
            "32 characters and differ from line 1."
        )
    return everybody, admins or None
