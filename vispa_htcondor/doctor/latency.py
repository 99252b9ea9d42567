"""Is a job started soon after its submission, and if not: because of which setting."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vispa_htcondor.doctor.daemons import Daemon, Rounds
from vispa_htcondor.doctor.finding import Finding, Line, Place
from vispa_htcondor.doctor.waiting import Summary, Wait, summary

TOPIC = "start"
SLOW = 10.0
"""Seconds somebody may have to wait for a free slot before we call it a fault."""

_OWN_RESCHEDULE = (25, 14, 0)
"""From this version on, the schedd no longer asks for a round of matching for each new job."""


@dataclass(frozen=True)
class _Knob:
    place: Place
    name: str
    default: float
    ours: float
    meaning: str


_KNOBS = (
    _Knob("negotiator", "NEGOTIATOR_INTERVAL", 60, 5,
          "seconds from one round of matching to the next, when nobody asks for one sooner"),
    _Knob("negotiator", "NEGOTIATOR_MIN_INTERVAL", 5, 1,
          "the least seconds from the start of a round to the start of the next"),
    _Knob("negotiator", "NEGOTIATOR_CYCLE_DELAY", 20, 1,
          "the least seconds from the end of a round to the start of the next"),
    _Knob("schedd", "SCHEDD_MIN_INTERVAL", 5, 1,
          "the least seconds between two reports of the schedd about its new jobs"),
    _Knob("schedd", "SCHEDD_INTERVAL", 300, 30,
          "seconds after which the schedd reports its jobs in any case"),
)  # fmt: skip


def judge(
    waits: Sequence[Wait], negotiator: Daemon | None, schedd: Daemon | None, rounds: Rounds
) -> Iterator[Finding]:
    """Compare the waits with what the settings explain."""
    seen = summary(waits)
    high = list(_high(negotiator, schedd))
    if seen is None:
        if high:
            yield Finding("advice", TOPIC, _unmeasured(high), _lines(high))
        return
    if seen.bound > SLOW:
        yield Finding("fault", TOPIC, _slow(seen, high, rounds), _lines(high))
        return
    yield Finding("ok", TOPIC, f"Jobs start soon: {_figures(seen)}.")
    knob, daemon = next(((k, d) for k, d in high if k.name == "NEGOTIATOR_INTERVAL"), (None, None))
    if knob and daemon and schedd and schedd.version >= _OWN_RESCHEDULE:
        value = _value(knob, daemon)
        if value > SLOW:
            yield Finding(
                "advice", TOPIC,
                f"{knob.name} = {value:g} did no harm this time. But since HTCondor 25.14 a job "
                f"waits for the next round, up to {value:g} s, when another job of the queue has "
                "been waiting before it.",
                _lines([(knob, daemon)]),
            )  # fmt: skip


def _high(negotiator: Daemon | None, schedd: Daemon | None) -> Iterator[tuple[_Knob, Daemon]]:
    """Yield the settings that are larger than people who wait want them."""
    for knob in _KNOBS:
        daemon = negotiator if knob.place == "negotiator" else schedd
        if daemon is not None and _value(knob, daemon) > knob.ours:
            yield knob, daemon


def _value(knob: _Knob, daemon: Daemon) -> float:
    return daemon.seconds(knob.name, knob.default)


def _slow(seen: Summary, high: list[tuple[_Knob, Daemon]], rounds: Rounds) -> str:
    text = f"A job waits up to {seen.bound:.0f} s for its start: {_figures(seen)}."
    if seen.period:
        text += (
            f" They started in step with something that happens once in {seen.period:.0f} s, so"
            f" somebody who comes at a random moment waits {seen.period / 2:.0f} s on average."
        )
    guilty = [
        (knob, daemon) for knob, daemon in high if _explains(_value(knob, daemon), seen)
    ]  # fmt: skip
    if rounds.duration > SLOW / 2:
        text += (
            f" A round of matching takes {rounds.duration:.0f} s, which no interval shortens:"
            " look into NegotiatorLog, or give notebooks a negotiator of their own"
            " (NEGOTIATOR_SLOT_CONSTRAINT)."
        )
    if guilty:
        named = "; ".join(
            f"{k.name} = {_value(k, d):g} ({k.meaning}; {d.where()})" for k, d in guilty
        )
        return f"{text} At fault is {named}."
    if high:
        return f"{text} No setting alone explains this; those below are larger than people like."
    return (
        f"{text} The settings are not the reason. Look into NegotiatorLog on the central manager:"
        " how often are there rounds, and what becomes of a job in them?"
    )


def _explains(value: float, seen: Summary) -> bool:
    expected = seen.period or seen.worst
    return abs(value - expected) <= max(3, 0.1 * expected)


def _unmeasured(high: list[tuple[_Knob, Daemon]]) -> str:
    named = ", ".join(f"{knob.name} = {_value(knob, daemon):g}" for knob, daemon in high)
    return f"Not measured, but these settings make jobs wait on most pools: {named}."


def _figures(seen: Summary) -> str:
    jobs = "1 probe" if seen.count == 1 else f"{seen.count} probes"
    return f"median {seen.median:.1f} s, worst {seen.worst:.1f} s, of {jobs}"


def _lines(high: list[tuple[_Knob, Daemon]]) -> tuple[Line, ...]:
    return tuple(
        Line(k.place, k.name, f"{k.ours:g}", f"was {_value(k, daemon):g}: {k.meaning}")
        for k, daemon in high
    )
