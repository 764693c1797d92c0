"""What a title from a student means: a reading of the course, or one of its own.

Only an id, an alias or a full title counts. A likeness is told as a hint and never acted upon:
a wrong link would examine a student on a paper they did not read.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from examrunner.domain.plain import sha256
from examrunner.domain.text import fold, tidy

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from examrunner.domain.course.catalogue import Reading

MAX_SLUG = 40
MARK = 6
"""Hex digits that tell shortened slugs apart."""
HINTS = 3
ALIKE = 0.4
"""Above this a title of the course is worth naming as a hint."""
DOUBLE = 0.75
"""Above this two titles may well be the same reading."""
SPELLED_ALIKE = 0.9
MIN_WORD = 4
FEW_WORDS = 2
CACHED = 65_536

_REVIEW = re.compile(
    r"\s*(?:paper\s+)?review\b"
    r"(?:\s+(?:no\.?|#)?\s*\d{1,3}\b\s*[:.\-\u2013\u2014]?|\s*[:\u2013\u2014]|\s+-\s)\s*",
    re.IGNORECASE,
)
_REVIEW_OF = re.compile(r"\s*(?:paper\s+)?review\s+of\b\s*:?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Titles:
    """The readings of a course by everything that names them exactly."""

    ids: frozenset[str] = frozenset()
    by_title: dict[str, set[str]] = field(default_factory=dict)
    words: tuple[tuple[str, str], ...] = ()
    """Id and title of each reading, for hints."""

    def find(self, text: str) -> str | None:
        """Return the id of the reading that a text names, also as `Review 7: <title>`."""
        for choice in (text, without_review(text), without_review(text, of=True)):
            if choice in self.ids:
                return choice
            found = self.by_title.get(title_key(choice), set()) if choice else set()
            if len(found) == 1:
                return next(iter(found))
        return None

    def nearest(self, text: str) -> list[str]:
        """Return up to three titles that a text resembles, the nearest first."""
        scored = sorted(
            ((likeness(text, title), title) for _, title in self.words),
            key=lambda item: (-item[0], item[1]),
        )
        return [title for score, title in scored[:HINTS] if score >= ALIKE]


def titles_of(readings: Iterable[Reading]) -> Titles:
    """Return readings ready for look-ups."""
    readings = tuple(readings)
    by_title: dict[str, set[str]] = {}
    for reading in readings:
        for text in (reading.title, *reading.also_titled, *reading.aliases):
            by_title.setdefault(title_key(text), set()).add(reading.id)
    return Titles(
        frozenset(reading.id for reading in readings),
        by_title,
        tuple((reading.id, reading.title) for reading in readings),
    )


def without_review(text: str, *, of: bool = False) -> str:
    """Return a text without a leading `Review 7:` and, if `of` is set, without `Review of`."""
    found = _REVIEW.match(text) or (_REVIEW_OF.match(text) if of else None)
    return text[found.end() :] if found else text


def is_review_of(text: str) -> bool:
    """Say whether a text calls itself the review of something that it names."""
    rest = without_review(text, of=True)
    return rest != text and bool(fold(rest)) and not fold(rest).isdigit()


@lru_cache(CACHED)
def title_key(text: str) -> str:
    """Return what two spellings of one title share."""
    return fold(text) or tidy(text).casefold()


def reading_id(text: str, taken: Collection[str] = ()) -> str:
    """Return an id made from a title: the same title gives the same id, whatever else there is.

    Titles that are shortened or lose letters are told apart by some digits of their hash; so is
    one whose id another reading of the course already has.
    """
    key = title_key(text)
    words = ["".join(c for c in word if c.isascii() and c.isalnum()) for word in key.split()]
    slug = "-".join(word for word in words if word)
    if slug.replace("-", " ") == key and len(slug) <= MAX_SLUG and slug not in taken:
        return slug
    short = slug[: MAX_SLUG - MARK - 1]
    if len(short) < len(slug) and "-" in short:
        short = short.rpartition("-")[0]
    digits = sha256(key)
    names = (f"{short or 'reading'}-{digits[:size]}" for size in range(MARK, len(digits)))
    return next(name for name in names if name not in taken)


def likeness(one: str, other: str) -> float:
    """Return how alike two titles are by their words, from 0 to 1."""
    return _likeness(frozenset(title_key(one).split()), frozenset(title_key(other).split()))


def may_be_same(one: Iterable[str], other: Iterable[str]) -> bool:
    """Say whether two readings, each given by its titles and aliases, may be one."""
    return any(_may_be_same(title_key(a), title_key(b)) for a in one for b in other)


@lru_cache(CACHED)
def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    shared = len(one & other)
    if not shared:
        return 0.0
    return 0.5 * shared / min(len(one), len(other)) + 0.5 * shared / len(one | other)


@lru_cache(CACHED)
def _may_be_same(one: str, other: str) -> bool:
    words, others = one.split(), other.split()
    if not words or not others:
        return False
    short, long = sorted((words, others), key=len)
    shared = len(set(short) & set(long))
    if shared / len(set(short) | set(long)) >= DOUBLE:
        return True
    if shared == len(set(short)) and (len(short) > 1 or _names_it(short[0], long)):
        return True
    if len(short) > FEW_WORDS and 2 * shared < len(short):
        return False
    return difflib.SequenceMatcher(None, one, other).ratio() >= SPELLED_ALIKE


def _names_it(word: str, title: list[str]) -> bool:
    """Say whether one word is the name under which a longer title goes, as in `LoRA: …`."""
    return len(word) >= MIN_WORD and word in (title[0], title[-1])
