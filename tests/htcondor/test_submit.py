"""Submit descriptions: what a person typed stays where it was put."""

import time

import classad2
import htcondor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vispa_htcondor.submit import BACKSTOP, Request, ServerJob, arguments, classad_string, literal

printable = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\u2028\u2029")
).filter(lambda text: "$$" not in text)


def job(**changes: object) -> ServerJob:
    plain = {
        "executable": "/usr/bin/python3",
        "arguments": ["-m", "x"],
        "folder": "/home/ann/.local/x",
        "request": Request(cpus=2, memory_mb=3000),
        "stamp": {"VispaUser": "ann"},
        "input_files": ["spawn.json"],
    }
    return ServerJob(**{**plain, **changes})  # type: ignore[arg-type]


@given(printable)
def test_a_classad_string_reads_back_as_what_it_was(text: str) -> None:
    ad = classad2.parseOne(f"Text = {classad_string(text)}\nBehind = 1")
    assert (ad.eval("Text"), ad.eval("Behind")) == (text, 1)


@pytest.mark.parametrize("text", ["\\", "a\\", 'a\\"', 'a" || true || "', 'a\\" || true || "\\'])
def test_a_classad_string_cannot_end_early_or_late(text: str) -> None:
    quoted = classad_string(text)
    ad = classad2.parseOne(f"Text = {quoted}\nSame = Text =?= {quoted} && {quoted} =?= Text")
    assert (ad.eval("Text"), ad.eval("Same")) == (text, True)


@pytest.mark.parametrize("text", ["a\nqueue", "a\r+Owner", "\0", "x\u2028y", "$$(Name)"])
def test_what_cannot_be_quoted_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="cannot carry"):
        literal(text)


def test_macros_of_the_submit_language_are_not_expanded() -> None:
    commands = job(stamp={"VispaUser": "$(Cluster) $ENV(HOME) $"}).commands()
    submit = htcondor2.Submit(commands)
    assert submit.expand("My.VispaUser") == '"$(Cluster) $ENV(HOME) $"'


@given(st.lists(printable, max_size=4))
def test_arguments_arrive_one_by_one(values: list[str]) -> None:
    line = arguments(values).replace("$(DOLLAR)", "$")
    inner = line[1:-1].replace('""', '"')
    assert _split_as_condor_does(inner) == values


def _split_as_condor_does(line: str) -> list[str]:
    """Split HTCondor's new argument syntax: single quotes group, doubled ones are literal."""
    found: list[str] = []
    word: list[str] | None = None
    quoted = False
    index = 0
    while index < len(line):
        sign = line[index]
        if sign == "'" and quoted and line[index + 1 : index + 2] == "'":
            assert word is not None
            word.append("'")
            index += 1
        elif sign == "'":
            quoted = not quoted
            word = [] if word is None else word
        elif sign == " " and not quoted:
            if word is not None:
                found.append("".join(word))
            word = None
        else:
            word = [sign] if word is None else [*word, sign]
        index += 1
    return found if word is None else [*found, "".join(word)]


def test_nothing_but_names_of_files_travels_in_the_ad() -> None:
    commands = job().commands()
    assert commands["transfer_input_files"] == "spawn.json"
    assert commands["getenv"] == "false"
    assert "environment" not in commands


def test_a_server_that_lost_its_machine_is_never_matched_again() -> None:
    lost = {"NumShadowStarts": 1, "JobStatus": 1}
    for request in (Request(), Request(requirements=("true",)), Request(runtime=3600)):
        commands = job(request=request).commands()
        assert evaluated(commands["requirements"], lost, MACHINE) is False
        assert evaluated(commands["requirements"], {"NumShadowStarts": 0}, MACHINE) is True
        assert evaluated(commands["periodic_remove"], lost) is True


@pytest.mark.parametrize("status", [2, 7])
def test_htcondor_ends_what_does_not_end_itself_a_little_later(status: int) -> None:
    commands = job(request=Request(runtime=3600)).commands()

    def after(seconds: int) -> object:
        ad = {"NumShadowStarts": 1, "JobStatus": status, "EnteredCurrentStatus": int(time.time())}
        return evaluated(
            commands["periodic_remove"],
            {**ad, "JobCurrentStartExecutingDate": int(time.time()) - seconds},
        )

    assert after(3600 + BACKSTOP - 5) is False
    assert after(3600 + BACKSTOP + 5) is True
    assert "3600" not in job().commands()["periodic_remove"]


MACHINE = {"Cpus": 4, "Memory": 8000, "HasFileTransfer": True, "GPUs": 1}


def evaluated(expression: str, ad: dict[str, object], other: dict[str, object] = {}) -> object:  # noqa: B006
    """Evaluate an expression of a job's ad as HTCondor does when it matches job and machine."""
    mine = classad2.ClassAd({"RequestCpus": 2, "RequestMemory": 3000, "RequestGPUs": 1, **ad})
    mine["Expression"] = classad2.ExprTree(expression.replace("$(DOLLAR)", "$"))
    return mine["Expression"].simplify(mine, classad2.ClassAd(other)).eval()


def test_nobody_weakens_what_others_require_nor_what_htcondor_adds() -> None:
    wanted = Request(cpus=2, gpus=1, requirements=("HasScratch", "", "Rack == 7", "Cpus > 0"))
    text = job(request=wanted).commands()["requirements"]
    assert text.startswith("(HasScratch) && (Rack == 7) && (Cpus > 0) && ")
    fine = {**MACHINE, "HasScratch": True, "Rack": 7}
    for change, result in [
        ({}, True),
        ({"HasScratch": False}, False),
        ({"Rack": 8}, False),
        ({"Cpus": 1}, False),
        ({"GPUs": 0}, False),
    ]:
        assert evaluated(text, {"NumShadowStarts": 0}, {**fine, **change}) is result


@pytest.mark.parametrize("text", ["true) || (true", "a\nqueue", "$(X)", "true // ", 'x = "'])
def test_an_expression_that_is_not_whole_is_refused_before_it_is_joined(text: str) -> None:
    with pytest.raises(ValueError, match=r"It |At "):
        Request(requirements=("true", text)).commands()
    with pytest.raises(ValueError, match=r"It |At "):
        Request(rank=text).commands()


def test_a_kind_of_gpu_is_looked_for_in_the_name_htcondor_reports() -> None:
    wanted = Request(gpus=1, gpu_type="a100-SXM4 (80GB)", gpu_capability=8)
    text = job(request=wanted).commands()["require_gpus"]
    card = {"DeviceName": "NVIDIA A100-SXM4 (80GB)", "Capability": 8.0}
    assert evaluated(text, card) is True
    assert evaluated(text, {**card, "DeviceName": "Tesla T4"}) is False
    assert evaluated(text, {**card, "Capability": 7.5}) is False


@given(printable)
def test_no_name_of_a_gpu_breaks_out_of_its_expression(text: str) -> None:
    wanted = job(request=Request(gpus=1, gpu_type=text)).commands().get("require_gpus")
    if wanted:
        assert evaluated(wanted, {"DeviceName": "Tesla T4"}) in (True, False)


def test_size_disk_and_group_become_commands_of_their_own() -> None:
    commands = Request(cpus=3, disk_mb=5000, rank="KFlops", accounting_group="group_x").commands()
    assert commands["request_disk"] == "5000M"
    assert (commands["rank"], commands["accounting_group"]) == ("KFlops", "group_x")
    assert "request_disk" not in Request().commands()
