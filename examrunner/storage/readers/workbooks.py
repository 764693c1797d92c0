"""XLSX and ODS workbooks, read-only: one sheet of one as a table.

A small file may unfold into billions of cells. It is unfolded in a process of its own, whose
memory and time are limited where the system can do so, so that a bomb ends that process and
not this one.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from examrunner.domain.problems import BadInput, Problem, error, warning
from examrunner.domain.text import safe, some, tidy
from examrunner.storage.readers.archives import checked_names, entries_of
from examrunner.storage.readers.tables import MAX_CELLS, MAX_COLUMNS, MAX_LINES, WRONG_FILE, Table

if TYPE_CHECKING:
    from collections.abc import Callable

MEMORY = 2_000_000_000
"""Bytes that a workbook may take while it is read."""
SECONDS = 60
TITLES = 20
"""The header is looked for in so many rows: above it may stand a title."""
_FAR = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})?([0-9]{1,9})["']""")
_ERROR_CELL = re.compile(
    rb"""<c\s[^>]{0,200}\bt\s*=\s*["']e["']|\bt\s*=\s*["']e["']|value-type\s*=\s*["']error["']"""
)
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})([0-9]{1,9})["']""")
_READER = f"""
import datetime, io, json, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
except (ImportError, ValueError, OSError):
    pass
import python_calamine as calamine

def text(cell):
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    return str(cell)

try:
    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
except calamine.PasswordError:
    sys.exit(3)
except calamine.CalamineError:
    sys.exit(4)
sheets = []
for about in book.sheets_metadata:
    if about.typ != calamine.SheetTypeEnum.WorkSheet:
        continue
    sheet = book.get_sheet_by_name(about.name)
    size = (sheet.total_height, sheet.total_width)
    rows = []
    if size[0] <= {MAX_LINES} and size[0] * size[1] <= {MAX_CELLS}:
        rows = [[text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    shown = about.visible == calamine.SheetVisibleEnum.Visible
    sheets.append((about.name, shown, size, rows))
json.dump(sheets, sys.stdout)
"""
"""Needs nothing of this package, so that it is the same wherever that is installed."""
_PASSWORD, _NO_WORKBOOK = 3, 4


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook as texts."""

    name: str
    is_shown: bool
    height: int
    width: int
    rows: list[list[str]]
    """Empty where there are more cells than any class has."""


@dataclass(frozen=True, slots=True)
class Read:
    """The sheet that was read, as a table whose lines are the rows of the sheet."""

    table: Table
    sheet: str
    problems: tuple[Problem, ...]


def read_workbook(
    data: bytes,
    file: str | None = None,
    *,
    known: Callable[[str], bool] = lambda _: False,
    sheet: str | None = None,
) -> Read:
    """Read the sheet that is named, else the one whose header has most cells that are `known`.

    Raises BadInput for what is no workbook, or more than any class has.
    """
    _demand_near(data, file)
    sheets = _sheets(data, file)
    chosen = _chosen(sheets, known, sheet, file)
    place = _header_place(chosen.rows, known)
    filled = [
        (line, row) for line, row in enumerate(chosen.rows, 1) if any(cell.strip() for cell in row)
    ]
    below = [(line, row) for line, row in filled if line > place + 1]
    header = tuple(chosen.rows[place])
    if len(header) > MAX_COLUMNS:
        raise _refused(f"the header has more than {MAX_COLUMNS:,} cells", WRONG_FILE, file)
    table = Table(
        header, place + 1, [row for _, row in below], [line for line, _ in below], "", file
    )
    others = [one.name for one in sheets if one is not chosen and one.is_shown and one.rows]
    problems = [*_other_sheets(chosen, others, sheet, file), *_errors(data, file)]
    return Read(table, chosen.name, tuple(problems))


def _demand_near(data: bytes, file: str | None) -> None:
    """Raise BadInput where a sheet has a cell so far out that nobody fills the space before it."""
    names = [name for name in checked_names(data, file) if name.startswith("xl/worksheets/")]
    for text in entries_of(data, names, file).values():
        columns, rows = 0, 0
        for letters, digits in set(_FAR.findall(text)):
            columns, rows = max(columns, _number(letters)), max(rows, int(digits))
        if columns > MAX_COLUMNS or rows > MAX_LINES or columns * rows > MAX_CELLS * 10:
            told = f"a sheet reaches to row {rows:,} and column {columns:,}"
            hint = "delete the empty rows and columns behind the list, or save it as CSV"
            raise _refused(told, hint, file)


def _number(letters: bytes) -> int:
    """Return 1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _sheets(data: bytes, file: str | None) -> list[Sheet]:
    too_much = "this workbook takes more memory or time than any class needs"
    command = [sys.executable, "-P", "-c", _READER]
    try:
        done = subprocess.run(  # noqa: S603  our own program on bytes
            command, input=data, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as late:
        raise _refused(too_much, WRONG_FILE, file) from late
    if done.returncode == _PASSWORD:
        raise _refused("this workbook has a password", "save it without one", file)
    if done.returncode == _NO_WORKBOOK:
        text = "this is neither an .xlsx nor an .ods workbook that can be read"
        raise _refused(text, "save it again as .xlsx, or save it as CSV", file)
    if b"ModuleNotFoundError" in done.stderr:
        raise _refused("python-calamine is not installed", "install it, or save it as CSV", file)
    if done.returncode != 0:
        raise _refused(too_much, "save it as CSV", file)
    return [
        Sheet(name, shown, height, width, rows)
        for name, shown, (height, width), rows in json.loads(done.stdout)
    ]


def _chosen(
    sheets: list[Sheet], known: Callable[[str], bool], named: str | None, file: str | None
) -> Sheet:
    if named is not None:
        found = next((one for one in sheets if one.name.casefold() == named.casefold()), None)
        if found is None:
            names = some([safe(one.name) for one in sheets], 12)
            raise _refused(f"there is no sheet {safe(named)}", f"its sheets are: {names}", file)
    else:
        shown = [one for one in sheets if one.is_shown] or sheets
        found = max(shown, key=lambda one: _fit(one.rows, known), default=None)
    if found is None or not (found.rows or found.height):
        raise BadInput([error("the file is empty", file=file, line=1, rule="csv")])
    if not found.rows:
        told = f"a sheet of {found.height:,} rows and {found.width:,} columns is no class list"
        raise _refused(told, WRONG_FILE, file)
    return found


def _fit(rows: list[list[str]], known: Callable[[str], bool]) -> tuple[int, int]:
    place = _header_place(rows, known)
    return (sum(map(known, rows[place])) if rows else 0, len(rows))


def _header_place(rows: list[list[str]], known: Callable[[str], bool]) -> int:
    """Return which row is the header: the first that says most, or else the first with a text."""
    counts = [sum(map(known, row[:MAX_COLUMNS])) for row in rows[:TITLES]]
    if max(counts, default=0) > 1:
        return counts.index(max(counts))
    return next((place for place, row in enumerate(rows) if any(map(str.strip, row))), 0)


def _other_sheets(
    chosen: Sheet, others: list[str], named: str | None, file: str | None
) -> list[Problem]:
    if named is not None or not others:
        return []
    told = f"the sheet '{safe(tidy(chosen.name))}' was read; others: {some([*map(safe, others)])}"
    return [warning(told, "--sheet names another one", file=file, line=1, rule="sheet-chosen")]


def _errors(data: bytes, file: str | None) -> list[Problem]:
    """Warn of cells that show an error such as #NAME?: they arrive empty."""
    parts = [
        name
        for name in checked_names(data, file)
        if name.startswith("xl/worksheets/") or name == "content.xml"
    ]
    texts = entries_of(data, parts, file).values()
    cells = [found[0] for text in texts for found in _ERROR_CELL.finditer(text)]
    if not cells:
        return []
    named = [found for cell in cells if (found := _PLACE.search(cell))]
    line, column, where = 1, None, ""
    if named:
        where = f" ({some([(one[1] + one[2]).decode() for one in named])})"
        if len(parts) == 1:
            line, column = int(named[0][2]), _number(named[0][1])
    what = "a cell" if len(cells) == 1 else f"{len(cells):,} cells"
    verbs = ("shows", "it is") if len(cells) == 1 else ("show", "they are")
    told = (
        f"{what} of this workbook{where} {verbs[0]} an error such as #NAME?; "
        f"{verbs[1]} read as empty"
    )
    hint = "correct it in the spreadsheet"
    return [warning(told, hint, file=file, line=line, column=column, rule="csv-damaged")]


def _refused(text: str, hint: str, file: str | None) -> BadInput:
    return BadInput([error(text, hint, file=file, line=1, rule="workbook")])
