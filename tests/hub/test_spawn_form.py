"""What the spawn page is made of, before anybody asks HTCondor."""

from types import SimpleNamespace
from typing import Any

from vispa_hub.pages.spawn import spawn_form

from vispa_spawner.limits import ClusterLimits, Limits


def spawner(limits: Limits, farewell: str = "") -> Any:
    async def get_limits() -> Limits:
        return limits

    return SimpleNamespace(
        get_limits=get_limits,
        orm_spawner=SimpleNamespace(user_options=None),
        hub=SimpleNamespace(base_url="/hub/"),
        farewell=farewell,
    )


async def test_why_the_last_server_ended_is_told_as_text() -> None:
    page = await spawn_form(spawner(Limits(), farewell="Its time <i>was over</i>."))
    assert "Its time &lt;i&gt;was over&lt;/i&gt;." in page
    assert 'id="farewell"' not in await spawn_form(spawner(Limits()))


async def test_what_has_no_limit_names_none() -> None:
    limits = Limits(cluster=ClusterLimits(max_runtime=0))
    page = await spawn_form(spawner(limits))
    assert 'id="cores-most"' in page
    assert 'id="hours-most"' not in page


async def test_who_has_no_gpus_is_not_asked_for_them() -> None:
    page = await spawn_form(spawner(Limits(cluster=ClusterLimits(max_gpus=0))))
    assert 'name="gpus"' not in page
