"""From waits and settings to the setting at fault."""

import pytest

from vispa_htcondor.doctor import latency
from vispa_htcondor.doctor.daemons import Daemon, Rounds, Version
from vispa_htcondor.doctor.finding import Finding
from vispa_htcondor.doctor.waiting import Wait, summary

OLD, NEW = (23, 9, 6), (25, 14, 1)
TUNED = {
    "NEGOTIATOR_INTERVAL": "5", "NEGOTIATOR_MIN_INTERVAL": "1", "NEGOTIATOR_CYCLE_DELAY": "1",
    "SCHEDD_MIN_INTERVAL": "1", "SCHEDD_INTERVAL": "30",
}  # fmt: skip


def in_turn(*seconds: float, pause: float = 5.3) -> list[Wait]:
    """Waits of probes, each submitted `pause` after the one before started."""
    waits, now = [], 0.0
    for one in seconds:
        waits.append(Wait(now, one))
        now += one + pause
    return waits


def judge(
    waits: list[Wait], settings: dict[str, str], version: Version = NEW, duration: float = 0
) -> list[Finding]:
    negotiator = Daemon("negotiator", "cm", version, settings)
    schedd = Daemon("schedd", "login", version, settings)
    return list(latency.judge(waits, negotiator, schedd, Rounds(duration)))


# As measured with HTCondor's defaults on real pools.
DEFAULTS_OLD = in_turn(0.1, 15.0, 15.1, 15.1)
DEFAULTS_NEW = in_turn(0.1, 55.0, 55.0, 55.0)
TUNED_NEW = in_turn(0.1, 1.0, 4.9, 4.9, 5.0)


def test_a_tuned_pool_is_well() -> None:
    [finding] = judge(TUNED_NEW, TUNED)
    assert finding.level == "ok"
    assert finding.text == "Jobs start soon: median 4.9 s, worst 5.0 s, of 5 probes."
    assert finding.lines == ()


def test_the_defaults_of_25_are_slow_because_of_the_interval() -> None:
    [finding] = judge(DEFAULTS_NEW, {})
    assert finding.level == "fault"
    assert "waits up to 60 s" in finding.text
    assert "At fault is NEGOTIATOR_INTERVAL = 60 (" in finding.text
    assert "NEGOTIATOR_CYCLE_DELAY" not in finding.text


def test_the_defaults_of_23_are_slow_because_of_the_delay() -> None:
    [finding] = judge(DEFAULTS_OLD, {}, OLD)
    assert "waits up to 20 s" in finding.text
    assert "At fault is NEGOTIATOR_CYCLE_DELAY = 20 (" in finding.text
    assert "NEGOTIATOR_INTERVAL" not in finding.text


def test_the_lines_bring_all_settings_to_what_waiting_people_need() -> None:
    [finding] = judge(DEFAULTS_NEW, {"SCHEDD_MIN_INTERVAL": "1"})
    assert {line.name: line.value for line in finding.lines} == {
        name: value for name, value in TUNED.items() if name != "SCHEDD_MIN_INTERVAL"
    }
    assert {line.place for line in finding.lines} == {"negotiator", "schedd"}


def test_it_says_whose_value_it_is_when_the_daemon_did_not_tell() -> None:
    negotiator = Daemon("negotiator", "cm", NEW, {}, asked=False)
    [finding] = latency.judge(DEFAULTS_NEW, negotiator, None, Rounds(0))
    assert "so says the configuration here; the negotiator on cm did not tell" in finding.text


def test_slow_though_all_settings_are_good() -> None:
    [finding] = judge(in_turn(0.1, 40, 12, 71), TUNED)
    assert finding.level == "fault"
    assert "The settings are not the reason. Look into NegotiatorLog" in finding.text
    assert finding.lines == ()


def test_a_round_that_takes_long_is_named() -> None:
    [finding] = judge(in_turn(0.1, 40, 40, 40), TUNED, duration=45)
    assert "A round of matching takes 45 s" in finding.text


def test_waits_for_a_free_slot_do_not_count() -> None:
    waits = [*in_turn(0.1, 1.0), Wait(50, 300, room=False)]
    assert [finding.level for finding in judge(waits, TUNED)] == ["ok"]


def test_a_probe_that_has_not_started_counts_with_what_it_waited_so_far() -> None:
    [finding] = judge([Wait(0, 58, started=False)], {})
    assert "waits up to 58 s" in finding.text
    assert "At fault is NEGOTIATOR_INTERVAL = 60 (" in finding.text


def test_without_a_measurement_high_settings_are_advice() -> None:
    [finding] = judge([], {})
    assert finding.level == "advice"
    assert "NEGOTIATOR_INTERVAL = 60" in finding.text
    assert judge([], TUNED) == []


def test_fast_this_time_is_not_always_fast_since_25_14() -> None:
    settings = TUNED | {"NEGOTIATOR_INTERVAL": "60"}
    assert [one.level for one in judge(TUNED_NEW, settings, NEW)] == ["ok", "advice"]
    assert [one.level for one in judge(TUNED_NEW, settings, OLD)] == ["ok"]


class TestPeriod:
    """Starts that keep in step with a clock."""

    @pytest.mark.parametrize(
        ("waits", "period"),
        [
            (DEFAULTS_NEW, 60.3),
            (DEFAULTS_OLD, 20.4),
            (in_turn(0.2, 14.2, 54.9, 55.3, 55.0), 60.4),  # the first is out of step
            (in_turn(0.1, 6.7, 6.7, 6.7), 12.0),  # not slow by itself, but others wait 12
            (in_turn(0.1, 4.7, 4.7, 4.7), 5.0),  # every second round
        ],
    )
    def test_is_found(self, waits: list[Wait], period: float) -> None:
        found = summary(waits)
        assert found is not None
        assert found.period == pytest.approx(period, abs=0.5)
        assert found.bound >= found.worst

    @pytest.mark.parametrize(
        "waits", [in_turn(0.1, 1, 0.1, 1), in_turn(0.1, 40, 12, 71), in_turn(0.1, 14, 55)]
    )
    def test_is_not_made_up(self, waits: list[Wait]) -> None:
        found = summary(waits)
        assert found is not None
        assert found.period is None
