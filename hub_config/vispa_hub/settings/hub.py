"""`[hub]`, `[accounts]` and `[idle]`: the web side, who may log in, and when servers end."""

import hashlib
import socket
from pathlib import Path
from typing import Literal, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, StrictBool, ValidationInfo, field_validator, model_validator

from vispa_hub.settings.section import Section, problems
from vispa_hub.settings.values import Duration, FilePath, InstanceId, UserName


class Hub(Section):
    """The hub itself: its name, its address, and where it keeps what must survive."""

    name: str = Field("VISPA", min_length=1, max_length=64, description="Shown on every page.")
    url: str = Field(
        "http://127.0.0.1:8000", description="Where people reach the hub with their browser."
    )
    bind: str = Field(
        "",
        description="Where the proxy listens, when a web server in front of it answers `url`. "
        "Empty: at `url`.",
    )
    data_dir: FilePath = Field(
        Path("state"), description="The folder of the database, secrets, workshops and logs."
    )
    proxy_command: tuple[str, ...] = Field(
        ("configurable-http-proxy",),
        min_length=1,
        description="How the proxy is started: the program, then its own arguments.",
    )
    extra_config: FilePath = Field(
        Path("jupyterhub_config.d"),
        description="A folder of `*.py` files that are read as JupyterHub configuration, in the "
        "order of their names, after all else. It need not exist.",
    )
    instance: InstanceId = Field(
        "",
        description="Stamped on every job of this hub, so that two hubs on one HTCondor leave each "
        "other's jobs alone. Empty: made from the host's name and `data_dir`.",
    )
    api_port: int = Field(
        8081,
        ge=1,
        le=65535,
        description="The port on which servers and the proxy reach the hub. It must stay the same "
        "while servers run.",
    )
    proxy_api_port: int = Field(
        8001, ge=1, le=65535, description="The loopback port on which the hub commands the proxy."
    )
    internal_ssl: StrictBool = Field(
        False,
        description="Whether hub, proxy and servers speak TLS among each other, with certificates "
        "that the hub makes. Stop all servers before you change it.",
    )
    cleanup_servers: bool = Field(
        False, description="Whether stopping the hub stops everybody's servers, too."
    )
    admins: tuple[UserName, ...] = Field(
        (),
        description="Who may see JupyterHub's admin page and stop other people's servers. "
        "An admin must belong to a group like everybody else.",
    )

    @field_validator("url")
    @classmethod
    def _whole_address(cls, url: str) -> str:
        _split(url)
        return url.rstrip("/")

    @field_validator("bind")
    @classmethod
    def _plain_address(cls, bind: str, info: ValidationInfo) -> str:
        if not bind:
            if info.data.get("url", "").startswith("https:"):
                raise ValueError(
                    "the proxy does not speak https: let a web server answer the url and pass "
                    'requests on, and write where to, for example bind = "http://127.0.0.1:8000"'
                )
            return bind
        if _split(bind).scheme != "http":
            raise ValueError("the proxy speaks http; https ends at the web server in front of it")
        return bind.rstrip("/")

    @field_validator("proxy_command")
    @classmethod
    def _program(cls, command: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        program, *arguments = command
        if "/" in program:  # a bare name is looked up on PATH
            folder = (info.context or {}).get("folder", Path.cwd())
            program = str(Path(folder, program))
        return (program, *arguments)

    @field_validator("instance")
    @classmethod
    def _stable_instance(cls, instance: str, info: ValidationInfo) -> str:
        if instance or "data_dir" not in info.data:
            return instance
        host = "".join(c if c.isascii() and c.isalnum() else "-" for c in socket.gethostname())
        place = hashlib.sha256(bytes(info.data["data_dir"].resolve())).hexdigest()[:8]
        return f"{host[:48]}-{place}"

    @property
    def bind_url(self) -> str:
        """Where the proxy listens, with the path of `url`."""
        return f"{self.bind or self.url}{urlsplit(self.url).path if self.bind else ''}"

    @property
    def host(self) -> str:
        """The host people type, without scheme and port."""
        return urlsplit(self.url).hostname or ""


class Accounts(Section):
    """Who has an account here. Workshop tokens need none of this.

    An account may log in when it belongs to at least one group.
    """

    mode: Literal["unix", "shared"] = Field(
        "unix",
        description='"unix": each person is a Unix account, and the hub runs as root. '
        '"shared": all servers run in the hub\'s own account, each in its own folder below '
        "`homes`. Nobody is kept from anybody else's files then: for trying out only.",
    )
    homes: FilePath = Field(Path("homes"), description='Where the folders are in mode "shared".')
    skeleton: FilePath | None = Field(
        None, description='A folder whose contents each new home in mode "shared" starts with.'
    )
    login: Literal["pam", "shared-password", "none"] = Field(
        "pam",
        description='"pam": name and password of the Unix account. "shared-password": one password '
        "for all accounts, for trying out only. "
        '"none": by workshop token only.',
    )
    password_file: FilePath | None = Field(
        None,
        description="The file of the shared password, mode 0600. Line 1: the password, at least 8 "
        "characters. Line 2, if there is one: that of the admins, at least 32.",
    )

    @model_validator(mode="after")
    def _password_for_shared_login(self) -> Self:
        if self.login == "shared-password" and self.password_file is None:
            sentence = (
                'is missing: login is "shared-password"; write the password into a file of mode '
                '0600 and its name here, for example password_file = "password"'
            )
            raise problems((("password_file",), sentence))
        return self


class Idle(Section):
    """When servers that nobody uses are stopped. The files stay."""

    server_timeout: Duration = Field(
        Duration(hours=1), description="A server that did nothing for so long is stopped. 0: never."
    )
    max_age: Duration = Field(
        Duration(0), description="A server that is so old is stopped, used or not. 0: never."
    )


def _split(url: str) -> SplitResult:
    """Take an address apart that has a scheme, a host, and perhaps a port and a path."""
    example = 'write for example "http://127.0.0.1:8000" or "https://hub.example.org"'
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  (looking at it checks it)
    except ValueError as error:
        raise ValueError(f'"{url}" is not an address ({error}); {example}') from None
    extra = parts.query or parts.fragment or parts.username or parts.password
    if parts.scheme not in {"http", "https"} or not parts.hostname or extra:
        raise ValueError(f'"{url}" is not the address of a hub; {example}')
    return parts
