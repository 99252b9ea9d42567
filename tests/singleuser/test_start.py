"""What a start does and what it leaves for later, counted; no clock is asked."""

from tests.singleuser.server import Server
from vispa_spawner.singleuser.heavy import HEAVY


def test_nothing_heavy_is_loaded_before_it_is_used(quick: Server) -> None:
    assert quick.at_first["loaded"] == []


def test_no_process_is_started_before_the_first_answer(quick: Server) -> None:
    """But for `git`: Jupyter Server asks it when it is installed in a checkout, as it is here."""
    assert [name for name in quick.at_first["processes"] if name != "git"] == []


def test_a_plain_start_loads_all_of_it_and_runs_a_program(plain: Server) -> None:
    """Guards the two above, and the list: what nobody loads any more does not belong on it."""
    assert set(plain.at_first["loaded"]) == {later.module for later in HEAVY}
    assert {"node", "uname"} <= set(plain.at_first["processes"])


def test_what_is_used_is_loaded(quick: Server) -> None:
    quick.json("api/me")
    assert "aiohttp" in quick.json("tell")["loaded"]
