"""A class list against the one before it: who is new, who is gone, what has changed.

Rows are joined by a shared id, then by Canvas id, SIS id or login, then by e-mail address, then by
an id that stands in a column of another name or is the local part of an address, then by the exact
name in either order. Nothing is guessed: what points to two students, or to one with another id,
is a clash that a person has to settle; and an id in another column joins nobody of another name.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from examrunner.domain.course.joining import are_unlike, name_keys
from examrunner.domain.course.people import Student

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

OWN_IDS = ("canvas_id", "sis_id", "login")
"""Ids that a system gives: two different ones in one field are two students."""
_FIELDS = tuple(one.name for one in fields(Student) if one.name not in ("student_id", "name"))


@dataclass(frozen=True, slots=True)
class Changed:
    """A student of whom the new list says something else."""

    before: Student
    after: Student
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clash:
    """A row of the new list of which it is not certain whom it means."""

    place: int
    """Among the new students, counted from 0."""
    text: str
    hint: str
    is_error: bool = True


@dataclass(frozen=True, slots=True)
class Compared:
    """What a new list does to the one before it."""

    students: tuple[Student, ...]
    """Those of before who stay, in their order, then the new ones."""
    added: tuple[Student, ...]
    gone: tuple[Student, ...]
    changed: tuple[Changed, ...]
    unchanged: int
    clashes: tuple[Clash, ...]


def compare(
    before: Sequence[Student], after: Sequence[Student], given: Collection[str]
) -> Compared:
    """Compare two class lists; `given` are the fields that the new one has columns for.

    Who stays keeps the student id, since reviews and record know it, and what the new list has no
    column for.
    """
    known, is_own = _Known(before), "student_id" in given
    clashes: list[Clash] = []
    added: list[Student] = []
    joined: dict[int, Student] = {}
    by_ids = [known.by_ids(student, is_own=is_own) for student in after]
    taken = {found for found, _ in by_ids if found is not None}
    for place, student in enumerate(after):
        found, clash = by_ids[place]
        if found is None and clash is None:
            found, clash = known.by_name(student, taken, is_own=is_own)
        if clash is None and found is not None and found in joined:
            clash = (
                f"{student.name} and another row both mean {_who(before[found])}",
                "delete one of the rows, or give each its own id",
            )
        if clash is None and found is None:
            clash = known.holder_of(student)
        if clash is not None:
            clashes.append(Clash(place, *clash))
        elif found is None:
            added.append(student)
        else:
            joined[found] = student
            clashes += _other_id(place, before[found], student, given)
    told = [one for one in _FIELDS if one in given]
    rest = [_merged(one, joined.get(place), told) for place, one in enumerate(before)]
    pairs = [(one, other) for one, other in zip(before, rest, strict=True) if other is not None]
    changed = [Changed(one, other, _differing(one, other)) for one, other in pairs if one != other]
    return Compared(
        students=(*(other for _, other in pairs), *added),
        added=tuple(added),
        gone=tuple(one for place, one in enumerate(before) if place not in joined),
        changed=tuple(changed),
        unchanged=len(pairs) - len(changed),
        clashes=tuple(clashes),
    )


def _merged(before: Student, after: Student | None, told: Iterable[str]) -> Student | None:
    if after is None:
        return None
    new: dict[str, Any] = {
        name: value for name in told if (value := getattr(after, name)) != getattr(before, name)
    }
    if after.name != before.name and _turned(after.name) != _turned(before.name):
        new["name"] = after.name
    return replace(before, **new) if new else before


def _turned(name: str) -> str:
    """Return `Ana Rivera` for `Rivera, Ana`: who is written the other way round is not renamed."""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma else name


def _differing(before: Student, after: Student) -> tuple[str, ...]:
    return tuple(
        name for name in ("name", *_FIELDS) if getattr(before, name) != getattr(after, name)
    )


def _other_id(place: int, before: Student, after: Student, given: Collection[str]) -> list[Clash]:
    if "student_id" not in given or after.student_id == before.student_id:
        return []
    text = f"{before.name} stays {before.student_id}; the file says {after.student_id}"
    hint = "reviews and record know the first: if it is wrong, correct roster.csv and reviews.csv"
    return [Clash(place, text, hint, is_error=False)]


class _Known:
    """The students of before, ready to be looked up: each index is made once it is asked for."""

    def __init__(self, students: Sequence[Student]) -> None:
        self._students = students
        self._by_id = {one.student_id: place for place, one in enumerate(students)}

    @cached_property
    def _by_field(self) -> dict[str, dict[str, list[int]]]:
        return {name: self._index(name) for name in (*OWN_IDS, "email")}

    @cached_property
    def _by_local_part(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for address, places in self._by_field["email"].items():
            found.setdefault(_local_part(address), []).extend(places)
        return found

    @cached_property
    def _by_name(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for place, one in enumerate(self._students):
            for key in name_keys(one.name):
                found.setdefault(key, []).append(place)
        return found

    @cached_property
    def _zeroless(self) -> dict[str, str]:
        return {
            text.lstrip("0"): text
            for one in self._students
            for text in (one.student_id, one.canvas_id, one.sis_id, one.login)
            if text and text.startswith("0")
        }

    def _index(self, name: str) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for place, one in enumerate(self._students):
            if text := getattr(one, name):
                found.setdefault(text.casefold(), []).append(place)
        return found

    def by_ids(
        self, student: Student, *, is_own: bool
    ) -> tuple[int | None, tuple[str, str] | None]:
        """Return the place of the student of before, or what is not certain about it.

        Neither where no id and no address is known. `is_own` says that the student id stands in
        the list and was not chosen from other columns.
        """
        by_id = self._by_id.get(student.student_id)
        if by_id is not None and self._is_same(student, self._students[by_id]):
            return by_id, None
        levels = [
            ("id", [by_id] if by_id is not None and is_own else []),
            ("Canvas id, SIS id or login", self._by_own_ids(student)),
            ("e-mail address", self._hits("email", student.email)),
            ("id or login", self._across(student)),
        ]
        said = [(what, hits) for what, hits in levels if hits]
        if not said:
            return None, None
        what, hits = said[0]
        if len(hits) > 1:
            return None, _several(student, what, [self._students[place] for place in hits])
        for other, further in said[1:]:
            if hits[0] not in further:
                one, two = _who(self._students[hits[0]]), _who(self._students[further[0]])
                text = f"the {what} of this row is that of {one}, the {other} that of {two}"
                return None, (text, "correct the row, or roster.csv")
        return hits[0], None

    def holder_of(self, student: Student) -> tuple[str, str] | None:
        """Return what to say where a new student's id is another's, with reviews and a record."""
        place = self._by_id.get(student.student_id)
        if place is None:
            return None
        text = f"the id {student.student_id} of {student.name} is that of "
        hint = "add a column student_id that tells the two apart"
        return f"{text}{_who(self._students[place])}", hint

    @staticmethod
    def _is_same(one: Student, other: Student) -> bool:
        names = (*OWN_IDS, "email")
        return all(getattr(one, name) in (None, getattr(other, name)) for name in names)

    def _hits(self, name: str, text: str | None) -> list[int]:
        return self._by_field[name].get(text.casefold(), []) if text else []

    def _by_own_ids(self, student: Student) -> list[int]:
        hits = [self._hits(name, getattr(student, name)) for name in OWN_IDS]
        return sorted({place for found in hits for place in found})

    def _across(self, student: Student) -> list[int]:
        """Return whose ids are the same, though they stand in columns of another name.

        The local part of an address is a login. Who has another name is somebody else.
        """
        own = (student.student_id, student.canvas_id, student.sis_id, student.login)
        texts = [text for text in own if text]
        found = {self._by_id[text] for text in texts if text in self._by_id}
        for text in texts:
            found.update(self._by_local_part.get(text.casefold(), ()))
        local = _local_part(student.email or "")
        if local in self._by_id:
            found.add(self._by_id[local])
        for name in OWN_IDS:
            found.update(self._hits(name, student.student_id))
        found.update(self._hits("login", local))
        return sorted(
            place for place in found if not are_unlike(student.name, self._students[place].name)
        )

    def by_name(
        self, student: Student, taken: Collection[int], *, is_own: bool
    ) -> tuple[int | None, tuple[str, str] | None]:
        """Return the same for a student whom no id and no address tells.

        `taken` are those of before whom other rows mean by their ids: who has the name of one of
        them and another id is somebody else.
        """
        for text in (student.student_id, student.canvas_id, student.sis_id, student.login):
            whole = self._zeroless.get(text or "")
            if whole is not None:
                told = f"the id {text} stands as {whole} in roster.csv: a spreadsheet dropped zeros"
                return None, (told, "export the file again and do not save it in a spreadsheet")
        names = (*OWN_IDS, "email", *(["student_id"] if is_own else []))
        others = {place: self._students[place] for place in self._named(student.name)}
        differing = {place for place, one in others.items() if _differ(student, one, names)}
        hits = [place for place in others if place not in taken or place not in differing]
        if not hits:
            return None, None
        if len(hits) > 1:
            return None, _several(student, "name", [others[place] for place in hits])
        if hits[0] in differing:
            both = f"{_who(student)} has the name of {_who(others[hits[0]])}"
            hint = (
                "one student: correct the id or address in one of the files; "
                "two: delete the old row of roster.csv first"
            )
            return None, (f"{both} and another id or address", hint)
        return hits[0], None

    def _named(self, name: str) -> list[int]:
        return sorted({place for key in name_keys(name) for place in self._by_name.get(key, [])})


def _differ(one: Student, other: Student, names: Iterable[str]) -> bool:
    """Say whether both have an id or address of one kind, and not the same."""
    pairs = [(getattr(one, name), getattr(other, name)) for name in names]
    return any(a and b and a.casefold() != b.casefold() for a, b in pairs)


def _several(student: Student, what: str, others: list[Student]) -> tuple[str, str]:
    listed = " or ".join(map(_who, others))
    return f"the {what} of {student.name} could mean {listed}", "give the row an id that tells"


def _local_part(address: str) -> str:
    return address.casefold().partition("@")[0]


def _who(student: Student) -> str:
    return f"{student.name} ({student.student_id})"
