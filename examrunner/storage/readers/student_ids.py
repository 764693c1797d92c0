"""Which text of a class list becomes the student id, and what stands there twice."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from examrunner.domain.course.people import Student
from examrunner.domain.problems import Problem, error, warning
from examrunner.domain.text import fold, is_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MAX_ID = 64
SHOWN_LINES = 12
_NOT_IN_ID = re.compile(r"[^A-Za-z0-9._@+-]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """A student and the line of the class list that told of them."""

    student: Student
    line: int


def lines_text(lines: Sequence[int]) -> str:
    """Return lines for a message: `line 4`, `lines 4, 7 and 9`."""
    if len(lines) == 1:
        return f"line {lines[0]}"
    if len(lines) > SHOWN_LINES:
        head = ", ".join(str(line) for line in lines[:SHOWN_LINES])
        return f"lines {head} and {len(lines) - SHOWN_LINES} more"
    return f"lines {', '.join(str(line) for line in lines[:-1])} and {lines[-1]}"


def chosen_ids(entries: Sequence[Entry], file: str | None) -> tuple[list[Entry], list[Problem]]:
    """Give every student an id from the file.

    A column of student ids is taken as it is. Else the SIS id where all have one, else the login
    if every one may serve as an id, else Canvas's own id, else the e-mail address.
    """
    students = [entry.student for entry in entries]
    if any(student.student_id for student in students):
        return list(entries), _bad_ids(entries, file)
    for choice in (_sis_id, _login, _canvas_id, _local_part, _email):
        ids = [choice(student) for student in students]
        if _all_differ(ids):
            return _with_ids(entries, ids), []
    for choice in (_local_part, _email):
        ids = [_id_like(choice(student)) for student in students]
        named = _with_ids(entries, ids)
        if _all_differ(ids) or (choice is _email and all(ids)):
            return named, _bad_ids(named, file)
    fallback = _with_ids(entries, [_best(student) for student in students])
    return fallback, _bad_ids(fallback, file)


def _all_differ(ids: Sequence[str]) -> bool:
    return all(is_id(text) for text in ids) and len({text.casefold() for text in ids}) == len(ids)


def _best(student: Student) -> str:
    return student.sis_id or student.canvas_id or student.login or student.email or ""


def _sis_id(student: Student) -> str:
    return student.sis_id or ""


def _login(student: Student) -> str:
    return student.login or ""


def _canvas_id(student: Student) -> str:
    return student.canvas_id or ""


def _email(student: Student) -> str:
    return student.email or ""


def _local_part(student: Student) -> str:
    return _email(student).partition("@")[0]


def _id_like(text: str) -> str:
    """Return a text with what an id may not hold replaced, e.g. `s.o-brien@x.edu`."""
    return _NOT_IN_ID.sub("-", text).lstrip("._@+-")[:MAX_ID]


def _with_ids(entries: Sequence[Entry], ids: Sequence[str]) -> list[Entry]:
    return [
        Entry(replace(entry.student, student_id=text), entry.line)
        for entry, text in zip(entries, ids, strict=True)
    ]


def _bad_ids(entries: Sequence[Entry], file: str | None) -> list[Problem]:
    problems = []
    for entry in entries:
        text = entry.student.student_id
        if is_id(text):
            continue
        said = f"'{text}' cannot be a student id" if text else "this row has no id"
        hint = "letters, digits and . _ @ + -, beginning with a letter or digit, at most 64"
        problems.append(error(said, hint, file=file, line=entry.line, rule="roster-id"))
    return problems


def repeats(entries: Sequence[Entry], file: str | None) -> list[Problem]:
    """Report what stands on several rows: ids and addresses as errors, look-alikes as warnings."""
    problems = []
    taken: set[tuple[int, ...]] = set()
    for what, of, hint in _UNIQUE:
        for text, lines in _shared(entries, of):
            if lines in taken:
                continue
            taken.add(lines)
            said = f"the {what} {text} stands on {lines_text(lines)}"
            problems.append(error(said, hint, file=file, line=lines[1], rule="roster-twice"))
    for said, of, hint in _LOOK_ALIKES:
        for text, lines in _shared(entries, of):
            if lines in taken:
                continue
            taken.add(lines)
            told = said.format(text=text, lines=lines_text(lines))
            problems.append(warning(told, hint, file=file, line=lines[1], rule="roster-alike"))
    return problems


_UNIQUE: tuple[tuple[str, Callable[[Student], str], str], ...] = (
    ("id", lambda student: student.student_id, "each student needs an id of their own"),
    ("Canvas id", _canvas_id, "each student has one of their own"),
    ("SIS id", _sis_id, "each student has one of their own"),
    ("e-mail address", lambda student: _email(student).casefold(), "delete one of the rows"),
)
_LOOK_ALIKES: tuple[tuple[str, Callable[[Student], str], str], ...] = (
    (
        "the login '{text}' stands on {lines}",
        lambda student: (student.login or "").casefold(),
        "it is not used to find students; are the columns of the file shifted?",
    ),
    (
        "ids that differ only in zeros at the front or in capitals stand on {lines}",
        lambda student: student.student_id.lstrip("0").casefold(),
        "two students, or one twice?",
    ),
    (
        "the same name stands on {lines}",
        lambda student: fold(student.name),
        "reviews that give only this name cannot be told apart",
    ),
)


def _shared(
    entries: Sequence[Entry], of: Callable[[Student], str]
) -> list[tuple[str, tuple[int, ...]]]:
    places: dict[str, list[int]] = {}
    for entry in entries:
        if text := of(entry.student):
            places.setdefault(text, []).append(entry.line)
    return [(text, tuple(lines)) for text, lines in places.items() if len(lines) > 1]
