"""Accounts, evictions and the ends of jobs: from what was seen to what to write."""

from dataclasses import replace

import pytest

from vispa_htcondor.doctor import account, endings, eviction
from vispa_htcondor.doctor.daemons import Daemon, Worker, version_of
from vispa_htcondor.doctor.finding import Finding

WORKER = Worker("w1", uid_domain="site.org", rank="0", retirement="0")
NEGOTIATOR = Daemon("negotiator", "cm", (25, 14, 1), {"PREEMPTION_REQUIREMENTS": "False"})
STARTD = Daemon("startd", "w1", (25, 14, 1), {"PREEMPT": "False"})
SCHEDD = Daemon("schedd", "login", (25, 14, 1), {"UID_DOMAIN": "site.org"})


def schedd(**settings: str) -> Daemon:
    return replace(SCHEDD, settings={**SCHEDD.settings, **settings})


class TestAccount:
    def judge(self, *codes: int, worker: Worker = WORKER) -> list[Finding]:
        return list(account.judge(codes, "ada", SCHEDD, [worker]))

    def test_all_is_well(self) -> None:
        [finding] = self.judge(0, 0)
        assert (finding.level, finding.text) == ("ok", "Jobs of ada run as ada on the worker.")

    def test_nothing_ran(self) -> None:
        assert self.judge() == []

    def test_another_account(self) -> None:
        worker = replace(WORKER, uid_domain="elsewhere")
        [finding] = self.judge(0, account.OTHER_ACCOUNT, worker=worker)
        assert finding.level == "fault"
        assert "UID_DOMAIN is site.org where jobs are submitted, and elsewhere" in finding.text
        assert [(line.place, line.name, line.value) for line in finding.lines] == [
            ("startd", "UID_DOMAIN", "site.org"),
            ("startd", "TRUST_UID_DOMAIN", "TRUE"),
        ]

    def test_no_home(self) -> None:
        assert [one.level for one in self.judge(account.NO_HOME)] == ["ok", "advice"]

    def test_both(self) -> None:
        assert [one.level for one in self.judge(account.BOTH)] == ["fault", "advice"]

    def test_a_probe_that_cannot_work(self) -> None:
        [finding] = self.judge(0, 127)
        assert finding.level == "fault"
        assert "exit code 127" in finding.text


class TestEviction:
    HASTY = "w1 gives them no time to finish"

    def test_without_preemption_all_is_well(self) -> None:
        [finding] = eviction.judge(NEGOTIATOR, STARTD, [WORKER], defrag=False)
        assert finding.level == "ok"

    @pytest.mark.parametrize(
        ("changed", "says"),
        [
            ({"negotiator": {"PREEMPTION_REQUIREMENTS": "RemoteUserPrio > 2"}},
             "PREEMPTION_REQUIREMENTS = RemoteUserPrio > 2"),
            ({"startd": {"PREEMPT": "KeyboardIdle < 60"}}, "PREEMPT = KeyboardIdle < 60"),
            ({"rank": 'TARGET.Owner == "boss"'}, 'RANK = TARGET.Owner == "boss"'),
            ({"defrag": True}, "condor_defrag"),
        ],
    )  # fmt: skip
    def test_each_cause_is_named(self, changed: dict[str, object], says: str) -> None:
        negotiator = replace(NEGOTIATOR, settings=changed.get("negotiator", {}))
        startd = replace(STARTD, settings=changed.get("startd", {}))
        worker = replace(WORKER, rank=str(changed.get("rank", "0")))
        [finding] = eviction.judge(negotiator, startd, [worker], bool(changed.get("defrag")))
        assert finding.level == "advice"
        assert says in finding.text
        assert self.HASTY in finding.text
        assert [line.name for line in finding.lines] == ["MAXJOBRETIREMENTTIME"]

    def test_time_to_finish_is_enough(self) -> None:
        patient = replace(WORKER, retirement="86400")
        [finding] = eviction.judge(NEGOTIATOR, STARTD, [patient], defrag=True)
        assert finding.level == "ok"

    def test_without_workers_there_is_nothing_to_say(self) -> None:
        assert list(eviction.judge(NEGOTIATOR, None, [], defrag=True)) == []


class TestEnd:
    @pytest.mark.parametrize(
        ("seconds", "level", "says"),
        [
            ("60", "ok", "at most 60 s after its time"),
            ("300", "advice", "up to 300 s after its time"),
            ("0", "fault", "go on for ever"),
        ],
    )
    def test_of_the_run_time(self, seconds: str, level: str, says: str) -> None:
        [finding] = endings.run_time_limit(schedd(PERIODIC_EXPR_INTERVAL=seconds))
        assert finding.level == level
        assert says in finding.text
        assert bool(finding.lines) == (level != "ok")

    @pytest.mark.parametrize(("seconds", "level"), [(2400, "ok"), (600, "ok"), (60, "advice")])
    def test_when_the_schedd_is_away(self, seconds: int, level: str) -> None:
        [finding] = endings.lease(seconds)
        assert finding.level == level

    def test_without_a_probe_nothing_is_said_of_it(self) -> None:
        assert list(endings.lease(None)) == []


def test_versions_are_read_as_numbers() -> None:
    assert version_of("$CondorVersion: 25.14.1 2026-10-16 PackageID: 25.14.1+dfsg-1 $") == (
        25,
        14,
        1,
    )
    assert version_of(None) == ()


def test_a_number_that_is_an_expression_counts_as_unset() -> None:
    assert schedd(SCHEDD_INTERVAL="ifThenElse(x, 1, 2)").seconds("SCHEDD_INTERVAL", 300) == 300
