"""What a student leaves in texts, and the stand-in that takes the place of one who was forgotten.

A trace is a name in either order, an address or an id, as a whole word and whatever its case,
accents, quotes and escapes. Looking for too much is harmless here: what is found is shown before
anything is deleted.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from examrunner.domain.course.joining import name_keys
from examrunner.domain.course.people import Student
from examrunner.domain.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

SHORTEST_NAME = 2
SHORTEST_ID = 3
SHORTEST_NUMBER = 4
"""A shorter id made of digits says nothing about who is meant."""
SHORTEST_SURE_ID = 5
"""From this length on an id can be nothing else, if it holds a digit."""
_ESCAPED = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")


def stand_in(key: str) -> Student:
    """Return what takes the place of a student who was forgotten."""
    return Student(student_id=f"forgotten-{key}", name=f"forgotten-{key}")


def is_stand_in(key: str, student: Student) -> bool:
    """Say whether a student was forgotten."""
    return student == stand_in(key)


@dataclass(frozen=True, slots=True)
class Traces:
    """What to look for: folded texts, as whole words or, where a script has none, anywhere."""

    words: re.Pattern[str] | None
    anywhere: tuple[str, ...]

    def are_in(self, text: str) -> bool:
        """Say whether a text holds one of them."""
        folded = fold(_plain(text))
        if self.words is not None and self.words.search(folded):
            return True
        return any(one in folded for one in self.anywhere)


def traces_of(students: Iterable[Student], *, sure: bool = False) -> Traces:
    """Return what these students leave; only `sure` leaves out short ids and logins.

    In a note about somebody else a short id is more likely a word.
    """
    wanted: set[str] = set()
    for student in students:
        names = _orders(student.name) | _orders(_plain(student.name))
        wanted |= {name for name in names if len(name) >= SHORTEST_NAME}
        ids = (student.student_id, student.canvas_id, student.sis_id, student.login)
        wanted |= {fold(one) for one in ids if one and _says_who(one, sure=sure)}
        if student.email:
            wanted.add(fold(student.email))
    wanted.discard("")
    loose = tuple(sorted(one for one in wanted if _has_no_spaces(one)))
    words = sorted(wanted - set(loose), key=len, reverse=True)
    either = "|".join(map(re.escape, words))
    return Traces(re.compile(rf"(?<!\S)(?:{either})(?!\S)") if words else None, loose)


def _orders(name: str) -> set[str]:
    """Return a name folded, in every order in which family and given names may stand."""
    words = fold(name).split()
    turned = (words[place:] + words[:place] for place in range(len(words)))
    return {*name_keys(name), *(" ".join(one) for one in turned)}


def _says_who(text: str, *, sure: bool) -> bool:
    if sure:
        return len(text) >= SHORTEST_SURE_ID and any(one.isdigit() for one in text)
    return len(text) >= (SHORTEST_NUMBER if text.isdigit() else SHORTEST_ID)


def _has_no_spaces(folded: str) -> bool:
    """Say whether a text is in a script that may be written without spaces between words."""
    return any(unicodedata.category(one) == "Lo" for one in folded)


def _plain(text: str) -> str:
    """Return a text without the escapes of HTML and JSON."""
    if "\\u" in text:
        text = _ESCAPED.sub(_unescaped, text)
    return html.unescape(text) if "&" in text else text


def _unescaped(found: re.Match[str]) -> str:
    r"""Return what `\u` and four digits, or a pair of such, stand for."""
    return bytes.fromhex(found[0].replace("\\u", "")).decode("utf-16-be", "replace")
