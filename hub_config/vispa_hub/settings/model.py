"""All of `vispa.toml` as one frozen model. `Settings()` is what an empty file means."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator, model_validator

from vispa_hub.settings.hub import Accounts, Hub, Idle
from vispa_hub.settings.places import Cluster, Group, LoginNode
from vispa_hub.settings.section import Section, problems
from vispa_hub.settings.values import Name


class Workshops(Section):
    """Workshops: printed tokens instead of accounts, for a few days."""

    group: Name = Field("guests", description="The group of all seats: their places and limits.")
    account_prefix: Annotated[str, Field(pattern=r"^([a-z][a-z0-9-]{0,15})?$")] = Field(
        "",
        description="Put before the name of each seat's account, which is otherwise the "
        "workshop's name and a number, such as `physics-07`.",
    )


class Settings(Section):
    """The settings of one VISPA."""

    hub: Hub = Field(default_factory=Hub)
    accounts: Accounts = Field(default_factory=Accounts)
    groups: dict[Name, Group] = Field({})
    login_node: LoginNode = Field(default_factory=LoginNode)
    cluster: Cluster = Field(default_factory=Cluster)
    workshops: Workshops = Field(default_factory=Workshops)
    idle: Idle = Field(default_factory=Idle)

    @model_validator(mode="before")
    @classmethod
    def _every_table(cls, data: Any) -> Any:
        """Read absent tables as empty ones, so that their paths start at the file, too."""
        tables = set(cls.model_fields) - {"groups"}
        return {**{key: {} for key in tables}, **data} if isinstance(data, dict) else data

    @field_validator("cluster")
    @classmethod
    def _no_group_without_place(cls, cluster: Cluster, info: ValidationInfo) -> Cluster:
        stranded = [
            name
            for name, group in info.data.get("groups", {}).items()
            if group.places == ("cluster",) and not cluster.enabled
        ]
        if stranded:
            sentence = (
                f"is false, but the cluster is the only place of: {', '.join(stranded)}; "
                'give them places = ["login-node"]'
            )
            raise problems((("enabled",), sentence))
        return cluster

    @field_validator("cluster")
    @classmethod
    def _tunnel_is_encrypted_already(cls, cluster: Cluster, info: ValidationInfo) -> Cluster:
        hub = info.data.get("hub")  # absent when it is wrong itself
        if cluster.tunnel and hub is not None and hub.internal_ssl:
            sentence = (
                "is true, and so is hub.internal_ssl: the proxy speaks no TLS to a tunnel. What "
                "goes through a tunnel is encrypted by ssh; choose one of the two"
            )
            raise problems((("tunnel",), sentence))
        return cluster

    @field_validator("workshops")
    @classmethod
    def _group_exists(cls, workshops: Workshops, info: ValidationInfo) -> Workshops:
        groups = info.data.get("groups")  # absent when it is wrong itself
        if groups is None or workshops.group in groups or "group" not in workshops.model_fields_set:
            return workshops
        known = ", ".join(groups) or "none yet"
        sentence = (
            f'"{workshops.group}" is not a group; add a table [groups.{workshops.group}] or '
            f"name one of: {known}"
        )
        raise problems((("group",), sentence))

    @property
    def hub_address(self) -> str:
        """The name or address by which workers reach the hub."""
        return self.cluster.hub_address or self.hub.host

    @property
    def internal_certs(self) -> Path:
        """The folder of the certificates that the hub makes for `hub.internal_ssl`."""
        return self.hub.data_dir / "internal-ssl"

    @property
    def workshops_enabled(self) -> bool:
        """Whether the group of the workshops' seats exists; without it nobody can be a guest."""
        return self.workshops.group in self.groups
