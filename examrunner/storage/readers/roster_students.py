"""The columns of a class list as students: what each cell may hold, and what is wrong where."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import fields, replace
from decimal import Decimal
from itertools import repeat
from typing import TYPE_CHECKING

from examrunner.domain.course.people import NO_EXTRA_TIME, Student
from examrunner.domain.problems import Problem, error, warning
from examrunner.domain.text import fold, is_blank, is_id
from examrunner.storage.readers.damage import damaged_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from examrunner.storage.readers.student_ids import Cells

ID_FIELDS = ("student_id", "canvas_id", "sis_id", "login")
MAX_EXTRA_TIME = Decimal(4)

_FACTOR = re.compile(r"\d+(?:[.,]\d+)?")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")
_EMAILS = re.compile(rf"(?:{_EMAIL.pattern})?(?:\n(?:{_EMAIL.pattern})?)*")
_YES = frozenset(("yes", "y", "true", "1", "x"))
_NO = frozenset(("", "no", "n", "false", "0"))
_SPLIT = re.compile(r"[;\s]+")
_TEXTS = ("email", "canvas_id", "sis_id", "login", "section", "say_name", "photo", "assigned")
"""Fields that are a text or nothing."""


def with_names(cells: Cells) -> Cells:
    """Return the columns with one of whole names, `Last, First` where the file splits them."""
    whole, parts = cells.of("name"), ("last", "first")
    if cells.has("sortable"):
        whole = [one or other for one, other in zip(whole, cells.of("sortable"), strict=True)]
    if not all(whole) and any(map(cells.has, parts)):
        pairs = zip(whole, *map(cells.of, parts), strict=True)
        whole = [name or ", ".join(filter(None, both)) for name, *both in pairs]
    rest = {
        name: column
        for name, column in cells.columns.items()
        if name not in ("name", "sortable", *parts)
    }
    return replace(cells, columns={**rest, "name": whole})


def faults_of(cells: Cells, places: Mapping[str, int]) -> list[Problem]:
    """Return what is wrong with single cells; `places` are the columns, counted from 0."""
    names = cells.of("name")
    found = []
    if not all(names) or not "".join(names).isascii():
        found = [
            _no_name(line, cells.file)
            for line, name in zip(cells.lines, names, strict=True)
            if not name or (not name.isascii() and is_blank(name))
        ]
    for name, (is_right, said, hint) in _RULES.items():
        column = cells.columns.get(name, ())
        if name == "email" and _EMAILS.fullmatch("\n".join(column)):
            continue
        make = warning if name == "email" else error
        found += [
            make(
                said.format(cell),
                hint,
                file=cells.file,
                line=line,
                column=places[name] + 1 if name in places else None,
                rule=f"roster-{name}",
            )
            for line, cell in zip(cells.lines, column, strict=False)
            if cell and not is_right(cell)
        ]
    for name in ID_FIELDS[:-1]:
        if cells.has(name):
            column = cells.of(name)
            found += damaged_ids(
                column,
                cells.lines,
                places.get(name, -1),
                cells.file,
                may_begin_with_zero=name != "canvas_id",
            )
    return found


def students_of(cells: Cells) -> tuple[Student, ...]:
    """Return a student for each row. The cells have no faults, and every row has an id."""
    columns: dict[str, Iterable[object]] = {
        "student_id": cells.of("student_id"),
        "name": cells.of("name"),
    }
    for name in _TEXTS:
        if name in cells.columns:
            column = cells.of(name)
            columns[name] = column if all(column) else [cell or None for cell in column]
    for name, value in _VALUES.items():
        if name in cells.columns:
            columns[name] = map(value, cells.of(name))
    return _made(columns, len(cells.lines))


def _made(columns: Mapping[str, Iterable[object]], count: int) -> tuple[Student, ...]:
    """Return students, made column by column: half as dear as one by one.

    It is what their constructor does, which has no checks of its own.
    """
    students = tuple(map(Student.__new__, repeat(Student, count)))
    for one in fields(Student):
        put = getattr(Student, one.name).__set__
        deque(map(put, students, columns.get(one.name, repeat(one.default))), maxlen=0)
    return students


def _is_email(text: str) -> bool:
    return _EMAIL.fullmatch(text) is not None


def _extra_time(text: str) -> Decimal:
    return Decimal(text.replace(",", ".")) if text else NO_EXTRA_TIME


def _is_extra_time(text: str) -> bool:
    is_factor = text.isascii() and _FACTOR.fullmatch(text)
    return bool(is_factor) and NO_EXTRA_TIME <= _extra_time(text) <= MAX_EXTRA_TIME


def _is_yes(text: str) -> bool:
    return fold(text) in _YES


def _is_yes_or_no(text: str) -> bool:
    return fold(text) in _YES | _NO


def _readings(text: str) -> tuple[str, ...]:
    return tuple(filter(None, _SPLIT.split(text)))


def _are_ids(text: str) -> bool:
    return all(map(is_id, _readings(text)))


def _no_name(line: int, file: str | None) -> Problem:
    text = "this row has no name that can be seen"
    return error(text, "give a name, or delete the row", file=file, line=line, rule="roster-name")


_NO_READING = ("'{}' is no id of a reading", "use the ids of course.yaml")
_NEITHER = ("'{}' is neither yes nor no", "write yes or no")
_RULES: dict[str, tuple[Callable[[str], bool], str, str]] = {
    "extra_time": (
        _is_extra_time, "'{}' is no extra time", "write a factor from 1 to 4, such as 1.5",
    ),
    "stop_clock": (_is_yes_or_no, *_NEITHER),
    "written": (_is_yes_or_no, *_NEITHER),
    "presented": (_are_ids, *_NO_READING),
    "assigned": (is_id, *_NO_READING),
    "email": (_is_email, "'{}' is no e-mail address", ""),
}  # fmt: skip
"""What a cell of each field must be, what is said of others, and what to do."""
_VALUES: dict[str, Callable[[str], object]] = {
    "extra_time": _extra_time,
    "stop_clock": _is_yes,
    "written": _is_yes,
    "presented": _readings,
}
"""Fields whose cells are no texts."""
