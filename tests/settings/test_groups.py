"""Who is in which group, and how the limits of several groups join."""

import os
import pwd
from types import SimpleNamespace

from vispa_hub.groups import groups_of
from vispa_hub.limits import limits_for, limits_of
from vispa_hub.settings import Settings
from vispa_hub.unix_accounts import look_up

SETTINGS = Settings.model_validate(
    {
        "groups": {
            "course": {
                "members": ["ann"],
                "unix_groups": ["students"],
                "places": ["cluster"],
                "login_node": {"cores": 64},
                "cluster": {"max_cores": 4, "max_memory": "64G", "max_gpus": 2},
            },
            "lab": {
                "unix_groups": ["staff", "wheel"],
                "places": ["login-node", "cluster"],
                "login_node": {"cores": 2, "memory": "4G"},
                "cluster": {
                    "max_cores": 16,
                    "max_memory": "8G",
                    "max_runtime": "2d",
                    "default_runtime": "12h",
                    "accounting_groups": ["group_lab"],
                },
            },
        }
    }
)


def test_members_and_unix_groups_make_a_group() -> None:
    assert groups_of("ann", SETTINGS, ()) == ["course"]
    assert groups_of("bob", SETTINGS, {"wheel", "games"}) == ["lab"]
    assert groups_of("ann", SETTINGS, {"staff"}) == ["course", "lab"]
    assert groups_of("eve", SETTINGS, {"games"}) == []


def test_several_groups_give_the_most_generous_of_each_value() -> None:
    limits = limits_for({"lab", "course"}, SETTINGS)
    assert limits.groups == ("course", "lab")
    assert limits.places == ("cluster", "login-node")
    cluster = limits.cluster
    assert (cluster.max_cores, cluster.max_memory_mb, cluster.max_gpus) == (16, 64 * 1024, 2)
    assert (cluster.max_runtime, cluster.default_runtime) == (2 * 86400, 12 * 3600)
    assert cluster.accounting_groups == ("group_lab",)


def test_what_one_group_allows_or_does_without_is_enough() -> None:
    plain = {"max_servers": 2, "requirements": "Rack == 1", "accounting_groups": ["a", "b"]}
    other = {"max_servers": 4, "requirements": "Rack == 2", "accounting_groups": ["c", "b"]}
    free = {"allow_expressions": True, "default_disk": "4G", "max_disk": "64G"}
    settings = Settings.model_validate(
        {
            "groups": {
                key: {"cluster": one} for key, one in zip("xyz", (plain, other, free), strict=True)
            }
        }
    )
    both = limits_for({"x", "y"}, settings).cluster
    assert both.requirements == "(Rack == 1) || (Rack == 2)"
    assert (both.max_servers, both.allow_expressions, both.default_disk_mb) == (4, False, 0)
    assert both.accounting_groups == ("a", "b", "c")
    every = limits_for({"x", "y", "z"}, settings).cluster
    assert (every.requirements, every.max_servers, every.allow_expressions) == ("", 0, True)
    assert (every.max_disk_mb, every.default_disk_mb) == (64 * 1024, 4096)


def test_a_group_gives_nothing_for_a_place_it_does_not_offer() -> None:
    limits = limits_for({"lab", "course"}, SETTINGS)
    assert (limits.login_node.cores, limits.login_node.memory_mb) == (2, 4096)
    assert limits_for({"course"}, SETTINGS).places == ("cluster",)


def test_a_group_that_is_gone_from_the_settings_counts_for_nothing() -> None:
    assert limits_for({"gone"}, SETTINGS).places == ()


def test_a_cluster_that_is_switched_off_is_no_place() -> None:
    off = Settings.model_validate({"groups": {"a": {}}, "cluster": {"enabled": False}})
    assert limits_for({"a"}, off).places == ("login-node",)


def test_the_hook_of_the_spawners_looks_at_the_groups_in_the_hub() -> None:
    user = SimpleNamespace(groups=[SimpleNamespace(name="lab")])
    assert limits_of(SETTINGS)(SimpleNamespace(user=user)) == limits_for({"lab"}, SETTINGS)


def test_the_name_service_knows_this_account() -> None:
    me = pwd.getpwuid(os.getuid())
    account = look_up(me.pw_name)
    assert account is not None
    assert account.uid == os.getuid()
    assert account.groups
    assert look_up("no-such-account") is None
