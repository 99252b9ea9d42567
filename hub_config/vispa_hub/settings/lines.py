"""Where in a TOML file each key stands.

`tomllib` keeps no positions, so this walks over the text once more. The text has been parsed
before: only what is valid TOML needs to be understood here.
"""

import re
import tomllib
from collections import Counter

Path = tuple[str | int, ...]

_SKIP = re.compile(r"(?:\s|#[^\n]*)*")
_KEY = re.compile(r'[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'')
_LONG_STRING = r'"""(?:[^\\]|\\.)*?"{3,5}(?!")' + r"|'''.*?'{3,5}(?!')"
_STRING = re.compile(
    _LONG_STRING + r'|"(?:[^"\\\n]|\\.)*"' + r"|'[^'\n]*'",
    re.DOTALL,
)
_PLAIN = re.compile(r"[^,\]}#\n]+")


def lines_of(text: str) -> dict[Path, int]:
    """Map the path of each key, table and array element to its line, counted from 1.

    A table that is opened more than once (``[a.b]`` and ``[a.c]`` both open ``a``) has the line
    where it first appears.
    """
    return _Walk(text).lines


class _Walk:
    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n")
        self.at = 0
        self.lines: dict[Path, int] = {}
        self.arrays: Counter[Path] = Counter()
        table: Path = ()
        while self._skip():
            if self._take("["):
                table = self._header()
            else:
                self._pair(table)

    def _skip(self) -> bool:
        """Go to the next token; whether there is one."""
        match = _SKIP.match(self.text, self.at)
        assert match
        self.at = match.end()
        return self.at < len(self.text)

    def _take(self, token: str) -> bool:
        self._skip()
        if not self.text.startswith(token, self.at):
            return False
        self.at += len(token)
        return True

    def _header(self) -> Path:
        array = self._take("[")
        table = self._key(())
        self._take("]]" if array else "]")
        if array:
            self.arrays[table] += 1
            table = (*table, self.arrays[table] - 1)
            self._note(table)
        return table

    def _pair(self, table: Path) -> None:
        path = self._key(table)
        self._take("=")
        self._value(path)

    def _key(self, table: Path) -> Path:
        """Read a dotted key; each of its parts is noted."""
        path = table
        while True:
            self._skip()
            match = _KEY.match(self.text, self.at)
            assert match, f"no key at {self.at}"
            path = (*path, _unquoted(match[0]))
            self._note(path)
            self.at = match.end()
            if not self._take("."):
                return path
            if path in self.arrays:  # [[array]], then [array.table]: of the last element
                path = (*path, self.arrays[path] - 1)

    def _value(self, path: Path) -> None:
        self._skip()
        if match := _STRING.match(self.text, self.at):
            self.at = match.end()
        elif self._take("["):
            for index in range(len(self.text)):
                if self._take("]"):
                    break
                self._skip()
                self._note((*path, index))
                self._value((*path, index))
                self._take(",")
        elif self._take("{"):
            while not self._take("}"):
                self._pair(path)
                self._take(",")
        else:
            match = _PLAIN.match(self.text, self.at)
            assert match, f"no value at {self.at}"
            self.at = match.end()

    def _note(self, path: Path) -> None:
        self.lines.setdefault(path, self.text.count("\n", 0, self.at) + 1)


def _unquoted(key: str) -> str:
    return next(iter(tomllib.loads(f"{key} = 0")))
