"""Why no machine could ever take a job, as far as it can be told."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from vispa_htcondor.broker.job_ad import job_ad
from vispa_htcondor.broker.slot_ads import Slot
from vispa_htcondor.broker.willing import willing

_SIZES = (("cpus", "Cpus", 1), ("memory_mb", "Memory", 1), ("gpus", "GPUs", 1),
          ("disk_mb", "Disk", 1024))  # fmt: skip


def obstacle(wanted: dict[str, Any], slots: Sequence[Slot]) -> dict[str, Any]:
    """Look for what is in the way of a job that no empty slot matches.

    Returns ``{"kind": …}``. With "size" comes ``"most"``: the largest of each request that is too
    large. With "requirements" comes ``"clause"``: the one that no machine meets, if it is one.
    """
    if not slots:
        return {"kind": "no machines"}
    allowing = willing({**wanted, "requirements": ""}, slots)
    if not allowing:
        return {"kind": "policy"}
    suitable = willing(wanted, allowing)
    if not suitable:
        return {"kind": "requirements", "clause": _unmet_clause(wanted, allowing)}
    most = {name: max(slot.total(what) for slot in suitable) // unit for name, what, unit in _SIZES}
    too_large = {name: value for name, value in most.items() if wanted[name] > value}
    if too_large:
        return {"kind": "size", "most": too_large}
    if wanted["gpu_kind"] and _fits({**wanted, "gpu_kind": ""}, suitable):
        return {"kind": "gpu kind"}
    if any(all(wanted[n] <= slot.total(w) // u for n, w, u in _SIZES) for slot in suitable):
        return {"kind": "policy"}
    return {"kind": "together"}


def clauses(expression: str) -> list[str]:
    """Split an expression where all parts must be true: at && outside brackets and quotes."""
    expression = _unwrapped(expression)
    found, start = [], 0
    for index in _outside(expression):
        if expression[index : index + 2] == "&&":
            found.append(expression[start:index].strip())
            start = index + 2
    found.append(expression[start:].strip())
    if len(found) == 1 or any(_has(part, "||", "?") for part in found):
        return [expression]  # && binds more tightly: what stands between them is no clause
    return [clause for part in found for clause in clauses(part)]


def _fits(wanted: dict[str, Any], slots: Iterable[Slot]) -> bool:
    job = job_ad(wanted)
    return any(slot.empty.symmetricMatch(job) for slot in slots)


def _unmet_clause(wanted: dict[str, Any], slots: Sequence[Slot]) -> str:
    for clause in clauses(wanted["requirements"]):
        if not willing({**wanted, "requirements": clause}, slots):
            return clause
    return ""


def _has(text: str, *signs: str) -> bool:
    return any(text.startswith(signs, index) for index in _outside(text))


def _unwrapped(text: str) -> str:
    """Take away brackets around the whole."""
    text = text.strip()
    while text.startswith("(") and text.endswith(")") and not list(_outside(text)):
        text = text[1:-1].strip()
    return text


def _outside(text: str) -> Iterable[int]:
    """Yield the places outside of all brackets and quotes; brackets count as inside."""
    depth, quote, index = 0, "", 0
    closes: Callable[[str], bool] = ")]}".__contains__
    while index < len(text):
        sign = text[index]
        if quote:
            index += sign == "\\"
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign in "([{":
            depth += 1
        elif closes(sign):
            depth -= 1
        elif not depth:
            yield index
        index += 1
