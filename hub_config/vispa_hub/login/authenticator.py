"""JupyterHub's authenticator: an account's password or a workshop's token, and nobody else."""

import asyncio
import re
from typing import Any

from jupyterhub.auth import Authenticator
from tornado.web import HTTPError
from traitlets import Instance, default

from vispa_hub.admission.failure_limit import FailureLimit, network_of
from vispa_hub.admission.refused import Refused
from vispa_hub.login.passwords import inner_authenticator
from vispa_hub.login.people import People, Person
from vispa_hub.settings import Settings
from vispa_hub.unix_accounts import look_up
from vispa_hub.workshops.store import Store

_NAME = re.compile(r"(?!root$)[a-z_][a-z0-9_.@-]{0,63}", re.ASCII)
_LONGEST_PASSWORD = 1024


class VispaAuthenticator(Authenticator):  # type: ignore[misc]
    """Lets in the members of at least one group, by password, and guests, by token.

    Groups and admins are what the settings say, each time they are looked at: nobody stays in
    because they were in before.
    """

    settings = Instance(Settings, help="The settings of this VISPA.").tag(config=True)
    people = Instance(People)
    inner = Instance(Authenticator, allow_none=True, help="Checks passwords; None: no accounts.")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._wrong_passwords = FailureLimit(each=40, total=1000)
        self._wrong_for_account = FailureLimit(each=10, total=10_000)
        _ = self.people, self.inner  # what is wrong with them shall show when the hub starts

    @default("people")
    def _people(self) -> People:
        return People(self.settings, Store(self.settings.hub.data_dir / "workshops"), look_up)

    @default("inner")
    def _inner(self) -> Authenticator | None:
        return inner_authenticator(self.settings, parent=self)

    @default("manage_groups")
    def _manage_groups(self) -> bool:
        return True

    @default("any_allow_config")
    def _groups_allow(self) -> bool:
        return True

    @default("refresh_pre_spawn")
    def _look_again_before_a_server_starts(self) -> bool:
        return True

    @default("auth_refresh_age")
    def _look_again_each_minute(self) -> int:
        return 60

    @default("auth_refresh_strict")
    def _servers_and_admins_count_too(self) -> bool:
        return True

    async def authenticate(self, handler: Any, data: dict[str, str]) -> dict[str, Any]:
        """Check one of the two forms. Raises `HTTPError` with a sentence, never returns None."""
        address = handler.request.remote_ip
        try:
            if "token" in data:
                person = await asyncio.to_thread(self.people.with_token, data["token"], address)
            else:
                person = await self._with_password(handler, data, network_of(address))
        except Refused as refused:
            raise HTTPError(refused.status, "%s", str(refused)) from None
        return _model(person)

    async def _with_password(self, handler: Any, data: dict[str, str], network: str) -> Person:
        name, password = data.get("username", "").strip().lower(), data.get("password", "")
        if not name or not password:
            raise Refused(400, "Type your user name and your password, or a workshop token.")
        if len(name) > 64 or len(password) > _LONGEST_PASSWORD:
            raise Refused(400, "This is too long for a user name and a password.")
        if self.inner is None:
            raise Refused(403, "There is no login by account here. Use your workshop token.")
        if self._wrong_passwords.exhausted(network):
            raise Refused(429, "Too many wrong passwords from your network. Wait a minute.")
        if self._wrong_for_account.exhausted(name):
            raise Refused(429, "Too many wrong passwords for this account. Wait a minute.")
        await asyncio.to_thread(self.people.ensure_account, name)
        if not await self._password_is_right(handler, name, password):
            self._wrong_passwords.failed(network)
            self._wrong_for_account.failed(name)
            raise Refused(403, "The user name or the password is wrong. Try again.")
        return await asyncio.to_thread(self.people.with_account, name)

    async def _password_is_right(self, handler: Any, name: str, password: str) -> bool:
        if not _NAME.fullmatch(name) or "\0" in password:
            return False
        assert self.inner is not None
        data = {"username": name, "password": password}
        return bool(await self.inner.authenticate(handler, data))

    def check_allowed(self, username: str, authentication: dict[str, Any] | None = None) -> bool:
        """Allow who has a group: everybody that `authenticate` lets through."""
        return bool(authentication and authentication["groups"])

    async def refresh_user(self, user: Any, handler: Any = None) -> bool | dict[str, Any]:
        """Look at the groups again; False when the account or the seat may not be here now."""
        try:
            person = await asyncio.to_thread(self.people.again, user.name)
        except OSError:  # not knowing is no reason to throw anybody out
            self.log.exception("Cannot look up the groups of %s; they stay as they were", user.name)
            return True
        if handler is not None and not hasattr(handler, "_token_authenticated"):
            handler._token_authenticated = False  # JupyterHub 6.1 asks, and sets it only to True
        return _model(person) if person else False


def _model(person: Person) -> dict[str, Any]:
    return {"name": person.name, "groups": list(person.groups), "admin": person.admin}
