"""The file of the shared password: everybody's on line 1, the admins' on line 2."""

import stat
from pathlib import Path

from vispa_hub.settings import SettingsError


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
