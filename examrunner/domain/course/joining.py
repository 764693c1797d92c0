"""Who a text from another file means: students joined by id, e-mail address, then name.

A text is compared with the ids of a student first, then with the e-mail address (its local part
is a login), then with the name in either order. Several texts about one person must agree; what
points to two students is never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from examrunner.domain.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from examrunner.domain.course.people import Student


@dataclass(frozen=True, slots=True)
class Found:
    """The student that some texts mean, or everyone they could mean."""

    student_id: str | None
    candidates: tuple[str, ...] = ()
    """Empty: nobody. Several: the texts point to each of them."""


@dataclass(frozen=True, slots=True)
class People:
    """The students of a roster, ready to be looked up."""

    by_student_id: dict[str, set[str]] = field(default_factory=dict)
    by_other_id: dict[str, set[str]] = field(default_factory=dict)
    by_login: dict[str, set[str]] = field(default_factory=dict)
    by_email: dict[str, set[str]] = field(default_factory=dict)
    by_local_part: dict[str, set[str]] = field(default_factory=dict)
    by_name: dict[str, set[str]] = field(default_factory=dict)

    def find(self, texts: Iterable[str]) -> Found:
        """Return the one student to whom all these texts that say anything point."""
        hits = [hit for text in texts if text.strip() for hit in self._hits(text.strip())]
        if not hits:
            return Found(None)
        common = set.intersection(*hits)
        if len(common) == 1:
            return Found(next(iter(common)))
        return Found(None, tuple(sorted(set.union(*hits))))

    def _hits(self, text: str) -> list[set[str]]:
        """Return whom a text means by the first comparison that knows it."""
        key = text.casefold()
        local = key.partition("@")[0]
        steps = [self.by_student_id.get(text), self.by_other_id.get(key)]
        if local != key:
            steps += [self.by_email.get(key), self.by_login.get(local)]
        else:
            steps += [self.by_local_part.get(key)]
        found = next((step for step in steps if step), None)
        if found:
            return [found]
        named = set().union(*(self.by_name.get(name, set()) for name in name_keys(text)))
        return [named] if named else []


def people_of(students: Sequence[Student]) -> People:
    """Return a roster ready for look-ups."""
    people = People()
    for student in students:
        who = student.student_id
        people.by_student_id.setdefault(who, set()).add(who)
        for text in (who, student.canvas_id, student.sis_id, student.login):
            if text:
                people.by_other_id.setdefault(text.casefold(), set()).add(who)
        for text in (who, student.login):
            if text:
                people.by_login.setdefault(text.casefold(), set()).add(who)
        if student.email:
            address = student.email.casefold()
            people.by_email.setdefault(address, set()).add(who)
            people.by_local_part.setdefault(address.partition("@")[0], set()).add(who)
        for name in name_keys(student.name):
            people.by_name.setdefault(name, set()).add(who)
    return people


def name_keys(name: str) -> frozenset[str]:
    """Return a name folded as it stands and, where it is `Last, First`, turned round."""
    last, comma, first = name.partition(",")
    keys = {fold(name), fold(f"{first} {last}") if comma else ""}
    return frozenset(keys - {""})


def same_name(one: str, other: str) -> bool:
    """Say whether two names are the same in either order."""
    return bool(name_keys(one) & name_keys(other))
