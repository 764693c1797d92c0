"""CSV files that the program writes: scores for people, roster and reviews for itself.

Scores are for spreadsheets, so texts that a spreadsheet would run are made harmless. Roster and
reviews are read back, so they are exact.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from decimal import Decimal
from types import NoneType
from typing import TYPE_CHECKING

from examrunner.domain.course.people import NO_EXTRA_TIME, Review, Student
from examrunner.storage.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

Value = str | int | Decimal | dt.date | None
"""What a cell of a table for people may hold."""

RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""First characters of a text that a spreadsheet may take for a formula, full-width forms too."""
HARMLESS = "'"
UNSEEN = " \u00a0\u00ad\u200c\u200d"
_SPLIT = re.compile(r"(?s)(?<=.)([;\t])(?=[=@\uff1d\uff20]|[+\-\uff0b\uff0d]+[\w(])")
"""A formula behind a separator: some spreadsheets split there, whatever the file says."""
_SUSPECT = re.compile(rf"[{UNSEEN}]*[{re.escape(''.join(RUNS))}]|.*[;\t]", re.DOTALL)
"""A text that is worth a closer look; most are not, and a class has many."""
BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel reads UTF-8 as Windows-1252 and spoils every accent."""

REQUIRED = ("student_id", "name", "email")
REVIEW_COLUMNS = ("student_id", "number", "reading_id", "submitted_on")

_ROSTER: dict[str, Callable[[Student], str]] = {
    "student_id": lambda student: student.student_id,
    "name": lambda student: student.name,
    "email": lambda student: student.email or "",
    "canvas_id": lambda student: student.canvas_id or "",
    "sis_id": lambda student: student.sis_id or "",
    "login": lambda student: student.login or "",
    "section": lambda student: student.section or "",
    "say_name": lambda student: student.say_name or "",
    "photo": lambda student: student.photo or "",
    "extra_time": lambda student: (
        "" if student.extra_time == NO_EXTRA_TIME else format(student.extra_time, "f")
    ),
    "stop_clock": lambda student: "yes" if student.stop_clock else "",
    "written": lambda student: "yes" if student.written else "",
    "presented": lambda student: ";".join(student.presented),
    "assigned": lambda student: student.assigned or "",
}


def render_scores(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """Return a table for people: texts harmless, numbers as numbers, nothing as an empty cell."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([harmless(text) for text in header])
    as_is = {int, NoneType}
    writer.writerows(
        [value if type(value) in as_is else _cell(value) for value in row] for row in rows
    )
    return (BYTE_ORDER_MARK + stream.getvalue()).encode("utf-8")


def write_scores(path: Path, header: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    """Write a table for people, private to the user."""
    write_atomically(path, render_scores(header, rows))


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    if not _SUSPECT.match(text):
        return text
    text = _SPLIT.sub(rf"\1{HARMLESS}", text)
    return HARMLESS + text if text.lstrip(UNSEEN).startswith(RUNS) else text


def render_roster(students: Sequence[Student]) -> bytes:
    """Return roster.csv: student_id, name, email and what else some student uses."""
    columns = [
        name
        for name, of in _ROSTER.items()
        if name in REQUIRED or any(of(student) for student in students)
    ]
    rows = [[_ROSTER[name](student) for name in columns] for student in students]
    return _csv([columns, *rows]).encode("utf-8")


def write_roster(path: Path, students: Sequence[Student]) -> None:
    """Write roster.csv, private to the user."""
    write_atomically(path, render_roster(students))


def render_reviews(reviews: Iterable[Review], titles: Mapping[str, str] | None = None) -> bytes:
    """Return reviews.csv.

    `titles` holds the readings that no course file knows, by id: their titles stand nowhere
    else, so they are written instead of the id. The same title gives the same id again.
    """
    own = titles or {}
    rows = [
        [
            review.student_id,
            "" if review.number is None else str(review.number),
            own.get(review.reading_id, review.reading_id),
            review.submitted_on.isoformat() if review.submitted_on else "",
        ]
        for review in reviews
    ]
    return _csv([REVIEW_COLUMNS, *rows]).encode("utf-8")


def write_reviews(
    path: Path, reviews: Iterable[Review], titles: Mapping[str, str] | None = None
) -> None:
    """Write reviews.csv, private to the user."""
    write_atomically(path, render_reviews(reviews, titles))


def _cell(value: Value) -> str:
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _csv(rows: Iterable[Sequence[str]]) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\r\n").writerows(rows)
    return stream.getvalue()
