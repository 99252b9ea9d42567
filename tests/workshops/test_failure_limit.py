"""Counting failures: by key and in total, for a minute, in bounded memory."""

import pytest
from vispa_hub.admission.failure_limit import FailureLimit, network_of


class Clock:
    """A clock that stands still until it is set."""

    now = 0.0

    def __call__(self) -> float:
        """Return seconds."""
        return self.now


def test_a_key_has_its_own_limit_and_all_keys_have_one() -> None:
    limit = FailureLimit(each=2, total=4, clock=Clock())
    assert [limit.failed("a") for _ in range(3)] == [False, False, True]
    assert not limit.failed("b")
    assert limit.failed("c"), "the fifth of all"


def test_exhausted_says_so_before_the_next_failure() -> None:
    limit = FailureLimit(each=2, total=99, clock=Clock())
    limit.failed("a")
    assert not limit.exhausted("a")
    limit.failed("a")
    assert limit.exhausted("a")
    assert not limit.exhausted("b")


def test_after_a_minute_all_is_forgotten() -> None:
    clock = Clock()
    limit = FailureLimit(each=1, total=99, clock=clock)
    limit.failed("a")
    assert limit.exhausted("a")
    clock.now = 59.9
    assert limit.exhausted("a")
    clock.now = 60.0
    assert not limit.exhausted("a")


def test_a_minute_begins_with_the_first_failure_of_a_key() -> None:
    clock = Clock()
    limit = FailureLimit(each=1, total=99, clock=clock)
    limit.failed("a")
    clock.now = 50.0
    limit.failed("b")
    clock.now = 70.0
    assert not limit.exhausted("a")
    assert limit.exhausted("b")


def test_memory_is_bounded_and_the_total_still_counts() -> None:
    limit = FailureLimit(each=5, total=10_000, keys=10, clock=Clock())
    for number in range(10_000):
        assert not limit.failed(str(number))
    assert len(limit._failures) == 10
    assert limit.failed("one more")


def test_keys_of_past_minutes_make_room() -> None:
    clock = Clock()
    limit = FailureLimit(each=1, total=99, keys=2, clock=clock)
    limit.failed("a")
    limit.failed("b")
    limit.failed("c")
    assert not limit.exhausted("c"), "there was no room to remember it"
    clock.now = 60.0
    limit.failed("c")
    assert limit.exhausted("c")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("nonsense\n", "unknown"),
    ],
)
def test_failures_count_for_a_network(address: str, network: str) -> None:
    assert network_of(address) == network
