"""Which reading a title that nothing names exactly may mean: likeness, and who is to be asked.

The thresholds were measured: labels that hold a title's words in any order score 94 to 100, short
names 47 to 60, and papers that the course does not have 24 to 39. A link is made only where it
can be nothing else; everything below is a question to a person, since a wrong link would examine
a student on a paper they did not read.
"""

from __future__ import annotations

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
NEAR = 60
"""An assignment of a gradebook is asked about from this likeness on: most of them are no papers."""
OFFERED = 3
LONGEST = 400
"""Characters of a title that are compared."""
YEARS = range(1900, 2100)


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
        self._titles: dict[str, str] = {}
        self._keys: list[tuple[str, str]] = []
        self._aliases: list[tuple[str, str]] = []
        for one in readings:
            self._titles[one.id] = one.title
            self._keys += [(title_key(text), one.id) for text in (one.title, *one.also_titled)]
            self._aliases += [(fold(text), one.id) for text in one.aliases if fold(text)]

    def likeliest(self, text: str, context: str = "") -> list[Candidate]:
        """Return up to three readings, best first; what is named in full comes before all."""
        key = _key(text)
        scores = self._scores(key)
        named = self._named(f" {key} {fold(context)} ")
        order = sorted(scores, key=lambda name: (name not in named, -scores[name], name))
        return [
            Candidate(name, self._titles[name], int(scores[name]), name in named)
            for name in order[:OFFERED]
        ]

    def sure(self, text: str) -> Candidate | None:
        """Return the reading that a title can only mean, or None."""
        key = _key(text)
        scores = self._scores(key)
        order = sorted(scores, key=lambda name: -scores[name])
        if not order or scores[order[0]] < SURE:
            return None
        if len(order) > 1 and scores[order[0]] - scores[order[1]] < GAP:
            return None
        first = order[0]
        if not any(_agree(key, known) for known, name in self._keys if name == first):
            return None
        return Candidate(first, self._titles[first], int(scores[first]))

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


def _agree(one: str, other: str) -> bool:
    """Say whether two titles share enough words, and differ in no number but a year."""
    words, others = set(one.split()), set(other.split())
    if len(words & others) < WORDS or 2 * len(words & others) < len(others):
        return False
    return not any(_is_number(word) for word in words ^ others)


def _is_number(word: str) -> bool:
    return word.isdigit() and not (word.isascii() and int(word) in YEARS)


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
