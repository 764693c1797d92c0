"""Scores as OneRoster 1.1 files: lineItems.csv and results.csv in a zip archive with a manifest.

The order of the columns is the standard's own, which some readers compare exactly. The files are
of the kind delta: what a system has beside them stays.
"""

from __future__ import annotations

import datetime as dt
import io
import uuid
import zipfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from examrunner.domain.problems import warning
from examrunner.domain.text import fold
from examrunner.storage.readers.canvas import Column, ColumnKind, Gradebook
from examrunner.storage.readers.tables import Row
from examrunner.storage.writers.row_owners import EMAIL, LOGIN, SIS, RowId, RowTexts, find_rows
from examrunner.storage.writers.uploads import EXEMPT, Target, Upload, compare, machine_csv

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from decimal import Decimal

    from examrunner.domain.course.people import Student
    from examrunner.storage.readers.oneroster_scores import Record, RosterSet

FORM = "oneroster"
LINE_ITEM = (
    "sourcedId", "status", "dateLastModified", "title", "description", "assignDate", "dueDate",
    "classSourcedId", "categorySourcedId", "gradingPeriodSourcedId", "resultValueMin",
    "resultValueMax",
)  # fmt: skip
RESULT = (
    "sourcedId", "status", "dateLastModified", "lineItemSourcedId", "studentSourcedId",
    "scoreStatus", "score", "scoreDate", "comment",
)  # fmt: skip
_OTHERS = (
    "academicSessions", "categories", "classes", "classResources", "courses", "courseResources",
    "demographics", "enrollments", "orgs", "resources", "users",
)  # fmt: skip
_IDENTITY = ("sourcedId", "username", "identifier", "email", "familyName", "givenName")
_KEYS = {"sourcedid": SIS, "identifier": SIS, "username": LOGIN, "email": EMAIL}
"""What may be known of a student; the SIS id of another system's roster may be either of two."""
_EARLIEST = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class LineItem:
    """The item of a class that takes the scores."""

    class_id: str
    title: str
    sourced_id: str
    category: str
    period: str
    assigned: str = ""
    due: str = ""
    description: str = ""
    least: str = "0"
    most: str = ""


