"""The spawn page, which asks one question: where."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from vispa_spawner.backend_spawner import BackendSpawner
from vispa_spawner.limits import CLUSTER, LOGIN_NODE, Limits
from vispa_spawner.options import OptionsError, ServerOptions

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True
)

_MORE = ("disk_gb", "gpu_type", "requirements", "rank")
"""Options that stand apart on the page, and are shown at once when they were used last time."""


async def spawn_form(spawner: BackendSpawner) -> str:
    """Return the form's inner HTML; empty when there is nothing to choose, which starts at once."""
    limits = await spawner.get_limits()
    if limits.places == (LOGIN_NODE,):
        return ""
    chosen = _last_choice(spawner, limits)
    return _templates.get_template("spawn_form.html").render(
        limits=limits,
        cluster=limits.cluster,
        login_node=limits.login_node,
        places=limits.places,
        missing=[place for place in (LOGIN_NODE, CLUSTER) if place not in limits.places],
        chosen=chosen,
        has_more=any(chosen.get(name) for name in _MORE),
        farewell=spawner.farewell,
        pool_url=f"{spawner.hub.base_url}api/vispa/pool",
    )


def _last_choice(spawner: BackendSpawner, limits: Limits) -> dict[str, Any]:
    """Return what the person chose last time, as far as it is still allowed."""
    most = limits.cluster
    defaults: dict[str, Any] = {
        "where": limits.places[0],
        "cores": most.default_cores,
        "memory_gb": most.default_memory_mb / 1024,
        "gpus": most.default_gpus,
        "hours": most.default_runtime / 3600,
    }
    try:
        last = ServerOptions.read(spawner.orm_spawner.user_options or {})
    except OptionsError:
        return defaults  # saved by an older version
    chosen = {**defaults, **last.model_dump(exclude_none=True)}
    if chosen["where"] not in limits.places:
        chosen["where"] = limits.places[0]
    chosen["cores"] = min(chosen["cores"], most.max_cores)
    chosen["memory_gb"] = min(chosen["memory_gb"], most.max_memory_mb / 1024)
    chosen["gpus"] = min(chosen["gpus"], most.max_gpus)
    if "disk_gb" in chosen:
        chosen["disk_gb"] = min(chosen["disk_gb"], most.max_disk_mb / 1024)
    if chosen.get("accounting_group") not in most.accounting_groups:
        chosen.pop("accounting_group", None)
    if not most.allow_expressions:
        chosen.pop("requirements", None)
        chosen.pop("rank", None)
    if most.max_runtime:
        chosen["hours"] = min(chosen["hours"], most.max_runtime / 3600)
    return chosen
