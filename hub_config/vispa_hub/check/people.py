"""The people of the settings: can they log in."""

import grp
import os
import pwd
from collections.abc import Iterator
from pathlib import Path

from vispa_hub.admission.password_file import shared_passwords
from vispa_hub.check.finding import Finding, failed, off, ok, warning
from vispa_hub.check.waiting import in_thread
from vispa_hub.groups import groups_of
from vispa_hub.settings import Settings, SettingsError
from vispa_hub.unix_accounts import look_up

PART = "people"
PAM_SERVICE = Path("/etc/pam.d/login")


async def probe(settings: Settings, deadline: float) -> list[Finding]:
    """Look at the way in, the groups, and the accounts they name."""
    return await in_thread(
        lambda: [*_login(settings), *_accounts(settings), *_groups(settings), *_admins(settings)]
    )


def _login(settings: Settings) -> Iterator[Finding]:
    accounts = settings.accounts
    if accounts.login == "none":
        yield off(PART, 'accounts.login is "none": people come in by workshop token only.')
    elif accounts.login == "pam":
        if not PAM_SERVICE.exists():
            yield failed(
                PART, f"PAM has no service {PAM_SERVICE}. Install your system's package login."
            )
        else:
            yield ok(PART, f"Passwords are checked by PAM ({PAM_SERVICE}).")
        if os.geteuid():
            yield warning(PART, "Only as root can PAM check other people's passwords.")
    else:
        assert accounts.password_file
        try:
            _, admins = shared_passwords(accounts.password_file)
        except SettingsError as error:
            yield failed(PART, str(error))
            return
        yield warning(PART, "One password opens all accounts: for trying out only.")
        if settings.hub.admins and not admins:
            yield warning(
                PART,
                f"Admins cannot log in: {accounts.password_file} has no second line with their "
                "password.",
            )


def _accounts(settings: Settings) -> Iterator[Finding]:
    if settings.accounts.mode == "shared":
        me = pwd.getpwuid(os.geteuid()).pw_name
        yield warning(
            PART, f"All servers run in the one account {me}: for trying out only, no isolation."
        )
        return
    if os.geteuid():
        yield failed(
            PART,
            'accounts.mode is "unix", and only root can start servers in other people\'s '
            "accounts. Run the hub (and this check) as root.",
        )
    named = {member for group in settings.groups.values() for member in group.members}
    missing = sorted(name for name in named if look_up(name) is None)
    if missing:
        yield warning(PART, f"No such account on this machine: {_some(missing)}.")


def _groups(settings: Settings) -> Iterator[Finding]:
    if not settings.groups:
        yield failed(PART, "There is no group, so nobody can log in. Add a table [groups.NAME].")
        return
    if settings.accounts.mode == "unix":
        wanted = {name for group in settings.groups.values() for name in group.unix_groups}
        if missing := sorted(wanted - {name for name in wanted if _exists(name)}):
            yield warning(PART, f"No such Unix group on this machine: {_some(missing)}.")
    guests = {settings.workshops.group}
    empty = [
        name
        for name, group in settings.groups.items()
        if name not in guests and not group.members and not group.unix_groups
    ]
    if empty:
        yield warning(PART, f"Nobody is in: {_some(empty)}. Give them members or unix_groups.")


def _admins(settings: Settings) -> Iterator[Finding]:
    for admin in settings.hub.admins:
        account = look_up(admin) if settings.accounts.mode == "unix" else None
        if not groups_of(admin, settings, account.groups if account else ()):
            yield warning(
                PART, f"The admin {admin} cannot log in: no group has {admin} as a member."
            )


def _exists(group: str) -> bool:
    try:
        grp.getgrnam(group)
    except KeyError:
        return False
    return True


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:8])
    return shown if len(names) <= 8 else f"{shown} and {len(names) - 8} more"
