"""What a person asked for, checked the same way whichever door it came through.

The form, the REST API, a link with parameters and the options saved from last time all end up
here, because only the spawn itself sees them all.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FiniteFloat,
    StringConstraints,
    ValidationError,
)

from vispa_htcondor import expression
from vispa_spawner.limits import CLUSTER, ClusterLimits, Limits


class OptionsError(ValueError):
    """The request cannot be granted; the text is for the person."""


def _last(value: Any) -> Any:
    """Forms and links send lists of strings; an empty field means: not given."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, str) and not value.strip():
        return None
    if isinstance(value, bool):  # which Python takes for a number
        raise ValueError("must be a number or a text, not true or false")
    return value


_Whole = Annotated[int | None, BeforeValidator(_last)]
_Number = Annotated[FiniteFloat | None, BeforeValidator(_last)]
_Name = StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,100}$")
_GpuType = StringConstraints(pattern=r"^[A-Za-z0-9 ()/_.+-]{1,60}$", strip_whitespace=True)
_Expression = Annotated[str, AfterValidator(expression.read)]


class ServerOptions(BaseModel):
    """One server: where, and for the cluster how large. Absent fields take the group's default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    where: Annotated[Literal["login-node", "cluster"] | None, BeforeValidator(_last)] = None
    cores: _Whole = Field(default=None, ge=1, le=100_000)
    memory_gb: _Number = Field(default=None, ge=0.1, le=1_000_000)
    disk_gb: _Number = Field(default=None, ge=0.01, le=1_000_000)
    gpus: _Whole = Field(default=None, ge=0, le=10_000)
    gpu_type: Annotated[Annotated[str, _GpuType] | None, BeforeValidator(_last)] = None
    """Part of the name that HTCondor reports (DeviceName), in large or small letters."""
    gpu_capability: _Number = Field(default=None, ge=0, le=99)
    """The lowest CUDA compute capability."""
    hours: _Number = Field(default=None, ge=0.01, le=100_000)
    accounting_group: Annotated[Annotated[str, _Name] | None, BeforeValidator(_last)] = None
    requirements: Annotated[_Expression | None, BeforeValidator(_last)] = None
    """A ClassAd expression the machine must fulfil, on top of those of site and group."""
    rank: Annotated[_Expression | None, BeforeValidator(_last)] = None
    """A ClassAd expression: of several machines the one for which it is largest is taken."""

    @classmethod
    def read(cls, raw: dict[str, Any]) -> Self:
        """Check the types; OptionsError names the field, what is wrong and what would be right."""
        try:
            return cls.model_validate(raw)
        except ValidationError as error:
            raise OptionsError("; ".join(_sentence(item) for item in error.errors())) from None


class ServerRequest(BaseModel):
    """A granted server: options with the group's defaults filled in and limits checked."""

    model_config = ConfigDict(frozen=True)

    where: Literal["login-node", "cluster"]
    cores: int = 0
    memory_mb: int = 0
    disk_mb: int = 0
    gpus: int = 0
    gpu_type: str = ""
    gpu_capability: float = 0
    runtime: int = 0
    accounting_group: str = ""
    requirements: str = ""
    rank: str = ""

    @classmethod
    def grant(cls, options: ServerOptions, limits: Limits, others: int = 0) -> Self:
        """Fill in defaults and check limits; OptionsError says which limit and what it is.

        `others` are the person's other servers on the cluster.
        """
        if not limits.places:
            raise OptionsError("You are in no group that may start servers. Ask your admin.")
        where = options.where or limits.places[0]
        if where not in limits.places:
            name = "the cluster" if where == CLUSTER else "the login node"
            raise OptionsError(f"Your group may not start servers on {name}.")
        if where != CLUSTER:
            return cls(where=where)
        most = limits.cluster
        first = next(iter(most.accounting_groups), "")
        request = cls(
            where=where,
            cores=_given(options.cores, most.default_cores),
            memory_mb=_in_mb(options.memory_gb, most.default_memory_mb),
            disk_mb=_in_mb(options.disk_gb, most.default_disk_mb),
            gpus=_given(options.gpus, most.default_gpus),
            gpu_type=options.gpu_type or "",
            gpu_capability=options.gpu_capability or 0,
            # Without a default, a limited time is as long as it may be.
            runtime=round((options.hours or 0) * 3600) or most.default_runtime or most.max_runtime,
            accounting_group=options.accounting_group or first,
            requirements=options.requirements or "",
            rank=options.rank or "",
        )
        request._check(most, others)
        return request

    def _check(self, most: ClusterLimits, others: int) -> None:
        if most.max_servers and others >= most.max_servers:
            raise OptionsError(
                f"Your group may run up to {_count(most.max_servers, 'server')} on the cluster at "
                "the same time. Stop one of yours first."
            )
        if self.cores > most.max_cores:
            raise OptionsError(f"Your group may use up to {most.max_cores} cores a server.")
        if self.memory_mb > most.max_memory_mb:
            raise OptionsError(
                f"Your group may use up to {most.max_memory_mb / 1024:g} GB of memory a server."
            )
        if self.disk_mb > most.max_disk_mb:
            raise OptionsError(
                f"Your group may use up to {most.max_disk_mb / 1024:g} GB of disk a server."
            )
        if self.gpus > most.max_gpus:
            raise OptionsError(f"Your group may use up to {most.max_gpus} GPUs a server.")
        if (self.gpu_type or self.gpu_capability) and not self.gpus:
            raise OptionsError("You chose a kind of GPU, but no GPU: ask for at least one.")
        if most.max_runtime and self.runtime > most.max_runtime:
            raise OptionsError(
                f"Your group's servers may run for up to {most.max_runtime / 3600:g} hours."
            )
        self._check_rights(most)

    def _check_rights(self, most: ClusterLimits) -> None:
        chosen = self.accounting_group
        if chosen and chosen not in most.accounting_groups:
            choice = ", ".join(most.accounting_groups)
            raise OptionsError(
                f"Your group may not use the accounting group {chosen}. "
                + (f"Choose from: {choice}." if choice else "Leave it out.")
            )
        if (self.requirements or self.rank) and not most.allow_expressions:
            raise OptionsError(
                "Your group may not write requirements or a rank of its own. Leave them out."
            )


def _in_mb(gigabytes: float | None, default: int) -> int:
    return default if gigabytes is None else max(1, round(gigabytes * 1024))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _given(value: int | None, default: int) -> int:
    return default if value is None else value


def _sentence(error: Any) -> str:
    name = ".".join(str(part) for part in error["loc"][:1]) or "options"
    match error["type"]:
        case "extra_forbidden":
            known = ", ".join(ServerOptions.model_fields)
            return f"There is no option {name[:40]!r}. Options are: {known}."
        case "value_error":
            return f"{name}: {error['ctx']['error']}"
        case "string_pattern_mismatch":
            return f"{name}: has characters that cannot stand there, or too many."
    return f"{name}: {error['msg']}"
