"""Whose row of a Canvas export is whose, checked from both sides.

Canvas takes the first text of a row that it knows and compares no other, so a right-looking name
with a wrong ID grades the wrong person. Here the texts of a row must agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from examrunner.domain.course.joining import name_keys, same_name
from examrunner.domain.course.people import Student
from examrunner.storage.readers import canvas
from examrunner.storage.readers.tables import Row, unwrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from examrunner.storage.readers.canvas import Gradebook

ENOUGH_IDS = 2
"""So many ids that agree outweigh a name that is written otherwise."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Rows that Canvas might give to another person than the roster says."""

    student: Student
    lines: tuple[int, ...]
    text: str


@dataclass(frozen=True, slots=True)
class _RowTexts:
    """What the identity cells of a row say."""

    row: Row
    canvas_id: str
    sis_id: str
    login: str
    name: str


def find_rows(
    gradebook: Gradebook, students: Sequence[Student]
) -> tuple[dict[str, Row], list[Conflict]]:
    """Return the row of each student by student id, and the rows in doubt."""
    rows = [_texts(gradebook, row) for row in gradebook.rows]
    index: dict[tuple[str, str], list[_RowTexts]] = {}
    for texts in rows:
        for key in _keys_of_row(texts):
            index.setdefault(key, []).append(texts)
    owners: dict[str, Row] = {}
    conflicts: list[Conflict] = []
    for student in students:
        found = _candidates(index, student)
        lines = tuple(texts.row.line for texts in found)
        if len(found) > 1:
            conflicts.append(Conflict(student, lines, "several rows could be this student's"))
        elif found and (fault := _disagreement(student, found[0])):
            conflicts.append(Conflict(student, lines, fault))
        elif found:
            owners[student.student_id] = found[0].row
    return _unshared(owners, conflicts, students)


def _texts(gradebook: Gradebook, row: Row) -> _RowTexts:
    return _RowTexts(
        row,
        unwrapped(gradebook.text(row, canvas.CANVAS_ID)),
        unwrapped(gradebook.text(row, canvas.SIS_ID)),
        unwrapped(gradebook.text(row, canvas.LOGIN)),
        gradebook.name(row),
    )


def _keys_of_row(texts: _RowTexts) -> set[tuple[str, str]]:
    keys = {("canvas", texts.canvas_id), ("sis", texts.sis_id), ("login", texts.login.casefold())}
    keys |= {("name", name) for name in name_keys(texts.name)}
    return {key for key in keys if key[1]}


def _id_keys(student: Student) -> set[tuple[str, str]]:
    """Return what ids of a student would stand in a row; without any, the student id anywhere."""
    keys = {
        ("canvas", student.canvas_id or ""),
        ("sis", student.sis_id or ""),
        ("login", (student.login or "").casefold()),
    }
    if not any(text for _, text in keys):
        own = student.student_id
        keys = {("canvas", own), ("sis", own), ("login", own.casefold())}
    address = (student.email or "").casefold()
    keys |= {("login", address), ("login", address.partition("@")[0])}
    return {key for key in keys if key[1]}


def _candidates(index: dict[tuple[str, str], list[_RowTexts]], student: Student) -> list[_RowTexts]:
    for keys in (_id_keys(student), {("name", name) for name in name_keys(student.name)}):
        found = {texts.row.line: texts for key in keys for texts in index.get(key, ())}
        if found:
            return [found[line] for line in sorted(found)]
    return []


def _disagreement(student: Student, texts: _RowTexts) -> str:
    """Return what in a row contradicts the roster; empty where nothing does."""
    for what, ours, theirs in (
        ("ID", student.canvas_id, texts.canvas_id),
        ("SIS User ID", student.sis_id, texts.sis_id),
        ("SIS Login ID", student.login, texts.login),
    ):
        if ours and theirs and ours.casefold() != theirs.casefold():
            return f"the file says {what} {theirs}, the roster {ours}"
    agreeing = _id_keys(student) & _keys_of_row(texts)
    if len(agreeing) < ENOUGH_IDS and not same_name(student.name, texts.name):
        return f"the file says {texts.name}, the roster {student.name}"
    return ""


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
