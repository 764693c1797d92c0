"""Whose row of a foreign grade file is whose, checked from both sides.

A learning management system takes the first text of a row that it knows and compares no other,
so a right-looking name with a wrong id grades the wrong person. Here the texts of a row must agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from examrunner.domain.course.joining import name_keys, same_name
from examrunner.domain.course.people import Student
from examrunner.storage.readers.tables import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ENOUGH_IDS = 2
"""So many ids that agree outweigh a name that is written otherwise."""
CANVAS, SIS, LOGIN, EMAIL = "canvas", "sis", "login", "email"
"""What an id of a row may be."""
Key = tuple[str, str]
"""What an id is, and its text as it is compared."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Rows that the system might give to another person than the roster says."""

    student: Student
    lines: tuple[int, ...]
    text: str


@dataclass(frozen=True, slots=True)
class RowId:
    """One text of a row that says whose it is."""

    kind: str
    label: str
    """What the file calls it."""
    text: str

    @property
    def key(self) -> Key:
        """How it is compared: logins and addresses without regard to case."""
        return self.kind, self.text.casefold() if self.kind in (LOGIN, EMAIL) else self.text


@dataclass(frozen=True, slots=True)
class RowTexts:
    """What the identity cells of a row say."""

    row: Row
    ids: tuple[RowId, ...]
    name: str

    def known_by(self) -> set[Key]:
        """Return the ids of the row that say anything."""
        return {one.key for one in self.ids if one.text}


def find_rows(
    rows: Sequence[RowTexts], students: Sequence[Student], *, own_ids: bool = False
) -> tuple[dict[str, Row], list[Conflict]]:
    """Return the row of each student by student id, and the rows in doubt.

    With `own_ids` the student id is also looked for beside other ids of the student: systems
    without an id of their own in the file know students by what the roster's id may be.
    """
    index = _by_id(rows)
    names: dict[str, list[RowTexts]] | None = None
    owners: dict[str, Row] = {}
    conflicts: list[Conflict] = []
    for student in students:
        ids = _id_keys(student, own_ids=own_ids)
        found = _unlike(texts for key in ids for texts in index.get(key, ()))
        if not found:
            names = _by_name(rows) if names is None else names
            found = _unlike(one for key in name_keys(student.name) for one in names.get(key, ()))
        lines = tuple(texts.row.line for texts in found)
        if len(found) > 1:
            conflicts.append(Conflict(student, lines, "several rows could be this student's"))
        elif found and (fault := _disagreement(student, found[0], ids, own_ids=own_ids)):
            conflicts.append(Conflict(student, lines, fault))
        elif found:
            owners[student.student_id] = found[0].row
    return _unshared(owners, conflicts, students)


def _by_id(rows: Iterable[RowTexts]) -> dict[Key, list[RowTexts]]:
    index: dict[Key, list[RowTexts]] = {}
    for texts in rows:
        for key in texts.known_by():
            index.setdefault(key, []).append(texts)
    return index


def _by_name(rows: Iterable[RowTexts]) -> dict[str, list[RowTexts]]:
    index: dict[str, list[RowTexts]] = {}
    for texts in rows:
        for key in name_keys(texts.name):
            index.setdefault(key, []).append(texts)
    return index


def _unlike(found: Iterable[RowTexts]) -> list[RowTexts]:
    """Return rows in the order of the file, each once."""
    by_line = {texts.row.line: texts for texts in found}
    return [by_line[line] for line in sorted(by_line)]


def _id_keys(student: Student, *, own_ids: bool) -> set[Key]:
    """Return what ids of a student would stand in a row; without any, the student id anywhere."""
    login, own = (student.login or "").casefold(), student.student_id
    keys = {(CANVAS, student.canvas_id or ""), (SIS, student.sis_id or ""), (LOGIN, login)}
    if own_ids or not any(text for _, text in keys):
        keys |= {(CANVAS, own), (SIS, own), (LOGIN, own.casefold()), (EMAIL, own.casefold())}
    address = (student.email or "").casefold()
    keys |= {(EMAIL, address), (LOGIN, address), (LOGIN, address.partition("@")[0])}
    return {key for key in keys if key[1]}


def _disagreement(student: Student, texts: RowTexts, ids: set[Key], *, own_ids: bool) -> str:
    """Return what in a row contradicts the roster; empty where nothing does.

    Of several ids of one kind, one that agrees is enough.
    """
    agreeing = len(ids & texts.known_by())
    agreed, faults = set(), []
    for one in texts.ids:
        ours = _ours(student, one, own_ids=own_ids)
        if not ours or not one.text:
            continue
        if ours.casefold() == one.text.casefold():
            agreed.add(one.kind)
        elif one.kind != EMAIL or agreeing < ENOUGH_IDS:
            faults.append((one, ours))
    for one, ours in faults:
        if one.kind not in agreed:
            return f"the file says {one.label} {one.text}, the roster {ours}"
    if agreeing < ENOUGH_IDS and texts.name and not same_name(student.name, texts.name):
        return f"the file says {texts.name}, the roster {student.name}"
    return ""


def _ours(student: Student, theirs: RowId, *, own_ids: bool) -> str | None:
    """Return what the roster has for an id of a row; a student id only where it is one of that."""
    match theirs.kind:
        case "canvas":
            return student.canvas_id
        case "sis":
            own = student.student_id if own_ids and student.student_id.isdigit() else None
            return theirs.text if theirs.text == own else student.sis_id or own
        case "login":
            return student.login
    return student.email


def _unshared(
    owners: dict[str, Row], conflicts: list[Conflict], students: Sequence[Student]
) -> tuple[dict[str, Row], list[Conflict]]:
    """Take away rows that more than one student has."""
    owned: dict[int, list[Student]] = {}
    for student in students:
        if student.student_id in owners:
            owned.setdefault(owners[student.student_id].line, []).append(student)
    shared = {line: people for line, people in owned.items() if len(people) > 1}
    more = [
        Conflict(student, (line,), "two students of the roster could have this row")
        for line, people in shared.items()
        for student in people
    ]
    left = {who: row for who, row in owners.items() if row.line not in shared}
    return left, conflicts + more
