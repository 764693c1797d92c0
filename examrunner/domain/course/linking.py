"""Which reading a title that nothing names exactly may mean: likeness, and who is to be asked.

The thresholds were measured: labels that hold a title's words in any order score 94 to 100, short
names 47 to 60, and papers that the course does not have 24 to 39. Other papers whose titles take
up one of the course score 100 as well, so a link is made only where every word belongs to the
reading; everything else is a question to a person, since a wrong link would examine a student on
a paper they did not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from examrunner.domain.course.matching import Answers, Stranger, Unmatched
from examrunner.domain.course.titles import title_key, without_review
from examrunner.domain.text import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from examrunner.domain.course.catalogue import Reading
    from examrunner.domain.course.people import Student

SURE = 90
"""From this likeness on (0 to 100, `token_set_ratio`) a title is linked, if no other is near."""
GAP = 15
"""So far behind the second likeliest reading must be."""
WORDS = 3
"""So many words must be shared: one or two words stand in many titles."""
SLIP = 6
"""A word of so many letters may have one wrong or too many; shorter ones turn into others."""
LITTLE = frozenset(("a", "an", "and", "by", "for", "from", "in", "of", "on", "the", "to", "with"))
"""Words that may be there or not: no paper is told from another by them."""
BESIDE = frozenset(("my", "paper", "review", "reviewed", "reviews", "et", "al"))
"""Words beside a title that say nothing of what it is."""
NEAR = 60
"""An assignment of a gradebook is asked about from this likeness on: most of them are no papers."""
OFFERED = 3
_PARTS = re.compile(r":|\s[-\u2013\u2014]\s|\u2014")
"""What stands between a title and what it is called besides."""
LONGEST = 400
"""Characters of a title that are compared."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reading that a title may mean."""

    reading_id: str
    title: str
    score: int
    """Likeness from 0 to 100."""
    is_named: bool = False
    """An alias or the whole title stands in what was written, beside other words."""


@dataclass(frozen=True, slots=True)
class Linked:
    """A title that was linked by its likeness alone."""

    title: str
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class TitleQuestion:
    """A question to a person: which reading a title means."""

    title: str
    """As written."""
    candidates: tuple[Candidate, ...]
    """Up to three, the likeliest first."""
    lines: tuple[int, ...]
    is_left_out: bool = False
    """Unanswered it is left out, as an assignment; else it is a reading of its own."""


@dataclass(frozen=True, slots=True)
class PersonQuestion:
    """A question to a person: whom of the roster some texts mean."""

    who: tuple[str, ...]
    candidates: tuple[str, ...]
    """Student ids."""
    lines: tuple[int, ...]


class Likeness:
    """The readings of a course, ready to be compared with titles."""

    def __init__(self, readings: Iterable[Reading]) -> None:
        self._readings = {one.id: one for one in readings}
        self._keys: list[tuple[str, str]] = []
        self._aliases: list[tuple[str, str]] = []
        for one in self._readings.values():
            self._keys += [(title_key(text), one.id) for text in _titles(one)]
            self._aliases += [(fold(text), one.id) for text in one.aliases if fold(text)]

    def likeliest(self, text: str, context: str = "") -> list[Candidate]:
        """Return up to three readings, best first; what is named in full comes before all."""
        key = _key(text)
        scores = self._scores(key)
        named = self._named(f" {key} {fold(context)} ")
        order = sorted(scores, key=lambda name: (name not in named, -scores[name], name))
        return [self._candidate(name, scores, is_named=name in named) for name in order[:OFFERED]]

    def sure(self, text: str) -> Candidate | None:
        """Return the reading that a title can only mean, or None."""
        key = _key(text)
        scores = self._scores(key)
        order = sorted(scores, key=lambda name: -scores[name])
        if not order or scores[order[0]] < SURE:
            return None
        if len(order) > 1 and scores[order[0]] - scores[order[1]] < GAP:
            return None
        if not _is_meant(key, self._readings[order[0]]):
            return None
        return self._candidate(order[0], scores)

    def _candidate(
        self, name: str, scores: dict[str, float], *, is_named: bool = False
    ) -> Candidate:
        return Candidate(name, self._readings[name].title, int(scores[name]), is_named)

    def _scores(self, key: str) -> dict[str, float]:
        from rapidfuzz import fuzz

        scores: dict[str, float] = {}
        for known, name in self._keys:
            scores[name] = max(scores.get(name, 0.0), fuzz.token_set_ratio(key, known))
        return scores

    def _named(self, padded: str) -> set[str]:
        """Return the readings of which an alias or a whole title stands in a text."""
        whole = ((key, name) for key, name in self._keys if len(key.split()) >= WORDS)
        return {name for key, name in (*self._aliases, *whole) if f" {key} " in padded}


def _key(text: str) -> str:
    return title_key(without_review(text, of=True)[:LONGEST])


