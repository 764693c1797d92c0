"""Scores for a learning management system: what a file would change, student by student.

The comparison is one for all systems; how the file is written is each one's own module. Only
`changes` are ever written. Machine files are exact: no cell is altered for a spreadsheet's sake,
since names and ids are what the system knows its students by.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from examrunner.domain.course.people import Student
from examrunner.domain.problems import Problem, error, has_errors, warning
from examrunner.domain.text import safe
from examrunner.storage.readers.canvas import Column, score_of
from examrunner.storage.readers.tables import Row
from examrunner.storage.writers.row_owners import Conflict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

CENT = Decimal("0.01")
HIGHEST = Decimal(1_000_000)
EXCUSED = "EX"
"""What stands in a cell of Canvas for an excused student."""
EXEMPT = "exempt"
"""How OneRoster says the same."""
_EXCUSED = frozenset(("ex", "excused", EXEMPT))
_NO_SCORE = frozenset(("", "-", "N/A"))
CRLF = "\r\n"


@dataclass(frozen=True, slots=True)
class Change:
    """One student's score before, as exported, and after."""

    student: Student
    row: Row
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Target:
    """The column of a foreign file that takes the scores, and the rows of its students."""

    form: str
    """The export's name, with which its rules of problems begin: `canvas`."""
    system: str
    """How people call the system: `Canvas`."""
    column: Column
    rows: tuple[Row, ...]
    file: str | None = None
    header_line: int | None = None
    """None where the rows are put together of several files: then no column is named."""
    lost: str = ""
    """What to do for a student who is not in the file."""
    above: str = ""
    """What the system does with a score above the points possible."""
    excused: str = EXCUSED
    """What the system calls an excused student."""
    most: str = ""
    """What the system takes at most where the column does not say."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What an upload would do. Only `changes` are written."""

    column: Column
    changes: tuple[Change, ...] = ()
    unchanged: tuple[Change, ...] = ()
    overwrites: tuple[Change, ...] = ()
    """Held back: the system has another score, and overwriting it was not asked for."""
    not_in_file: tuple[Student, ...] = ()
    not_in_class: tuple[Row, ...] = ()
    """Rows of the file that no student of the roster has."""
    conflicts: tuple[Conflict, ...] = ()
    problems: tuple[Problem, ...] = ()


def score_text(points: Decimal) -> str | None:
    """Return a score in plain digits with at most two decimals; None if it cannot be so written."""
    if not points.is_finite() or not 0 <= points <= HIGHEST or points != points.quantize(CENT):
        return None
    text = format(points.quantize(CENT), "f")
    return text.rstrip("0").rstrip(".")  # quantised, so there is a point


def compare(
    target: Target,
    found: tuple[Mapping[str, Row], Sequence[Conflict]],
    students: Sequence[Student],
    scores: Mapping[str, Decimal],
    *,
    excused: Collection[str] = (),
    force: bool = False,
    problems: Iterable[Problem] = (),
) -> Upload:
    """Compare scores, given by student id, with the column of a file.

    `found` holds the row of each student by student id, and the rows in doubt. Only students with
    a score are touched. Students in doubt and overwrites that were not asked for are left out of
    the file, each with a warning; an error leaves the file without scores.
    """
    rows, conflicts = found
    told = list(problems)
    taken = {row.line for row in rows.values()}
    taken |= {line for conflict in conflicts for line in conflict.lines}
    doubtful = {conflict.student.student_id for conflict in conflicts}
    examined = [one for one in students if one.student_id in scores or one.student_id in excused]
    changes: list[Change] = []
    for student in examined:
        if row := rows.get(student.student_id):
            text, remarks = _cell(target, row, student, scores.get(student.student_id))
            told += remarks
            if text is not None:
                changes.append(Change(student, row, row.cell(target.column.index), text))
    unchanged = tuple(change for change in changes if _is_same(change))
    overwrites = tuple(item for item in changes if _is_overwrite(item) and not force)
    kept = {change.student.student_id for change in (*unchanged, *overwrites)}
    strangers = sorted({*scores, *excused} - {student.student_id for student in students})
    told += [_no_student(target, who) for who in strangers]
    blocked = has_errors(told)
    told_of = {student.student_id for student in examined}
    upload = Upload(
        target.column,
        tuple(item for item in changes if not blocked and item.student.student_id not in kept),
        unchanged,
        overwrites,
        tuple(s for s in examined if s.student_id not in rows and s.student_id not in doubtful),
        tuple(row for row in target.rows if row.line not in taken),
        tuple(item for item in conflicts if item.student.student_id in told_of),
    )
    return replace(upload, problems=(*told, *_left_out(target, upload)))


def machine_csv(
    rows: Iterable[Sequence[str]],
    delimiter: str = ",",
    *,
    quote_all: bool = False,
    encoding: str = "utf-8",
) -> bytes:
    """Return a file that another program reads: every text exact, CRLF at the line ends."""
    stream = io.StringIO(newline="")
    writer = csv.writer(
        stream,
        delimiter=delimiter,
        quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL,
        lineterminator=CRLF,
    )
    writer.writerows(rows)
    return stream.getvalue().encode(encoding)


def _is_same(change: Change) -> bool:
    if change.new.casefold() in _EXCUSED:
        return change.old.casefold() in _EXCUSED
    return score_of(change.old) == Decimal(change.new)


def _is_overwrite(change: Change) -> bool:
    return change.old not in _NO_SCORE and not _is_same(change)


def _cell(
    target: Target, row: Row, student: Student, points: Decimal | None
) -> tuple[str | None, list[Problem]]:
    """Return what is written for a student, None for an excused one's points; and what to tell."""
    if points is None:
        return target.excused, []
    text = score_text(points)
    if text is None:
        told = f"{student.name}: {points} cannot be written as a score"
        hint = f"{target.system} takes numbers from 0 to a million with at most two decimals"
        return None, [_at(error(told, hint, rule=f"{target.form}-score"), target, row)]
    most = target.column.points or target.most
    possible = score_of(most)
    if possible is None or points <= possible:
        return text, []
    told = f"{student.name}: {points} is more than the {most} points possible"
    return text, [_at(warning(told, target.above, rule=f"{target.form}-score"), target, row)]


def _at(problem: Problem, target: Target, row: Row) -> Problem:
    column = None if target.header_line is None else target.column.index + 1
    return replace(problem, file=target.file, line=row.line, column=column)


def _no_student(target: Target, student_id: str) -> Problem:
    text = f"there is a score for {student_id}, who is not on the roster"
    return warning(text, rule=f"{target.form}-no-student")


def _left_out(target: Target, upload: Upload) -> list[Problem]:
    """Tell of each examined student who gets no score by this file."""
    file, form, system = target.file, target.form, target.system
    problems = []
    for conflict in upload.conflicts:
        text = f"{conflict.student.name} is left out: {safe(conflict.text)}"
        hint = "export the gradebook again, or correct the roster"
        line = conflict.lines[0] if conflict.lines else None
        problems.append(warning(text, hint, file=file, line=line, rule=f"{form}-conflict"))
    for change in upload.overwrites:
        text = (
            f"{change.student.name} is left out: {system} has {safe(change.old)}, not {change.new}"
        )
        hint = "overwrite on purpose, or correct the score"
        line = change.row.line
        problems.append(warning(text, hint, file=file, line=line, rule=f"{form}-overwrite"))
    for student in upload.not_in_file:
        text = f"{student.name} is left out: no row of the export is theirs"
        problems.append(warning(text, target.lost, file=file, rule=f"{form}-not-in-file"))
    return problems
