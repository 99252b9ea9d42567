"""Expressions that people type: whole ones get through unchanged, nothing else does."""

import classad2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vispa_htcondor.expression import FUNCTIONS, LONGEST, ExpressionError, all_of, any_of, read


@pytest.mark.parametrize(
    "text",
    [
        'OpSysName == "Debian" && Memory > 2 * 1024',
        'regexp("^wn0[0-9]+$", TARGET.Machine) || !isUndefined(HasScratch)',
        "Cpus >= 4 ? KFlops : -1.5e3",
        "member(Rack, {1, 2, 3})",
        "TARGET.GPUs =!= undefined",
        'Machine == "a // b /* c */ ) (" ',
    ],
)
def test_what_a_requirement_needs_can_be_said(text: str) -> None:
    assert read(text) == text.strip()
    assert str(classad2.ExprTree(f"({text})"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "It is empty."),
        ("(a", "It ends too early; ')' is missing there."),
        ("true) || (true", "At character 5, ')' cannot stand."),
        ("true // ", "At character 6, '// ' cannot be read."),
        ("true /* ", "At character 6, '/* ' cannot be read."),
        ("1 /* */ + 1", "At character 3"),
        ('"open', "At character 1"),
        ('"a\\" || "', "At character 1"),
        ("true\nqueue 100", "It must be one line"),
        ("true\u2028queue", "It must be one line"),
        ('+Owner = "root"', "At character 8"),
        ("a = 1", "At character 3"),
        ("[a = 1].a", "At character 1"),
        ("$(Cluster)", "At character 1"),
        ('"$$(Name)"', "two dollar signs"),
        ('eval("true")', "The function eval cannot be used here."),
        ("python_invoke(1)", "The function python_invoke cannot be used here."),
        ("(" * 31 + "1" + ")" * 31, "nested too deeply"),
        ("-" * 500 + "1", "nested too deeply"),
        ("1 + " * 300 + "1", f"It has 1201 characters; {LONGEST} are allowed."),
        ("010", "At character 1"),
        ("a.b.c", "At character 1"),
    ],
)
def test_what_is_not_one_whole_expression_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        read(text)
    assert sentence in str(caught.value)


def test_of_what_is_joined_nothing_can_weaken_the_rest() -> None:
    assert all_of("false", "", "true || true") == "(false) && (true || true)"
    assert any_of("a", "b && c") == "(a) || (b && c)"
    with pytest.raises(ExpressionError):
        all_of("false", "true) || (true")


names = st.sampled_from(["Memory", "TARGET.Cpus", "MY.x", "true", "undefined", "_a1"])
numbers = st.integers(0, 10**17).map(str) | st.sampled_from(["1.5", "2e3", "0.25E-2"])
texts = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters='"\\')).map(
    lambda text: f'"{text.replace("$$", "$")}"'
)
operators = st.sampled_from(
    ["||", "&&", "==", "!=", "=?=", "=!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%"]
)
grown = st.recursive(
    names | numbers | texts,
    lambda inner: (
        st.tuples(inner, operators, inner).map(" ".join)
        | inner.map("({})".format)
        | inner.map("!{}".format)
        | st.tuples(inner, inner, inner).map(lambda three: "({} ? {} : {})".format(*three))
        | st.tuples(st.sampled_from(sorted(FUNCTIONS)), st.lists(inner, max_size=3)).map(
            lambda call: f"{call[0]}({', '.join(call[1])})"
        )
        | st.lists(inner, max_size=3).map(lambda many: f"{{{', '.join(many)}}}")
    ),
    max_leaves=12,
)
pieces = st.lists(
    st.sampled_from(
        [*"abz019 .+-*/%!?:(){}[],;=<>&|~^$\\\"'@#", "==", "&&", "||", "true", "size("]
    ),
    max_size=12,
).map("".join)


@given(grown | pieces)
def test_htcondor_reads_whatever_is_accepted_as_one_expression(text: str) -> None:
    try:
        read(text)
    except ExpressionError:
        return
    tree = classad2.ExprTree(f"false && ({text})")
    assert str(tree).startswith("false && (")
    assert tree.eval() is False  # so nothing of it stands beside the parentheses


@given(grown)
def test_what_is_meant_to_be_one_is_accepted(text: str) -> None:
    if len(text) <= LONGEST and text.count("(") < 15:
        assert read(text) == text
