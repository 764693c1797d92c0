"""What the header cells of class lists and review lists mean: one table of aliases.

Headers are compared folded: `SIS User ID`, `sis_user_id` and `Sis user-id` are one.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from examrunner.domain.problems import Problem, error
from examrunner.domain.text import fold, safe, tidy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SHOWN = 60
"""So much of a header cell stands in a message."""
IDENTITY = ("student_id", "canvas_id", "sis_id", "login", "email", "name", "last", "first")
"""Fields that say who a row is about."""

_ALIASES: dict[str, str] = {
    "student_id": (
        "student id|sid|id|student number|student no|perm|perm number|id number|"
        "university id|campus id|student identifier|orgdefinedid|org defined id"
    ),
    "canvas_id": "canvas id|canvas user id",
    "sis_id": "sis id|sis user id|student sis id",
    "login": "login|login id|sis login id|username|user name|netid|net id|user id",
    "email": (
        "email|e mail|mail|email address|e mail address|student email|student e mail|"
        "student email address|your email|your email address"
    ),
    "name": "name|names|student|student name|full name|your name|your full name|display name",
    "sortable": "sortable name",
    "last": "last|lastname|last name|surname|family name|student last|student last name",
    "first": (
        "first|firstname|first name|given name|given names|forename|student first|"
        "student first name|student first middle|first middle"
    ),
    "section": "section|sections|section name|section names",
    "say_name": "say name|say the name|pronunciation|name pronunciation",
    "photo": "photo",
    "extra_time": "extra time|extra time factor|time factor",
    "stop_clock": "stop clock|stop the clock",
    "written": "written|written questions|questions in writing",
    "presented": "presented|papers presented",
    "assigned": "assigned|assigned paper|assigned reading",
}
ALIASES: Mapping[str, str] = MappingProxyType(
    {alias: field for field, names in _ALIASES.items() for alias in names.split("|")}
)

_PAPER = re.compile(
    r"(?:(?:the )?(?:title of (?:the )?)?(?:paper|reading|article)s?"
    r"(?: title| id| name| reviewed| read)?|titles?|reviewed paper)(?: \d{1,3})?"
)
_SLOT = re.compile(r"review(?: of)?(?: paper)? (\d{1,3})|.* (\d{1,3})")
_PAPER_WORD = re.compile(r"\b(?:paper|reading|article)s?\b")
_NUMBER = frozenset(("number", "no", "nr", "review number", "review no", "review nr"))
_DATE = frozenset(
    (
        "date", "day", "submitted", "submitted on", "submitted at", "submission date",
        "submission time", "reviewed on", "date reviewed", "date submitted", "review date",
    )
)  # fmt: skip
_STAMP = frozenset(("timestamp", "time stamp", "start time", "completion time"))
_GRADESCOPE_ASIDE = re.compile(r".* (?:max points|submission time|lateness h m s)")
_ASIDE = frozenset(
    (
        "total", "totals", "sum", "count", "reviews", "number of reviews", "note", "notes",
        "comment", "comments", "grade", "score", "points", "mark", "link", "url", "row",
    )
)  # fmt: skip


def field_of(header: str) -> str | None:
    """Return the field of a student that a header cell names, or None."""
    return ALIASES.get(fold(header))


def is_known(header: str) -> bool:
    """Say whether a header cell means something in a class list or a review list."""
    key = fold(header)
    return key in ALIASES or key in _STAMP or is_paper(header) or is_date(header)


def is_paper(header: str, *, loosely: bool = False) -> bool:
    """Say whether cells below a header name papers; `loosely` takes the questions of a form."""
    key = fold(header)
    return bool(_PAPER.fullmatch(key)) or (loosely and bool(_PAPER_WORD.search(key)))


def slot_of(header: str) -> int | None:
    """Return 3 for `Paper 3` and `Review 3`, below which stands a student's third paper."""
    key = fold(header)
    found = _SLOT.fullmatch(key)
    if found is None or not (found[1] or is_paper(header)):
        return None
    return int(found[1] or found[2])


def paper_columns(header: Sequence[str]) -> tuple[int, ...]:
    """Return where a list or a form names papers: each numbered column, or the one named best.

    Of an id and a title side by side one is enough.
    """
    form = any(is_timestamp(cell) for cell in header)
    slots = tuple(i for i, cell in enumerate(header) if slot_of(cell) is not None)
    named = tuple(i for i, cell in enumerate(header) if is_paper(cell))
    if slots:
        return slots
    if form:
        return named or tuple(i for i, cell in enumerate(header) if is_paper(cell, loosely=True))
    return tuple(sorted(named, key=lambda index: _rank(header[index]))[:1])


def _rank(header: str) -> int:
    key = fold(header)
    return 0 if "reading" in key else 1 if "title" in key else 2


def is_number(header: str) -> bool:
    """Say whether cells below a header count a student's reviews."""
    return fold(header) in _NUMBER


def is_date(header: str) -> bool:
    """Say whether cells below a header are the days of reviews."""
    return fold(header) in _DATE


def is_timestamp(header: str) -> bool:
    """Say whether cells below a header are the moments at which a form was sent."""
    return fold(header) in _STAMP


def is_aside(header: str) -> bool:
    """Say whether a column of a matrix is a total or a remark, and no paper."""
    key = fold(header)
    if not key or _GRADESCOPE_ASIDE.fullmatch(key):
        return True
    return key in _ASIDE or key in _NUMBER or is_date(header) or key in _STAMP


def find_fields(
    header: Sequence[str], line: int, file: str | None
) -> tuple[dict[str, int], list[Problem]]:
    """Return the position of each field of a student, and what is ambiguous about them.

    In the roster report of Canvas `Student ID` is Canvas's own id, which shows by the
    `Student SIS ID` beside it.
    """
    folded = [fold(cell) for cell in header]
    from_canvas = "student sis id" in folded
    places: dict[str, list[int]] = {}
    for index, key in enumerate(folded):
        field = "canvas_id" if from_canvas and key == "student id" else ALIASES.get(key)
        if field:
            places.setdefault(field, []).append(index)
    if "student id" in folded and len(places.get("student_id", ())) > 1:
        places["student_id"] = [i for i in places["student_id"] if folded[i] == "student id"]
    problems = [
        error(
            f"two columns say the same: {_quoted(header, indexes)}",
            f"leave one {field.replace('_', ' ')} column, or rename the other",
            file=file,
            line=line,
            column=indexes[1] + 1,
            rule="csv-header",
        )
        for field, indexes in places.items()
        if len(indexes) > 1
    ]
    return {field: indexes[0] for field, indexes in places.items()}, problems


def _quoted(header: Sequence[str], indexes: Sequence[int]) -> str:
    return " and ".join(
        f"'{safe(tidy(header[index])[:SHOWN])}' (column {index + 1})" for index in indexes
    )
