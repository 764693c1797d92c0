"""CSV bytes as a table of text cells that knows the line of every row.

Rows are read by position: real exports repeat header names and leave rows short, and both must
stay visible to the reader of the file. What cannot be read at all is raised as BadInput.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.domain.problems import BadInput, Problem, error
from examrunner.domain.text import bad_character, counted, name_of, tidy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MAX_BYTES = 20_000_000
MAX_LINES = 200_000
MAX_CELLS = 2_000_000
MAX_COLUMNS = 5_000
MAX_LENGTH = 1_000
"""Characters in a name or a title; a cell that may list several takes ten times as many."""
MAX_PROBLEMS = 100
"""So many problems of one kind are told of: nobody reads more."""
HEAD = 1_000_000
"""The header is looked for in so many characters."""
DELIMITERS = (",", ";", "\t")
BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
SPREADSHEETS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08", b"\xd0\xcf\x11\xe0")
"""First bytes of workbooks: xlsx, ods and numbers, which are zip archives, and the older xls."""
SAVE_AS_CSV = "this is a spreadsheet; save it as CSV"
WRONG_FILE = "is this the right file?"

_SEPARATOR_LINE = re.compile(r"sep=([,;\t])(?:\r\n|\r|\n|\Z)", re.IGNORECASE)
_LINE_ENDS = re.compile(rb"\r\n|\r|\n")
_FORMULA_TEXT = re.compile(r'="((?:[^"]|"")*)"')
_MOSTLY_ZERO = 4
_LOOSE = ("  ", "\n ", " \n", "\t")
"""White space in lines of ASCII that is more than one blank between two words."""


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row as they stand in the file, and the line on which the row begins."""

    line: int
    cells: tuple[str, ...]

    def cell(self, index: int | None) -> str:
        """Return a cell without surrounding and doubled white space; empty where there is none."""
        if index is None or index >= len(self.cells):
            return ""
        return tidy(self.cells[index])

    def is_blank(self) -> bool:
        """Say whether no cell holds anything."""
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True)
class Table:
    """A header and the records below it that hold anything, each with its line."""

    header: tuple[str, ...]
    header_line: int
    records: Sequence[Sequence[str]]
    lines: Sequence[int]
    delimiter: str = ","
    file: str | None = None

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The records as rows that know their line."""
        pairs = zip(self.lines, self.records, strict=True)
        return tuple(Row(line, tuple(cells)) for line, cells in pairs)

    def row(self, place: int) -> Row:
        """Return one record, counted from 0, as a row."""
        return Row(self.lines[place], tuple(self.records[place]))

    @cached_property
    def _columns(self) -> dict[int, list[str]]:
        return {}

    def column(self, index: int) -> list[str]:
        """Return the cells below one header as they stand; a short row gives an empty one."""
        if index not in self._columns:
            try:
                found = [cells[index] for cells in self.records]
            except IndexError:
                found = [cells[index] if index < len(cells) else "" for cells in self.records]
            self._columns[index] = found
        return self._columns[index]

    def fits(self, row: Row) -> bool:
        """Say whether a row has a cell for each header and nothing beyond."""
        width = len(self.header)
        return len(row.cells) >= width and not any(cell.strip() for cell in row.cells[width:])

    def ragged(self, rows: Iterable[Row] | None = None) -> list[Problem]:
        """Report rows, of all or of the given ones, that do not fit the header."""
        if set(map(len, self.records)) == {len(self.header)}:
            return []
        found = (
            error(
                f"{counted(len(row.cells), 'cell')} in this row, {len(self.header)} in the header",
                "a text that holds the separator needs double quotes around it; "
                "empty cells need their separators",
                file=self.file,
                line=row.line,
                rule="csv-ragged",
            )
            for row in (self.rows if rows is None else rows)
            if not self.fits(row)
        )
        return list(islice(found, MAX_PROBLEMS))

    def bad_cells(self, columns: Iterable[int], *, newlines: bool = False) -> list[Problem]:
        """Report cells of these columns that hold a control or hidden character, or too much."""
        wanted = [index for index in sorted(set(columns)) if not self._is_harmless(index)]
        if not wanted:
            return []
        header = Row(self.header_line, tuple(" ".join(cell.split()) for cell in self.header))
        found = (
            problem
            for row in (header, *self.rows)
            for index in wanted
            if (problem := self._bad_cell(row, index, newlines=newlines))
        )
        return list(islice(found, MAX_PROBLEMS))

    def _is_harmless(self, index: int) -> bool:
        """Say whether a whole column, seen at once, holds nothing that could be bad."""
        cells, title = self.column(index), self.header[index]
        if max(len(title), max(map(len, cells), default=0)) > MAX_LENGTH:
            return False
        return is_plain(f"{title}{''.join(cells)}")

    def _bad_cell(self, row: Row, index: int, *, newlines: bool) -> Problem | None:
        text = row.cells[index] if index < len(row.cells) else ""
        if newlines:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        most = MAX_LENGTH * 10 if newlines else MAX_LENGTH
        character = bad_character(text, newlines=newlines)
        if character is not None:
            what = "a line break" if character in "\r\n" else name_of(character)
            hint, rule = "delete it and save the file again", "csv-character"
        elif len(text) > most:
            what = f"a text of {len(text):,} characters"
            hint, rule = f"shorten it: {most:,} is the most", "csv-long"
        else:
            return None
        return error(
            f"{what} stands in column {index + 1}{self._titled(index)}",
            hint,
            file=self.file,
            line=row.line,
            column=index + 1,
            rule=rule,
        )

    def _titled(self, index: int) -> str:
        title = tidy(self.header[index])[:60] if index < len(self.header) else ""
        return f" ({title})" if title and bad_character(title) is None else ""


def is_archive(data: bytes) -> bool:
    """Say whether bytes begin like a zip archive or an older workbook."""
    return data.startswith(SPREADSHEETS)


def bytes_of(source: bytes | Path, file: str | None = None) -> bytes:
    """Return the bytes of a file or the bytes given, unless there are too many of them."""
    try:
        if isinstance(source, Path):
            with source.open("rb") as stream:
                data = stream.read(MAX_BYTES + 1)
        else:
            data = source
    except OSError as fault:
        reason = fault.strerror or type(fault).__name__
        raise BadInput([error(f"cannot be read: {reason}", file=file, rule="csv")]) from fault
    if len(data) > MAX_BYTES:
        text = f"the file is larger than {MAX_BYTES // 1_000_000} MB"
        raise BadInput([error(text, WRONG_FILE, file=file, line=1, rule="csv")])
    return data


def read_table(
    source: bytes | Path,
    file: str | None = None,
    *,
    known: Callable[[str], bool] = lambda _: False,
) -> Table:
    """Read a CSV file whose separator is a comma, a semicolon or a tab.

    `known` says of a header cell whether the caller has a use for it; the separator is the one
    that gives the most such cells, then the most cells.
    """
    if file is None and isinstance(source, Path):
        file = str(source)
    text = _decoded(bytes_of(source, file), file)
    _demand_size(text, file)
    if named := _SEPARATOR_LINE.match(text):
        delimiter, start = named[1], named.end()
    else:
        delimiter, start = max(DELIMITERS, key=lambda choice: _fit(text, choice, known)), 0
    records, lines = _records(text[start:], delimiter, file, skipped=int(start > 0))
    table = _table(records, lines, delimiter, file)
    _demand_no_nul(text, table)
    return table


def unwrapped(cell: str) -> str:
    """Return what stands inside `="..."`, which guards a text against spreadsheets."""
    inside = _FORMULA_TEXT.fullmatch(cell.strip())
    return inside[1].replace('""', '"') if inside else cell


def is_plain(text: str) -> bool:
    """Say whether a text holds no character that is not let in; a large one is no dearer."""
    if text.isascii():
        return text.isprintable()
    return bad_character("".join(set(text))) is None


def tidied(cells: list[str]) -> list[str]:
    """Return the cells of a column, each tidied as `Row.cell` does.

    A column of ASCII is looked at as a whole first. Cells with a control character, which are
    refused in any case, may stay as they are.
    """
    joined = "\n".join(["", *cells, ""])
    if joined.isascii() and not any(loose in joined for loose in _LOOSE):
        return cells
    return [tidy(cell) for cell in cells]


def all_unwrapped(cells: list[str]) -> list[str]:
    """Return the cells of a column, each unwrapped."""
    return [unwrapped(cell) for cell in cells] if '="' in "".join(cells) else cells


def _decoded(data: bytes, file: str | None) -> str:
    if is_archive(data):
        text = "this is not a CSV file"
        raise BadInput([error(text, SAVE_AS_CSV, file=file, line=1, rule="csv-encoding")])
    if data.startswith(BYTE_ORDER_MARKS) or data.count(0) * _MOSTLY_ZERO > len(data):
        raise _not_utf8("UTF-16", 1, file)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = len(_LINE_ENDS.findall(data[: fault.start])) + 1
        raise _not_utf8("Latin-1 or Windows-1252", line, file) from fault


def _demand_size(text: str, file: str | None) -> None:
    """Raise BadInput for more than any class has, before time and memory are spent on it."""
    lines = text.count("\n") or text.count("\r")
    cells = lines + max(text.count(choice) for choice in DELIMITERS)
    for count, most, what in ((lines, MAX_LINES, "lines"), (cells, MAX_CELLS, "cells")):
        if count > most:
            told = f"the file has more than {most:,} {what}"
            raise BadInput([error(told, WRONG_FILE, file=file, line=1, rule="csv")])


def _not_utf8(guess: str, line: int, file: str | None) -> BadInput:
    return BadInput(
        [
            error(
                f"the text is not UTF-8; it looks like {guess}",
                "save it as 'CSV UTF-8'",
                file=file,
                line=line,
                rule="csv-encoding",
            )
        ]
    )


def _fit(text: str, delimiter: str, known: Callable[[str], bool]) -> tuple[int, int]:
    reader = csv.reader(io.StringIO(text[:HEAD], newline=""), delimiter=delimiter)
    try:
        first = next((cells for cells in reader if any(cell.strip() for cell in cells)), [])
    except csv.Error:
        return (0, 0)
    return (sum(known(cell) for cell in first[:MAX_COLUMNS]), len(first))


def _records(
    text: str, delimiter: str, file: str | None, skipped: int = 0
) -> tuple[list[list[str]], Sequence[int]]:
    """Return the records that hold anything, and the line on which each begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: Sequence[int] = ()
    try:
        records = list(reader)
        lines = range(skipped + 1, skipped + 1 + len(records))
    except csv.Error:
        records = []
    if not records or reader.line_num != len(records):
        records, lines = _line_by_line(text, delimiter, file, skipped)
    blank = {
        place
        for place, cells in enumerate(records)
        if not (cells and cells[0]) and not any(cell.strip() for cell in cells)
    }
    if not blank:
        return records, lines
    kept = [place for place in range(len(records)) if place not in blank]
    return [records[place] for place in kept], [lines[place] for place in kept]


