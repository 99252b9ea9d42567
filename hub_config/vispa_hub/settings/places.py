"""`[groups.NAME]`, `[login_node]` and `[cluster]`: who may run how much, and where."""

import re
import sys
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, StrictBool, StrictInt, field_validator, model_validator

from vispa_hub.settings.section import Problem, Section, problems
from vispa_hub.settings.values import (
    MIB,
    Duration,
    Expression,
    FilePath,
    Memory,
    PositiveDuration,
    UserName,
)

Place = Literal["login-node", "cluster"]
Count = Annotated[StrictInt, Field(ge=1, le=1_000_000)]
CountOrNone = Annotated[StrictInt, Field(ge=0, le=1_000_000)]
Port = Annotated[StrictInt, Field(ge=0, le=65535)]
Variables = dict[str, str]
AccountingGroup = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.\-]{1,100}$")]
OWN_PYTHON: dict[str, JsonValue] = {"default": "the hub's own interpreter"}


def _gib(number: int) -> Memory:
    return Memory(number * 1024 * MIB)


class LoginNodeLimits(Section):
    """What each server of this group gets on the login node."""

    cores: Count = Field(1, description="Cores a server may keep busy.")
    memory: Memory = Field(_gib(2), description="Memory a server may use.")


class ClusterLimits(Section):
    """What a server of this group may ask of HTCondor, and what it asks unless told otherwise."""

    max_cores: Count = Field(8, description="Most cores of one server.")
    max_memory: Memory = Field(_gib(16), description="Most memory of one server.")
    max_disk: Memory = Field(_gib(32), description="Most disk of one server, on its worker.")
    max_gpus: CountOrNone = Field(0, description="Most GPUs of one server.")
    max_runtime: PositiveDuration = Field(
        Duration(days=1), description="Longest time one server may run."
    )
    max_servers: CountOrNone = Field(
        0, description="Most servers of one person at the same time. 0: as many as they like."
    )
    default_cores: Count = Field(1, description="Cores when the person does not say.")
    default_memory: Memory = Field(_gib(2), description="Memory when the person does not say.")
    default_disk: Memory | None = Field(
        None,
        description="Disk when the person does not say. Not set: HTCondor's own estimate, which "
        "is small.",
    )
    default_runtime: PositiveDuration = Field(
        Duration(hours=8), description="Running time when the person does not say."
    )
    accounting_groups: tuple[AccountingGroup, ...] = Field(
        (),
        description="HTCondor's accounting groups that people may choose from; the first when "
        "they do not. Whoever is in several groups may choose from all of theirs.",
    )
    allow_expressions: StrictBool = Field(
        False,
        description="true: people may add requirements and a rank of their own, which HTCondor "
        "evaluates for each slot.",
    )
    requirements: Expression = Field(
        "",
        description="A ClassAd expression workers must meet for this group, on top of that in "
        "`[cluster]`. For people in several groups one of theirs is enough.",
    )

    @model_validator(mode="after")
    def _defaults_within_limits(self) -> Self:
        """Refuse a default above its limit; one that nobody wrote gives way to the limit."""
        found: list[Problem] = []
        for what in ("cores", "memory", "disk", "runtime"):
            key, most = f"default_{what}", getattr(self, f"max_{what}")
            default = getattr(self, key)
            if default is None:
                continue
            if default > most and key in self.model_fields_set:
                found.append(((key,), f"is {default}, but max_{what} is only {most}"))
            elif default > most:
                object.__setattr__(self, key, most)
        if found:
            raise problems(*found)
        return self

    @property
    def default_disk_mb(self) -> int:
        """The disk in MB; 0 leaves it to HTCondor."""
        return self.default_disk.mib if self.default_disk else 0


