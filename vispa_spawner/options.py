"""What a person asked for, checked the same way whichever door it came through.

The form, the REST API, a link with parameters and the options saved from last time all end up
here, because only the spawn itself sees them all.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from vispa_spawner.limits import CLUSTER, ClusterLimits, Limits


class OptionsError(ValueError):
    """The request cannot be granted; the text is for the person."""


def _last(value: Any) -> Any:
    """Forms and links send lists of strings; an empty field means: not given."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return None if value == "" else value


def _number(default: str, **bounds: Any) -> Any:
    return Field(default=None, description=default, **bounds)


class ServerOptions(BaseModel):
    """One server: where, and for the cluster how large. Absent fields take the group's default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    where: Annotated[Literal["login-node", "cluster"] | None, BeforeValidator(_last)] = Field(
        default=None, description="place of the server"
    )
    cores: Annotated[int | None, BeforeValidator(_last)] = _number("cores", ge=1, le=100_000)
    memory_gb: Annotated[float | None, BeforeValidator(_last)] = _number(
        "memory in GB", ge=0.1, le=1_000_000, allow_inf_nan=False
    )
    gpus: Annotated[int | None, BeforeValidator(_last)] = _number("GPUs", ge=0, le=10_000)
    hours: Annotated[float | None, BeforeValidator(_last)] = _number(
        "hours", ge=0.01, le=100_000, allow_inf_nan=False
    )

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
    gpus: int = 0
    runtime: int = 0

    @classmethod
    def grant(cls, options: ServerOptions, limits: Limits) -> Self:
        """Fill in defaults and check limits; OptionsError says which limit and what it is."""
        if not limits.places:
            raise OptionsError("You are in no group that may start servers. Ask your admin.")
        where = options.where or limits.places[0]
        if where not in limits.places:
            name = "the cluster" if where == CLUSTER else "the login node"
            raise OptionsError(f"Your group may not start servers on {name}.")
        if where != CLUSTER:
            return cls(where=where)
        most = limits.cluster
        request = cls(
            where=where,
            cores=_given(options.cores, most.default_cores),
            memory_mb=round(options.memory_gb * 1024)
            if options.memory_gb
            else most.default_memory_mb,
            gpus=_given(options.gpus, most.default_gpus),
            runtime=round(options.hours * 3600) if options.hours else most.default_runtime,
        )
        request._check(most)
        return request

    def _check(self, most: ClusterLimits) -> None:
        if self.cores > most.max_cores:
            raise OptionsError(f"Your group may use up to {most.max_cores} cores a server.")
        if self.memory_mb > most.max_memory_mb:
            raise OptionsError(
                f"Your group may use up to {most.max_memory_mb / 1024:g} GB of memory a server."
            )
        if self.gpus > most.max_gpus:
            raise OptionsError(f"Your group may use up to {most.max_gpus} GPUs a server.")
        if most.max_runtime and self.runtime > most.max_runtime:
            raise OptionsError(
                f"Your group's servers may run for up to {most.max_runtime / 3600:g} hours."
            )


def _given(value: int | None, default: int) -> int:
    return default if value is None else value


def _sentence(error: Any) -> str:
    name = ".".join(str(part) for part in error["loc"]) or "options"
    if error["type"] == "extra_forbidden":
        known = ", ".join(ServerOptions.model_fields)
        return f"There is no option {name[:40]!r}. Options are: {known}."
    return f"{name}: {error['msg']}"
