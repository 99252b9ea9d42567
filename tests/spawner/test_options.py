"""What may be asked for, whichever way it came."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vispa_htcondor import expression
from vispa_spawner.limits import CLUSTER, LOGIN_NODE, ClusterLimits, Limits
from vispa_spawner.options import OptionsError, ServerOptions, ServerRequest

LIMITS = Limits(
    cluster=ClusterLimits(
        max_cores=4,
        max_memory_mb=8192,
        max_disk_mb=10240,
        max_gpus=1,
        max_runtime=7200,
        default_runtime=3600,
        accounting_groups=("group_a", "group_b.c"),
    )
)
EXPERTS = Limits(cluster=ClusterLimits(allow_expressions=True))


def grant(raw: dict[str, Any], limits: Limits = LIMITS) -> ServerRequest:
    return ServerRequest.grant(ServerOptions.read(raw), limits)


def test_nothing_asked_for_is_the_first_place_with_its_defaults() -> None:
    assert grant({}) == ServerRequest(where=LOGIN_NODE)
    assert grant({}, Limits(places=(CLUSTER,), cluster=LIMITS.cluster)) == ServerRequest(
        where=CLUSTER, cores=1, memory_mb=2048, gpus=0, runtime=3600, accounting_group="group_a"
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


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ({"disk_gb": 11}, "Your group may use up to 10 GB of disk a server."),
        ({"accounting_group": "group_c"}, "Choose from: group_a, group_b.c."),
        ({"accounting_group": 'a"\n+Owner="root'}, "accounting_group: has characters"),
        ({"requirements": "true"}, "Your group may not write requirements"),
        ({"rank": "KFlops"}, "Your group may not write requirements or a rank"),
        ({"gpu_type": "A100"}, "You chose a kind of GPU, but no GPU"),
        ({"gpus": 1, "gpu_type": 'x" || "'}, "gpu_type: has characters"),
        ({"cores": True}, "cores: must be a number or a text, not true or false"),
        ({"memory_gb": "nan"}, "memory_gb: Input should be a finite number"),
        ({"hours": 1e999}, "hours: Input should be a finite number"),
        ({"cores": [[2]]}, "cores: Input should be a valid integer"),
        ({"requirements": "true) || (true"}, "requirements: At character 5, ')' cannot stand."),
        ({"rank": "1\nqueue"}, "rank: It must be one line"),
    ],
)
def test_what_cannot_be_granted_is_a_sentence(raw: dict[str, Any], sentence: str) -> None:
    with pytest.raises(OptionsError) as caught:
        grant({"where": "cluster", **raw})
    assert sentence in str(caught.value)


def test_people_choose_among_the_accounting_groups_of_their_groups() -> None:
    assert grant({"where": "cluster"}).accounting_group == "group_a"
    chosen = grant({"where": "cluster", "accounting_group": ["group_b.c"]})
    assert chosen.accounting_group == "group_b.c"
    assert grant({"where": "cluster"}, EXPERTS).accounting_group == ""
    with pytest.raises(OptionsError, match="Leave it out"):
        grant({"where": "cluster", "accounting_group": "group_a"}, EXPERTS)


def test_who_may_writes_requirements_and_a_rank() -> None:
    text = 'Memory > 4000 && regexp("^wn", Machine)'
    request = grant({"where": "cluster", "requirements": [text], "rank": "KFlops"}, EXPERTS)
    assert (request.requirements, request.rank) == (text, "KFlops")


def test_a_limited_time_cannot_be_had_without_limit() -> None:
    limits = Limits(cluster=ClusterLimits(max_runtime=7200, default_runtime=0))
    assert grant({"where": "cluster"}, limits).runtime == 7200


def test_the_servers_of_a_person_on_the_cluster_are_counted() -> None:
    limits = Limits(cluster=ClusterLimits(max_servers=1))
    options = ServerOptions.read({"where": "cluster"})
    assert ServerRequest.grant(options, limits, others=0)
    with pytest.raises(OptionsError, match="up to 1 server on the cluster at the same time"):
        ServerRequest.grant(options, limits, others=1)
    assert ServerRequest.grant(ServerOptions.read({"where": "login-node"}), limits, others=1)


# What breaks things elsewhere: ends of lines, quotes, macros, commands, ends of expressions.
awkward = st.sampled_from(
    [
        *(
            "cluster",
            "1",
            2,
            "-1",
            "1e999",
            "0x10",
            "1_0",
            "٣",
            True,
            None,
            "",
            10**400,
            -(10**400),
        ),
        *("\n+Owner = root", "\nqueue 9", "$(Cluster)", "$$(Name)", "$ENV(HOME)", "\0", "\u2028"),
        *(
            '"',
            "'",
            "\\",
            ")",
            "true) || (true",
            "true //",
            "<img src=x>",
            "A100",
            "group_a",
            "\ud800",
        ),
    ]
)
json_values = st.recursive(
    awkward | st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
keys = st.sampled_from([*ServerOptions.model_fields, "executable", "\n", "+Owner"])
ALLOWED = re.compile(r"[A-Za-z0-9 ()/_.+-]*")


@settings(max_examples=2000, deadline=None)
@given(st.dictionaries(keys, json_values, max_size=4), st.sampled_from([LIMITS, EXPERTS]))
def test_whatever_is_sent_is_granted_within_the_limits_or_refused(
    raw: dict[str, Any], limits: Limits
) -> None:
    try:
        request = grant({**raw, "where": raw.get("where", "cluster")}, limits)
    except OptionsError:
        return
    if request.where != CLUSTER:
        assert request == ServerRequest(where=LOGIN_NODE)
        return
    most = limits.cluster
    assert 1 <= request.cores <= most.max_cores
    assert 1 <= request.memory_mb <= most.max_memory_mb
    assert 0 <= request.disk_mb <= most.max_disk_mb
    assert 0 <= request.gpus <= most.max_gpus
    assert 1 <= request.runtime <= most.max_runtime
    assert request.accounting_group in most.accounting_groups or not request.accounting_group
    assert ALLOWED.fullmatch(request.gpu_type)
    if not most.allow_expressions:
        assert request.requirements == request.rank == ""
    for text in (request.requirements, request.rank):
        assert not text or expression.read(text) == text
