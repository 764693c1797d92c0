"""Who reviewed what, from whatever shape of table the course keeps it in.

The rows come out raw: who is meant and what is meant is decided by `domain.course.matching`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from examrunner.domain.course.joining import Name
from examrunner.domain.course.matching import ReviewRow
from examrunner.domain.course.unclear import UnclearMark
from examrunner.domain.problems import BadInput, Problem, Severity, error, has_errors, warning
from examrunner.domain.text import is_blank, tidy
from examrunner.storage.collector import held_back
from examrunner.storage.readers import canvas, columns, hotcrp, submissions_zip
from examrunner.storage.readers.damage import DAMAGED, damaged_ids
from examrunner.storage.readers.marks import day_of, is_mark
from examrunner.storage.readers.review_gradebooks import reviews_of
from examrunner.storage.readers.review_shapes import ReviewShape as ReviewShape
from examrunner.storage.readers.tables import (
    SPREADSHEETS,
    Row,
    Table,
    all_unwrapped,
    bytes_of,
    read_table,
    tidied,
    unwrapped,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

_SEVERAL = re.compile(r"[;\n\r]+")
SHOWN = 40
_T = TypeVar("_T")
IDS = frozenset(("student_id", "canvas_id", "sis_id"))
_COUNT = re.compile(r"\d{1,4}")


@dataclass(frozen=True, slots=True)
class ReviewList:
    """The rows of a review list, or the errors for which there are none."""

    rows: tuple[ReviewRow, ...]
    shape: ReviewShape
    problems: tuple[Problem, ...] = ()
    unclear: tuple[UnclearMark, ...] = ()


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where things stand in a table."""

    shape: ReviewShape
    who: tuple[int, ...]
    papers: tuple[int, ...]
    number: int | None = None
    date: int | None = None

    def told(self) -> list[int]:
        """Return the columns, other than papers, whose texts are used."""
        return [*self.who, *(i for i in (self.number, self.date) if i is not None)]


def read_reviews(
    source: bytes | Path,
    file: str | None = None,
    *,
    sheet: str | None = None,
    paper: str | None = None,
) -> ReviewList:
    """Read a review list. Every problem is returned, none is raised.

    `sheet` names one of a workbook, `paper` what a whole zip of submissions is about.
    """
    if file is None and isinstance(source, Path):
        file = str(source)
    with held_back():
        return _read(source, file, sheet, paper)


def _read(
    source: bytes | Path, file: str | None, sheet: str | None, paper: str | None
) -> ReviewList:
    shape = ReviewShape.UNKNOWN
    unclear: list[UnclearMark] = []
    problems: list[Problem] = []
    try:
        table, problems = _table(source, file, sheet)
        if table is None:
            shape = ReviewShape.SUBMISSIONS
            rows, found = submissions_zip.read_submissions(source, file, paper)
        elif canvas.is_gradebook(table.header):
            shape = ReviewShape.GRADEBOOK
            rows, unclear, found = reviews_of(canvas.gradebook_of(table), table)
        else:
            layout = _layout(table)
            shape = layout.shape
            rows, found = _from_table(table, layout)
    except BadInput as bad:
        return ReviewList((), shape, (*problems, *bad.problems))
    problems += found
    if not rows and not has_errors(problems):
        line = table.header_line if table else None
        problems.append(error("no reviews found", file=file, line=line, rule="reviews-empty"))
    rows = [] if has_errors(problems) else rows
    return ReviewList(tuple(rows), shape, tuple(problems), tuple(unclear))


def _table(
    source: bytes | Path, file: str | None, sheet: str | None
) -> tuple[Table | None, list[Problem]]:
    """Return a CSV file or the sheet of a workbook as a table; None for an archive of files."""
    if isinstance(source, bytes):
        head = source[:4]
    else:
        try:
            with source.open("rb") as stream:
                head = stream.read(4)
        except OSError:
            head = b""
    if not head.startswith(SPREADSHEETS):
        return read_table(source, file, known=columns.is_known), []
    if head.startswith(SPREADSHEETS[:3]):
        with submissions_zip.opened(source, file) as archive:
            if not submissions_zip.is_workbook(archive.namelist()):
                return None, []
    from examrunner.storage.readers.workbooks import read_workbook

    read = read_workbook(bytes_of(source, file), file, known=columns.is_known, sheet=sheet)
    return read.table, list(read.problems)