def made_id(*parts: str) -> str:
    """Return an id that the same parts give again, so that a second export changes the first."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "\x1f".join(("examrunner", *parts))))


def line_item_of(record: Record) -> LineItem:
    """Return a line item as the system has it."""
    return LineItem(
        record.get("classsourcedid", ""),
        record.get("title", ""),
        record["sourcedid"],
        record.get("categorysourcedid", ""),
        record.get("gradingperiodsourcedid", ""),
        record.get("assigndate", ""),
        record.get("duedate", ""),
        record.get("description", ""),
        record.get("resultvaluemin", ""),
        record.get("resultvaluemax", ""),
    )


def book_of(roster: RosterSet, item: LineItem) -> Gradebook:
    """Return the students of the item's class as a table with the scores that they have.

    The lines are those of the users; the columns are no file's.
    """
    scores = {
        one.get("studentsourcedid", ""): _held(one)
        for one in roster.results
        if one.get("lineitemsourcedid") == item.sourced_id
    }
    rows = tuple(
        Row(roster.lines[who], (*(roster.users[who].get(name.lower(), "") for name in _IDENTITY),
                                scores.get(who, "")))
        for who in roster.pupils.get(item.class_id, ())
    )  # fmt: skip
    identity = [Column(n, name, ColumnKind.IDENTITY, name) for n, name in enumerate(_IDENTITY)]
    place = len(identity)
    column = Column(
        place, item.title, ColumnKind.ASSIGNMENT, item.title, item.sourced_id, item.most
    )
    header = (*_IDENTITY, item.title)
    return Gradebook(header, 1, (*identity, column), rows, file=roster.users_file)


def _held(result: Record) -> str:
    """Return the score that a system has, or that it exempts the student."""
    return EXEMPT if fold(result.get("scorestatus", "")) == EXEMPT else result.get("score", "")


def plan_results(
    book: Gradebook,
    students: Sequence[Student],
    scores: Mapping[str, Decimal],
    *,
    excused: Collection[str] = (),
    force: bool = False,
) -> Upload:
    """Compare scores, given by student id, with those of a class; see `uploads.compare`."""
    target = Target(
        FORM,
        "the system",
        book.columns[-1],
        book.rows,
        book.file,
        None,
        "the class has no such student; enter the score by hand",
        "the item's resultValueMax is lower",
        EXEMPT,
    )
    found = find_rows([_texts(row) for row in book.rows], students, own_ids=True)
    upload = compare(target, found, students, scores, excused=excused, force=force)
    if all(one.new != EXEMPT for one in upload.changes):
        return upload
    text = "the result of an exempt student has no score"
    hint = "where a system wants one in every result, --absent blank leaves these out"
    told = warning(text, hint, rule=f"{FORM}-score")
    return replace(upload, problems=(*upload.problems, told))


def _texts(row: Row) -> RowTexts:
    cells = {name.lower(): row.cell(place) for place, name in enumerate(_IDENTITY)}
    ids = [RowId(kind, name, cells[name]) for name, kind in _KEYS.items()]
    return RowTexts(row, tuple(ids), name_of(row))


def name_of(row: Row) -> str:
    """Return the name in a row of `book_of`."""
    return ", ".join(part for part in (row.cell(4), row.cell(5)) if part)


def items_book(items: Sequence[Record]) -> Gradebook:
    """Return line items as the columns of a table without students."""
    columns = tuple(
        Column(place, one["title"], ColumnKind.ASSIGNMENT, one["title"], one["sourcedid"])
        for place, one in enumerate(items)
    )
    return Gradebook(tuple(one.header for one in columns), 1, columns, ())


def render_results(
    roster: RosterSet, item: LineItem, upload: Upload, at: dt.datetime, day: dt.date
) -> bytes:
    """Return the zip archive; `at` is now, and `day` that of the exam."""
    stamp = at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"
    known = {
        one.get("studentsourcedid", ""): one["sourcedid"]
        for one in roster.results
        if one.get("lineitemsourcedid") == item.sourced_id
    }
    on = day.isoformat()
    line = [
        item.sourced_id, "active", stamp, item.title, item.description, item.assigned or on,
        item.due or on, item.class_id, item.category, item.period, item.least, item.most,
    ]  # fmt: skip
    results = []
    for one in upload.changes:
        who = one.row.cells[0]
        own = known.get(who) or made_id(item.sourced_id, who)
        status, score = (EXEMPT, "") if one.new == EXEMPT else ("fully graded", one.new)
        results.append([own, "active", stamp, item.sourced_id, who, status, score, on, ""])
    return _zipped(
        {
            "manifest.csv": machine_csv(_manifest()),
            "lineItems.csv": machine_csv([LINE_ITEM, line]),
            "results.csv": machine_csv([RESULT, *results]),
        }
    )


def _manifest() -> list[tuple[str, str]]:
    kinds = {**dict.fromkeys(_OTHERS, "absent"), "lineItems": "delta", "results": "delta"}
    return [
        ("propertyName", "value"),
        ("manifest.version", "1.0"),
        ("oneroster.version", "1.1"),
        *((f"file.{name}", kinds[name]) for name in sorted(kinds, key=str.lower)),
        ("source.systemName", "examrunner"),
        ("source.systemCode", "examrunner"),
    ]


def _zipped(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, _EARLIEST), data)
    return stream.getvalue()


def items_called(roster: RosterSet, class_id: str, named: str) -> list[Record]:
    """Return the line items of a class that an id or a title means."""
    listed = [one for one in roster.line_items.values() if one.get("classsourcedid") == class_id]
    exact = [one for one in listed if named in (one["sourcedid"], one.get("title"))]
    return exact or [one for one in listed if fold(one.get("title", "")) == fold(named)]