class Group(Section):
    """A group of people: who is in it, and what they may use.

    Whoever is in several groups gets the most generous value of each limit.
    """

    title: str = Field("", max_length=80, description="What people read. Empty: the group's name.")
    description: str = Field("", max_length=500, description="A sentence for the spawn page.")
    members: tuple[UserName, ...] = Field((), description="Accounts in this group.")
    unix_groups: tuple[str, ...] = Field(
        (), description="Everybody in one of these Unix groups is in this group, too."
    )
    places: tuple[Place, ...] = Field(
        ("login-node", "cluster"),
        min_length=1,
        description="Where their servers may run, in the order the spawn page offers it.",
    )
    login_node: LoginNodeLimits = Field(
        default_factory=LoginNodeLimits, description="Limits on the login node."
    )
    cluster: ClusterLimits = Field(
        default_factory=ClusterLimits, description="Limits on the cluster."
    )

    @field_validator("places")
    @classmethod
    def _each_once(cls, places: tuple[Place, ...]) -> tuple[Place, ...]:
        if len(set(places)) != len(places):
            raise ValueError("names a place twice")
        return places


class LoginNode(Section):
    """Servers on the hub's own machine."""

    python: FilePath = Field(
        Path(sys.executable),
        json_schema_extra=OWN_PYTHON,
        description="The interpreter of the environment people's servers run in. It must be "
        "readable for everybody.",
    )
    start_timeout: PositiveDuration = Field(
        Duration(seconds=60), description="A server that is not up by then is given up."
    )
    environment: Variables = Field({}, description="More environment variables for the servers.")

    _names = field_validator("environment")(lambda variables: _checked(variables))


class Cluster(Section):
    """Servers as HTCondor jobs."""

    enabled: StrictBool = Field(True, description="false: there is no cluster here.")
    condor_config: FilePath | None = Field(
        None,
        description="HTCondor's configuration file. Not set: what HTCondor finds by itself.",
    )
    python: FilePath = Field(
        Path(sys.executable),
        json_schema_extra=OWN_PYTHON,
        description="The interpreter of the environment on the workers.",
    )
    queue_timeout: Duration = Field(
        Duration(days=1),
        description="A server that waited in the queue for so long is given up. 0: never.",
    )
    start_timeout: PositiveDuration = Field(
        Duration(minutes=5),
        description="A server that is not up so long after its job began on a worker is given up. "
        "Time in the queue does not count.",
    )
    port_range: tuple[Port, Port] = Field(
        (0, 0), description="Lowest and highest port of servers on a worker. [0, 0]: any."
    )
    tunnel: StrictBool = Field(
        False,
        description="true: servers are reached through HTCondor (condor_ssh_to_job), for workers "
        "that take no connections from the hub.",
    )
    hub_address: str = Field(
        "",
        pattern=r"^[A-Za-z0-9.\-:\[\]]*$",
        description="The name or address by which workers reach the hub. Empty: the host of "
        "hub.url.",
    )
    network: str = Field(
        "",
        description="The network in which servers on workers listen, such as `10.1.0.0/16`. Empty: "
        "each listens on its worker's address on the way to the hub.",
    )
    poll_interval: PositiveDuration = Field(
        Duration(seconds=10), description="How often the queue is looked at, for all servers."
    )
    requirements: Expression = Field(
        "", description='A ClassAd expression workers must meet, such as `OpSysName == "Debian"`.'
    )
    environment: Variables = Field({}, description="More environment variables for the servers.")

    _names = field_validator("environment")(lambda variables: _checked(variables))

    @field_validator("port_range")
    @classmethod
    def _rising(cls, ports: tuple[int, int]) -> tuple[int, int]:
        low, high = ports
        if ports != (0, 0) and not 1024 <= low <= high:
            raise ValueError(
                f"[{low}, {high}] is not a range of ports: write the lower one first, both from "
                "1024 to 65535, or [0, 0] for any"
            )
        return ports

    @field_validator("network")
    @classmethod
    def _is_a_network(cls, network: str) -> str:
        try:
            return str(ip_network(network)) if network else ""
        except ValueError:
            raise ValueError(
                f'"{network}" is not a network: write for example "10.1.0.0/16"'
            ) from None


def _checked(variables: Variables) -> Variables:
    for name, value in variables.items():
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name, re.ASCII):
            raise problems(((name,), "is not the name of an environment variable"))
        if not value.isprintable():
            raise problems(((name,), "must be one line of printable characters"))
    return variables