def _layout(table: Table) -> _Layout:
    if hotcrp.is_hotcrp(table.header):
        who, title = hotcrp.places(table.header, table.header_line, table.file)
        return _Layout(ReviewShape.HOTCRP, who, (title,))
    fields, problems = columns.find_fields(table.header, table.header_line, table.file)
    who = tuple(fields[field] for field in (*columns.IDENTITY, "sortable") if field in fields)
    if not who:
        problems.append(
            error(
                "no column says who reviewed",
                "call one of the columns student_id, email or name",
                file=table.file,
                line=table.header_line,
                rule="csv-header",
            )
        )
    if problems:
        raise BadInput(problems)
    header = list(enumerate(table.header))
    stamp = next((i for i, cell in header if columns.is_timestamp(cell)), None)
    papers = columns.paper_columns(table.header)
    if papers:
        listed = stamp is None and len(papers) == 1
        number = next((i for i, cell in header if columns.is_number(cell)), None)
        date = next((i for i, cell in header if columns.is_date(cell)), stamp)
        shape = ReviewShape.LONG if listed else ReviewShape.FORM
        return _Layout(shape, who, papers, number, date)
    used = {*who, *fields.values()}
    papers = tuple(i for i, cell in header if i not in used and not columns.is_aside(cell))
    if not papers:
        text = "no column names the papers that were reviewed"
        hint = "call it paper, or give every paper a column of its own"
        raise BadInput(
            [error(text, hint, file=table.file, line=table.header_line, rule="csv-header")]
        )
    return _Layout(ReviewShape.MATRIX, who, papers)


def _from_table(table: Table, layout: _Layout) -> tuple[list[ReviewRow], list[Problem]]:
    several = layout.shape is ReviewShape.FORM
    problems = [
        *table.ragged(),
        *table.bad_cells(layout.told()),
        *table.bad_cells(layout.papers, newlines=several),
    ]
    if problems:
        return [], problems
    problems = _damaged(table, layout)
    if layout.shape in (ReviewShape.LONG, ReviewShape.HOTCRP):
        return _listed(table, layout, problems)
    if layout.shape is ReviewShape.FORM:
        return _forms(table, layout, problems)
    layout, found = _marked_columns(table, layout)
    problems += found
    rows: list[ReviewRow] = []
    for row in table.rows:
        marked, faults = _matrix_row(table, layout, row)
        rows += marked
        problems += faults
    return rows, problems


def _damaged(table: Table, layout: _Layout) -> list[Problem]:
    """Tell of ids that a spreadsheet has spoilt: as errors, since they would mean nobody."""
    found: list[Problem] = []
    for i in layout.who:
        if (named := columns.field_of(table.header[i])) in IDS:
            may = named != "canvas_id"
            ids = tidied(table.column(i))
            found += damaged_ids(ids, table.lines, i, table.file, may_begin_with_zero=may)
    return [replace(one, severity=Severity.ERROR) if one.rule == DAMAGED else one for one in found]


def _listed(
    table: Table, layout: _Layout, problems: list[Problem]
) -> tuple[list[ReviewRow], list[Problem]]:
    """Read a list column by column; rows that lack something are looked at one by one."""
    (place,) = layout.papers
    whole = [i for i in layout.who if columns.field_of(table.header[i]) not in ("last", "first")]
    if len(whole) < len(layout.who):
        people = [_who(table, layout, row) for row in table.rows]
    else:
        texts = [_people(table, i) for i in whole]
        people = list(zip(*texts, strict=True))
        if not all(map(all, texts)):
            people = [tuple(filter(None, who)) for who in people]
    titles = tidied(table.column(place))
    said = {text: not is_blank(text) for text in set(titles)}
    numbers, days = _numbers_and_days(table, layout, problems)
    always = (repeat(place + 1), repeat(table.file), repeat(False), repeat(""))  # noqa: FBT003
    cells = zip(people, titles, numbers, days, table.lines, *always, strict=False)
    listed = map(ReviewRow._make, cells)
    if all(people) and all(said.values()):
        return list(listed), problems
    rows = []
    for row in listed:
        if row.who and said[row.paper]:
            rows.append(row)
        else:
            problems.append(_lacking(table, row.line or 0, "paper" if row.who else "student"))
    return rows, problems


def _people(table: Table, place: int) -> list[str]:
    """Return the cells of a column that says who is meant; names are marked as such."""
    texts = all_unwrapped(tidied(table.column(place)))
    return list(map(Name, texts)) if _is_name(table.header[place]) else texts


def _is_name(header: str) -> bool:
    return columns.field_of(header) in ("name", "sortable")


