"""What may be asked for, whichever way it came."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vispa_spawner.limits import CLUSTER, LOGIN_NODE, ClusterLimits, Limits
from vispa_spawner.options import OptionsError, ServerOptions, ServerRequest

LIMITS = Limits(
    cluster=ClusterLimits(
        max_cores=4, max_memory_mb=8192, max_gpus=1, max_runtime=7200, default_runtime=3600
    )
)


def grant(raw: dict[str, Any], limits: Limits = LIMITS) -> ServerRequest:
    return ServerRequest.grant(ServerOptions.read(raw), limits)


def test_nothing_asked_for_is_the_first_place_with_its_defaults() -> None:
    assert grant({}) == ServerRequest(where=LOGIN_NODE)
    assert grant({}, Limits(places=(CLUSTER,), cluster=LIMITS.cluster)) == ServerRequest(
        where=CLUSTER, cores=1, memory_mb=2048, gpus=0, runtime=3600
    )


def test_a_form_a_link_and_the_api_mean_the_same() -> None:
    api = {"where": "cluster", "cores": 2, "memory_gb": 1.5, "gpus": 1, "hours": 2}
    form = {"where": ["cluster"], "cores": ["2"], "memory_gb": ["1.5"], "gpus": ["1"]}
    assert grant(api) == grant({**form, "hours": ["2"]})
    assert grant(api).memory_mb == 1536


def test_an_empty_field_of_the_form_takes_the_default() -> None:
    assert grant({"where": ["cluster"], "cores": [""]}).cores == 1


def test_who_has_no_place_gets_a_sentence() -> None:
    with pytest.raises(OptionsError, match="no group"):
        grant({}, Limits(places=()))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
keys = st.sampled_from(["where", "cores", "memory_gb", "gpus", "hours", "executable"])


@given(st.dictionaries(keys, st.sampled_from(["cluster", "1", 2]) | json_values))
def test_whatever_is_sent_is_granted_within_the_limits_or_refused(raw: dict[str, Any]) -> None:
    try:
        request = grant(raw)
    except OptionsError:
        return
    if request.where == CLUSTER:
        assert 1 <= request.cores <= 4
        assert 1 <= request.memory_mb <= 8192
        assert 0 <= request.gpus <= 1
        assert 1 <= request.runtime <= 7200
