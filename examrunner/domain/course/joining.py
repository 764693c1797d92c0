"""Who a text from another file means: students joined by id, e-mail address, then name.

A text is compared with the ids of a student first, then with the e-mail address (its local part
is a login), then with the name in either order. Several texts about one person must agree; what
points to two students is never guessed, nor what only one id says of somebody whose name is
another: an id of one system may well be somebody else's in another.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, product
from typing import TYPE_CHECKING

from examrunner.domain.course.people import Student
from examrunner.domain.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

LIKE = 75
"""So alike (0 to 100) are a word of a name and the same with a slip of the pen."""
WORD = 3
"""Letters of a word in which a slip may be seen."""
INSIDE = 4
"""Letters of a word that is found anywhere in a name without blanks."""


class Name(str):
    """What a row gives as the name, which an id must not contradict."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The student that some texts mean, or everyone they could mean."""

    student_id: str | None
    candidates: tuple[str, ...] = ()
    """Empty: nobody. Several: the texts point to each of them. One: a name contradicts the id."""
    has_lost_zeros: bool = False
    """The candidates have an id that differs in zeros at the front: never joined, but named."""


@dataclass(frozen=True)
class People:
    """The students of a roster, ready to be looked up: each index is made once it is asked for."""

    students: dict[str, Student]
    """By student id."""

    def find(self, texts: Iterable[str]) -> Found:
        """Return the one student to whom all these texts that say anything point."""
        said = [text for text in texts if text.strip()]
        hits = [hit for text in said for hit in self._hits(text.strip())]
        if not hits:
            near = set().union(*(self._zeroless.get(text.strip().lstrip("0"), ()) for text in said))
            return Found(None, tuple(sorted(near)), has_lost_zeros=bool(near))
        common = set.intersection(*hits)
        if len(common) != 1:
            return Found(None, tuple(sorted(set.union(*hits))))
        (who,) = common
        if len(hits) == 1 and len(said) > 1 and (others := self._unlike(who, said)) is not None:
            return Found(None, tuple(sorted({who, *others})))
        return Found(who)

    def _unlike(self, who: str, said: Collection[str]) -> set[str] | None:
        """Return whom a name means that is not that of a student found by one id; None if it is.

        In a zip of submissions stands a group's name, too: there Canvas's own id is enough.
        """
        student = self.students[who]
        for text in said:
            is_squeezed = " " not in text.strip()
            if not isinstance(text, Name) or (is_squeezed and student.canvas_id in said):
                continue
            if are_unlike(text, student.name):
                return self._squeezed.get(fold(text), set())
        return None

    @cached_property
    def _zeroless(self) -> dict[str, set[str]]:
        """Return who has a number as an id, by that number without zeros at the front."""
        found: dict[str, set[str]] = {}
        for who, student in self.students.items():
            for text in (who, student.canvas_id, student.sis_id, student.login):
                if text and text.isdigit():
                    found.setdefault(text.lstrip("0"), set()).add(who)
        return found

    @cached_property
    def _squeezed(self) -> dict[str, set[str]]:
        """Return who is meant by the letters of a name, `riveraana`, in either order."""
        found: dict[str, set[str]] = {}
        for who, student in self.students.items():
            words = fold(student.name).split()
            for place in range(len(words)):
                found.setdefault("".join(words[place:] + words[:place]), set()).add(who)
        return found

    def _hits(self, text: str) -> list[set[str]]:
        """Return whom a text means by the first comparison that knows it."""
        if text in self.students:
            return [{text}]
        key = text.casefold()
        local = key.partition("@")[0]
        found = self._by_other_id.get(key)
        if not found and local != key:
            found = self._by_email.get(key) or self._by_login.get(local)
        elif not found:
            found = self._by_local_part.get(key)
        if found:
            return [found]
        named = set().union(*(self._by_name.get(name, set()) for name in name_keys(text)))
        return [named] if named else []

    @cached_property
    def _by_other_id(self) -> dict[str, set[str]]:
        return self._index(lambda one: (one.student_id, one.canvas_id, one.sis_id, one.login))

    @cached_property
    def _by_login(self) -> dict[str, set[str]]:
        return self._index(lambda one: (one.student_id, one.login))

    @cached_property
    def _by_email(self) -> dict[str, set[str]]:
        return self._index(lambda one: (one.email,))

    @cached_property
    def _by_local_part(self) -> dict[str, set[str]]:
        return self._index(lambda one: ((one.email or "").partition("@")[0],))

    @cached_property
    def _by_name(self) -> dict[str, set[str]]:
        return self._index(lambda one: name_keys(one.name))

    def _index(self, texts: Callable[[Student], Iterable[str | None]]) -> dict[str, set[str]]:
        """Return who has each of the texts, whatever its case."""
        found: dict[str, set[str]] = {}
        for who, student in self.students.items():
            for text in texts(student):
                if text:
                    found.setdefault(text.casefold(), set()).add(who)
        return found


def people_of(students: Sequence[Student]) -> People:
    """Return a roster ready for look-ups."""
    return People({one.student_id: one for one in students})


def name_keys(name: str) -> frozenset[str]:
    """Return a name folded as it stands and, where it is `Last, First`, turned round."""
    last, comma, first = name.partition(",")
    keys = {fold(name), fold(f"{first} {last}") if comma else ""}
    return frozenset(keys - {""})


def told_apart(students: Collection[Student]) -> dict[str, str]:
    """Return what to call each student, by id: the name, with the id where several share it."""
    keys = [name_keys(one.name) for one in students]
    shared = Counter(chain.from_iterable(keys))
    return {
        one.student_id: f"{one.name} ({one.student_id})"
        if any(shared[key] > 1 for key in own)
        else one.name
        for one, own in zip(students, keys, strict=True)
    }


def same_name(one: str, other: str) -> bool:
    """Say whether two names are the same in either order."""
    return bool(name_keys(one) & name_keys(other))


def are_unlike(one: str, other: str) -> bool:
    """Say whether two names have nothing in common: no word, also squeezed or with a slip in it.

    Names in different scripts tell nothing of each other.
    """
    said, known = fold(one).split(), fold(other).split()
    whole, others = "".join(said), "".join(known)
    if whole == others or not whole or not others or whole.isascii() != others.isascii():
        return False
    pairs = [*((word, others) for word in said), *((word, whole) for word in known)]
    if any(_stands_in(word, letters) for word, letters in pairs):
        return False
    from rapidfuzz import fuzz

    long = ([word for word in words if len(word) >= WORD] for words in (said, known))
    return not any(fuzz.ratio(word, each) >= LIKE for word, each in product(*long))


def _stands_in(word: str, letters: str) -> bool:
    if len(word) >= INSIDE:
        return word in letters
    return len(word) > 1 and (letters.startswith(word) or letters.endswith(word))
