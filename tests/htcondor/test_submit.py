"""Submit descriptions: what a person typed stays where it was put."""

import classad2
import htcondor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vispa_htcondor.submit import Request, ServerJob, arguments, classad_string, literal

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


def test_a_server_that_lost_its_machine_or_its_time_is_removed_not_restarted() -> None:
    assert job().commands()["periodic_remove"] == "(NumJobStarts > 0 && JobStatus == 1)"
    limited = job(request=Request(runtime=3600)).commands()["periodic_remove"]
    assert limited.endswith("(JobStatus == 2 && time() - EnteredCurrentStatus > 3600)")
