"""Where in a file a character of a text stands, and what its comments ask to be passed over.

The parser says where a text begins. What lies between there and one of its characters depends on
how it is written: quotes, escapes, line breaks that were folded to spaces.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass, field
from itertools import accumulate, islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MARK = "# lint:"
"""How such a comment is best written."""
_ASKED = re.compile(
    r"(?:^|\s)#\s*lint:\s*(?P<ids>B\d\d(?:\s*,\s*B\d\d)*)?(?P<rest>.*)$", re.IGNORECASE
)
_COMMENT = re.compile(r"\s*(?:#.*)?$")
_HEADER = re.compile(r"[|>][^\n]*\n")
_VISIBLE = re.compile(r"\S")
_SINGLE = re.compile(r"''|\S")
_DOUBLE = re.compile(
    r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|.)|\\\n|[^\s\\]", re.DOTALL
)
_SPACES = frozenset("\n\t tnvfreN_LP ") - {"e"}
"""What behind a backslash in double quotes makes white space, or goes on in the next line."""
_MARGIN = 64
"""Characters that escapes and indents may take besides; only composed letters are looked for."""


class Lines:
    """The text of a file, as the parser saw it."""

    def __init__(self, data: bytes) -> None:
        text = data.decode("utf-8-sig", "replace")
        self.text = text.replace("\r\n", "\n").replace("\r", "\n")
        lengths = (len(line) + 1 for line in self.text.split("\n"))
        self.starts = [0, *accumulate(lengths)]

    def place(self, line: int, column: int, text: str, offset: int) -> tuple[int, int]:
        """Return line and column of a character of a text that begins at line and column.

        Where it cannot be found, that is the beginning of the text.
        """
        begin = self.starts[line - 1] + column - 1
        nearby = self.text[begin : begin + 2 * len(text) + _MARGIN]
        if not unicodedata.is_normalized("NFC", nearby):
            return line, column  # the text was composed, so that its characters are other ones
        before = sum(not one.isspace() for one in text[:offset])
        at = next(islice(_characters(self.text, begin), before, None), begin)
        lines = self.text.count("\n", begin, at)
        return line + lines, at - self.starts[line - 1 + lines] + 1


def _characters(raw: str, at: int) -> Iterator[int]:
    """Return where each character of a text stands that is no white space.

    The end of the text is not looked for.
    """
    opening = raw[at : at + 1]
    if opening == '"':
        yield from _escaped(raw, at + 1)
    elif opening == "'":
        yield from (one.start() for one in _SINGLE.finditer(raw, at + 1))
    else:
        header = _HEADER.match(raw, at)
        yield from (one.start() for one in _VISIBLE.finditer(raw, header.end() if header else at))


def _escaped(raw: str, at: int) -> Iterator[int]:
    """Do so in double quotes, where a backslash and what follows make one character, or none."""
    for one in _DOUBLE.finditer(raw, at):
        code = one[1] or one[2] or one[3]
        if code:
            is_space = chr(int(code, 16)).isspace() if int(code, 16) <= sys.maxunicode else False
        else:
            is_space = one[0][:1] == "\\" and one[0][1:2] in _SPACES
        if not is_space:
            yield one.start()


@dataclass(slots=True)
class Asked:
    """A comment that asks for a rule to be passed over, with its reason."""

    line: int
    column: int
    ids: frozenset[str]
    reason: str
    covers: int
    """The line that it speaks of: its own, or the next one with content."""
    used: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    """Rules that were broken in a way that no comment can pass over."""


def may_ask(data: bytes) -> bool:
    """Say whether a file may hold such a comment."""
    return b"lint:" in data or b"Lint:" in data or b"LINT:" in data


def asked_for(lines: Lines) -> list[Asked]:
    """Return the comments that ask for rules to be passed over, in the order of the file."""
    found = []
    rows = lines.text.split("\n")
    for n, row in enumerate(rows):
        if "lint:" in row.lower() and (asked := _ASKED.search(row)):
            covers = n
            if not row[: asked.start()].strip():
                covers = next(
                    (m for m in range(n + 1, len(rows)) if not _COMMENT.match(rows[m])), n
                )
            ids = frozenset(re.findall(r"B\d\d", (asked["ids"] or "").upper()))
            column = row.index("#", asked.start()) + 1
            found.append(Asked(n + 1, column, ids, asked["rest"].strip(" :-–"), covers + 1))
    return found


def passed_over(
    asked: Iterable[Asked], rule: str, lines: Iterable[int], *, always: bool = False
) -> bool:
    """Say whether a comment with a reason asks for a rule to be passed over in one of some lines.

    The comment is marked as used; what is to be told `always` is never passed over, and the
    comment marked as refused.
    """
    covered = set(lines)
    for one in asked:
        if rule in one.ids and one.reason and one.covers in covered:
            (one.refused if always else one.used).add(rule)
            return not always
    return False
