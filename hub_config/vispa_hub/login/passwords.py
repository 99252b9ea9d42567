"""Account logins: JupyterHub's own authenticators, asked the way the settings say."""

from typing import Any

from jupyterhub.auth import Authenticator, PAMAuthenticator
from jupyterhub.authenticators.shared import SharedPasswordAuthenticator

from vispa_hub.admission.password_file import shared_passwords
from vispa_hub.settings import Settings


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