def _parsed(
    table: Table, place: int | None, parse: Callable[[str], _T | None], fault: str, hint: str
) -> tuple[Sequence[_T | None], list[Problem]]:
    """Return what the cells of a column mean, each text read once; empty ones mean nothing."""
    if place is None:
        return [None] * len(table.records), []
    cells = tidied(table.column(place))
    meant = {text: parse(text) if text else None for text in set(cells)}
    bad = {text for text, value in meant.items() if text and value is None}
    found = [
        _ignored(table, line, place, text, fault, hint)
        for text, line in zip(cells, table.lines, strict=True)
        if text in bad
    ]
    return [meant[text] for text in cells], found


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and _COUNT.fullmatch(text) else None


def _ignored(  # noqa: PLR0917  where, what and why
    table: Table, line: int, place: int, text: str, fault: str, hint: str
) -> Problem:
    return warning(
        f"'{text[:SHOWN]}' {fault}",
        hint,
        file=table.file,
        line=line,
        column=place + 1,
        rule="reviews-cell",
    )


def _who(table: Table, layout: _Layout, row: Row) -> tuple[str, ...]:
    """Return what a row says about the student, last and first name as one text."""
    texts = []
    names: dict[str, str] = {}
    for index in layout.who:
        field = columns.field_of(table.header[index]) or ""
        text = unwrapped(row.cell(index))
        if field in ("last", "first"):
            names[field] = text
        else:
            texts.append(Name(text) if _is_name(table.header[index]) else text)
    texts.append(Name(", ".join(filter(None, (names.get("last"), names.get("first"))))))
    return tuple(text for text in texts if text)


def _forms(
    table: Table, layout: _Layout, problems: list[Problem]
) -> tuple[list[ReviewRow], list[Problem]]:
    """Read the answers to a form: a row may name several papers."""
    rows = []
    numbers, days = _numbers_and_days(table, layout, problems)
    for row, number, day in zip(table.rows, numbers, days, strict=True):
        who = _who(table, layout, row)
        titles = [
            (title, index)
            for index in layout.papers
            for part in _SEVERAL.split(row.cells[index])
            if not is_blank(title := tidy(part)) and is_mark(title) is None
        ]
        if not who or not titles:
            problems.append(_lacking(table, row.line, "paper" if who else "student"))
            continue
        for title, index in titles:
            slot = number if number is not None else columns.slot_of(table.header[index])
            rows.append(ReviewRow(who, title, slot, day, row.line, index + 1, table.file))
    return rows, problems


def _lacking(table: Table, line: int, what: str) -> Problem:
    text = f"this row names no {what} and is left out"
    return warning(text, file=table.file, line=line, rule="reviews-row")


def _numbers_and_days(
    table: Table, layout: _Layout, problems: list[Problem]
) -> tuple[Sequence[int | None], Sequence[dt.date | None]]:
    kept = "the review is kept without it"
    numbers, found = _parsed(
        table, layout.number, _number, f"is no number; {kept}", "write 1, 2, 3 ..."
    )
    fault, hint = f"is no date; {kept}", "write 2024-10-29 or 10/29/2024"
    days, more = _parsed(table, layout.date, day_of, fault, hint)
    problems += [*found, *more]
    return numbers, days


def _marked_columns(table: Table, layout: _Layout) -> tuple[_Layout, list[Problem]]:
    """Leave out the columns of a matrix in which most cells hold something else than marks."""
    papers = []
    problems = []
    for index in layout.papers:
        texts = [text for row in table.rows if (text := row.cell(index))]
        strange = [text for text in texts if is_mark(text) is None]
        if 2 * len(strange) <= len(texts):
            papers.append(index)
            continue
        text = f"'{tidy(table.header[index])}' is left out: '{strange[0][:SHOWN]}' is no mark"
        hint = "below a paper stand marks, such as x; titles stand in a column called paper"
        problems.append(
            warning(
                text,
                hint,
                file=table.file,
                line=table.header_line,
                column=index + 1,
                rule="reviews-column",
            )
        )
    return replace(layout, papers=tuple(papers)), problems


def _matrix_row(table: Table, layout: _Layout, row: Row) -> tuple[list[ReviewRow], list[Problem]]:
    who = _who(table, layout, row)
    found = []
    problems = []
    for index in layout.papers:
        text = row.cell(index)
        marked = is_mark(text)
        if marked is None:
            fault = "is no mark that is known; counted as not reviewed"
            hint = "write x, or leave the cell empty"
            problems.append(_ignored(table, row.line, index, text, fault, hint))
        elif marked:
            title = tidy(table.header[index])
            found.append(ReviewRow(who, title, None, day_of(text), row.line, index + 1, table.file))
    if found and not who:
        said = "this row names no student and is left out"
        return [], [warning(said, file=table.file, line=row.line, rule="reviews-row")]
    return found, problems
