"""Read ClassAd expressions that people type, so that only whole and harmless ones get through.

A grammar of our own, smaller than HTCondor's, instead of its parser: that one lives in the
bindings, which a hub must not load; it takes more than a requirement needs (nested ads, calls of
anything); and it knows nothing of the submit language, into which the text goes afterwards.
What this one accepts, HTCondor reads in the same way. It has comparisons, arithmetic, `&&`, `||`,
`!`, `? :`, lists, attributes with or without `MY.` and `TARGET.`, and the functions below.
"""

import re
from collections.abc import Callable

LONGEST = 1000
"""Characters an expression may have; the negotiator evaluates it once for each slot."""

_DEEPEST = 30  # of parentheses; each level costs a few frames of the parser, here and in HTCondor

_NAMES = """
allcompare anycompare ceiling floor identicalmember ifthenelse int iserror isinteger isreal isstring
isundefined max member min real regexp round size strcat strcmp stricmp string stringlistimember
stringlistmember stringlistregexpmember stringlistsize stringlistsubsetmatch substr time tolower
toupper versioncmp versioneq versionge versiongt versionle versionlt
"""
FUNCTIONS = frozenset(_NAMES.split())
"""What may be called, in small letters: only what looks at values."""

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,18})?(?:[eE][+-]?[0-9]{1,3})?(?![0-9A-Za-z_.]))
  | (?P<string>"[^"\\]*")
  | (?P<name>(?:(?:MY|TARGET)\.)?[A-Za-z_][A-Za-z0-9_]*(?![A-Za-z0-9_.]))
  | (?P<sign>=\?=|=!=|==|!=|<=|>=|&&|\|\||(?<!/)/(?!/|\*)|[-+*%<>!?:(){},])
    )""",
    re.VERBOSE | re.ASCII | re.IGNORECASE,
)
# From the loosest to the tightest; each level is a chain from left to right.
_LEVELS = (
    {"||"},
    {"&&"},
    {"==", "!=", "=?=", "=!="},
    {"<", "<=", ">", ">="},
    {"+", "-"},
    {"*", "/", "%"},
)


class ExpressionError(ValueError):
    """The text is no expression that can be used; the message is a sentence for its writer."""


def read(text: str) -> str:
    """Return the expression, stripped; ExpressionError says what is wrong with it."""
    if len(text) > LONGEST:
        raise ExpressionError(f"It has {len(text)} characters; {LONGEST} are allowed.")
    _Reader(text).read()
    return text.strip()


def all_of(*expressions: str) -> str:
    """Join expressions so that each must be true; none may weaken another. Empty ones are left out.

    Each is read first, which makes sure that no parenthesis or string reaches into the next.
    """
    return _joined(" && ", expressions)


def any_of(*expressions: str) -> str:
    """Join expressions so that one of them must be true."""
    return _joined(" || ", expressions)


def _joined(operator: str, expressions: tuple[str, ...]) -> str:
    wanted = [text.strip() for text in expressions if text.strip()]
    for text in wanted:
        _Reader(text).read()
    return operator.join(f"({text})" for text in wanted)


class _Reader:
    """A parser by recursive descent that builds nothing: it only tells whether the text is one."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._next = 0
        self._depth = 0

    def read(self) -> None:
        self._expression()
        if self._peek():
            self._fail()

    def _expression(self) -> None:
        self._deeper(self._choice)

    def _deeper(self, part: Callable[[], None]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ExpressionError("It is nested too deeply.")
        part()
        self._depth -= 1

    def _choice(self) -> None:
        self._chain(0)
        if self._take("?"):
            self._expression()
            self._expect(":")
            self._expression()

    def _chain(self, level: int) -> None:
        if level == len(_LEVELS):
            self._operand()
            return
        self._chain(level + 1)
        while self._peek() in _LEVELS[level]:
            self._next += 1
            self._chain(level + 1)

    def _operand(self) -> None:
        if self._peek() in {"!", "-", "+"}:
            self._next += 1
            self._deeper(self._operand)
        elif self._take("("):
            self._expression()
            self._expect(")")
        elif self._take("{"):
            self._list("}")
        elif self._kind() in {"number", "string"}:
            self._next += 1
        elif self._kind() == "name":
            name = self._peek()
            self._next += 1
            if self._take("("):
                if name.lower() not in FUNCTIONS:
                    raise ExpressionError(f"The function {name[:40]} cannot be used here.")
                self._list(")")
        else:
            self._fail()

    def _list(self, end: str) -> None:
        if self._take(end):
            return
        self._expression()
        while self._take(","):
            self._expression()
        self._expect(end)

    def _peek(self) -> str:
        return self._tokens[self._next][0] if self._next < len(self._tokens) else ""

    def _kind(self) -> str:
        return self._tokens[self._next][1] if self._next < len(self._tokens) else ""

    def _take(self, sign: str) -> bool:
        found = self._peek() == sign
        self._next += found
        return found

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            self._fail(f"; {sign!r} is missing there")

    def _fail(self, hint: str = "") -> None:
        if not self._tokens:
            raise ExpressionError("It is empty.")
        if self._next == len(self._tokens):
            raise ExpressionError(f"It ends too early{hint}.")
        text, _, position = self._tokens[self._next]
        raise ExpressionError(f"At character {position + 1}, {text[:40]!r} cannot stand{hint}.")


def _tokens(text: str) -> list[tuple[str, str, int]]:
    """Cut the text into (token, kind, position)."""
    if not text.isprintable():
        raise ExpressionError("It must be one line of printable characters.")
    if "$$" in text:
        raise ExpressionError("It must not have two dollar signs in a row.")
    found = []
    position = 0
    end = len(text.rstrip(" "))
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            position += len(text[position:]) - len(text[position:].lstrip(" "))
            wrong = text[position : position + 20]
            raise ExpressionError(f"At character {position + 1}, {wrong!r} cannot be read.")
        assert match.lastgroup is not None
        found.append((match[match.lastgroup], match.lastgroup, match.start(match.lastgroup)))
        position = match.end()
    return found