def _line_by_line(
    text: str, delimiter: str, file: str | None, skipped: int
) -> tuple[list[list[str]], list[int]]:
    """Return all records where some take several lines. Raises BadInput with the line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records, lines = [], []
    line = skipped + 1
    try:
        for cells in reader:
            records.append(cells)
            lines.append(line)
            line = skipped + reader.line_num + 1
    except csv.Error as fault:
        raise BadInput([_csv_problem(str(fault), line, file)]) from fault
    return records, lines


def _csv_problem(fault: str, line: int, file: str | None) -> Problem:
    if "field limit" in fault:
        text = f"a cell is longer than {csv.field_size_limit():,} characters"
        return error(text, "a quote may be missing", file=file, line=line, rule="csv")
    if "unexpected end" in fault:
        text, hint = "a quote is opened in this row and never closed", 'write " inside quotes as ""'
    else:
        text, hint = f"the quotes of this row do not match ({fault})", 'write " inside quotes as ""'
    return error(text, hint, file=file, line=line, rule="csv-quote")


def _table(
    records: list[list[str]], lines: Sequence[int], delimiter: str, file: str | None
) -> Table:
    if not records:
        raise BadInput([error("the file is empty", file=file, line=1, rule="csv")])
    header = records[0]
    if len(header) > MAX_COLUMNS:
        told = f"the header has more than {MAX_COLUMNS:,} cells"
        raise BadInput([error(told, WRONG_FILE, file=file, line=lines[0], rule="csv")])
    return Table(tuple(header), lines[0], records[1:], lines[1:], delimiter, file)


def _demand_no_nul(text: str, table: Table) -> None:
    if "\0" not in text:
        return
    found = (
        error(
            f"a NUL byte stands in column {index + 1}",
            "this is no text file, or it was damaged",
            file=table.file,
            line=row.line,
            column=index + 1,
            rule="csv-character",
        )
        for row in (Row(table.header_line, table.header), *table.rows)
        for index, cell in enumerate(row.cells)
        if "\0" in cell
    )
    if nul := list(islice(found, MAX_PROBLEMS)):
        raise BadInput(nul)