def _titles(reading: Reading) -> tuple[str, ...]:
    return (reading.title, *reading.also_titled)


def _is_meant(key: str, reading: Reading) -> bool:
    """Say whether every word of a title belongs to a reading, and nothing of its title is missing.

    What stands before or after a colon may be left out, and the parts may change places. A word
    that is neither the title's nor the reading's in another way makes it another paper, as `not`
    and `improved` do.
    """
    names = _names(f" {key} ", reading)
    for title in _titles(reading):
        parts = [words for part in _PARTS.split(title) if (words := _telling(title_key(part)))]
        whole = [word for words in parts for word in words]
        said = _spelled(_telling(key), whole)
        told = [word for words in parts if set(words) <= set(said) for word in words]
        if set(said) <= {*told, *names} and 2 * len(told) >= len(whole):
            said = [word for word in said if word in told]
            # A short name of the reading may be said twice, or not where the title has it.
            bare = ([word for word in words if word not in names] for words in (said, told))
            if _is_turned(said, told) or _is_turned(*bare):
                return True
    return False


def _telling(key: str) -> list[str]:
    return [word for word in key.split() if word not in LITTLE]


def _names(padded: str, reading: Reading) -> set[str]:
    """Return the words beside a title that mean this very reading, and those that say nothing."""
    found = {*BESIDE, *fold(reading.authors or "").split()}
    for text in (*reading.aliases, reading.venue, reading.arxiv, f"arxiv {reading.arxiv}"):
        if text and f" {fold(text)} " in padded:
            found |= set(fold(text).split())
    if reading.year is not None:
        found |= {str(reading.year + late) for late in (-1, 0, 1)}
    return found


def _spelled(said: list[str], title: list[str]) -> list[str]:
    """Return words with slips of the pen put right: one letter of a long word of the title."""
    if set(said) <= set(title):
        return said
    missing = [word for word in title if word not in said and len(word) >= SLIP]
    return [
        word if word in title else next((one for one in missing if _is_slip(word, one)), word)
        for word in said
    ]


def _is_slip(word: str, other: str) -> bool:
    """Say whether two words differ in one letter or two that changed places, not at the front.

    At the front a letter makes another word, as in `asymmetric`.
    """
    from rapidfuzz.distance import OSA

    is_near = word[:1] == other[:1] and word.isalpha() and other.isalpha()
    return is_near and OSA.distance(word, other, score_cutoff=1) == 1


def _is_turned(said: list[str], title: list[str]) -> bool:
    """Say whether enough words are those of a title in their order, wherever that begins."""
    turns = (title[place:] + title[:place] for place in range(len(title)))
    return len(said) >= WORDS and said in turns


def links_of(strangers: Sequence[Stranger], likeness: Likeness) -> list[Linked]:
    """Return the titles that can only mean one reading."""
    found = []
    for one in strangers:
        candidate = likeness.sure(one.title)
        if candidate is not None:
            found.append(Linked(one.title, candidate))
    return found


def questions_of(strangers: Sequence[Stranger], likeness: Likeness) -> list[TitleQuestion]:
    """Return what to ask about titles; of assignments only those that resemble a reading."""
    asked = []
    for one in strangers:
        likely = tuple(likeness.likeliest(one.title, one.context))
        near = any(two.is_named or two.score >= NEAR for two in likely)
        if one.is_left_out and not near:
            continue
        asked.append(TitleQuestion(one.title, likely, one.lines, one.is_left_out))
    return asked


def people_asked(
    unmatched: Sequence[Unmatched], students: Sequence[Student]
) -> list[PersonQuestion]:
    """Return what is to be asked about people, with those whose names are nearest."""
    return [
        PersonQuestion(one.who, one.candidates or tuple(_alike(one.who, students)), one.lines)
        for one in unmatched
    ]


def _alike(who: Collection[str], students: Sequence[Student]) -> list[str]:
    """Return up to three students whose name, address or login resembles a text."""
    scored = sorted((-_resembles(who, one), one.student_id) for one in students)
    return [name for score, name in scored[:OFFERED] if -score >= NEAR]


def _resembles(who: Collection[str], student: Student) -> float:
    """Return how alike texts and a student are, names without spaces between words included."""
    from rapidfuzz import fuzz

    name = fold(student.name).split()
    turns = ["".join(name[place:] + name[:place]) for place in range(len(name))]
    texts = [fold(text) for text in (student.name, student.email or "", student.login or "")]
    said = [fold(text) for text in who]
    scores = [fuzz.token_sort_ratio(one, other) for one in said for other in texts if other]
    scores += [fuzz.ratio(one, turn) for one in said for turn in turns if " " not in one]
    return max(scores, default=0.0)


def with_links(answers: Answers, links: Iterable[Linked]) -> Answers:
    """Return the answers with titles that were linked; what a person said comes first."""
    linked = {one.title: one.candidate.reading_id for one in links}
    return Answers(answers.people, {**linked, **answers.titles})
