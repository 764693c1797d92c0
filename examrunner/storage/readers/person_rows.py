"""The rows of a class list or a review list that are about a person, and the file without them."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from examrunner.domain.problems import BadInput
from examrunner.storage.readers.columns import IDENTITY, field_of, is_known
from examrunner.storage.readers.tables import read_table, unwrapped

if TYPE_CHECKING:
    from collections.abc import Callable

BOM = b"\xef\xbb\xbf"
_SEPARATOR = re.compile(r"sep=[,;\t](?:\r\n|\r|\n|\Z)", re.IGNORECASE)


def without_rows(
    data: bytes, is_meant: Callable[[tuple[str, ...]], bool]
) -> tuple[bytes, int] | None:
    """Return a CSV file without some rows, and how many those were; None for no CSV file.

    `is_meant` is given what a row says about who it is about. The other rows and the header stay
    byte for byte.
    """
    try:
        table = read_table(data, known=is_known)
    except BadInput:
        return None
    text = data.decode("utf-8-sig")
    lines = list(io.StringIO(text, newline=""))
    skipped = 1 if _SEPARATOR.match(text) else 0
    kept, gone = lines[:skipped], 0
    for start, end, cells in _records(lines, table.delimiter, skipped):
        is_row = start + 1 > table.header_line and any(cell.strip() for cell in cells)
        if is_row and is_meant(_who(table.header, cells)):
            gone += 1
        else:
            kept += lines[start:end]
    mark = BOM if data.startswith(BOM) else b""
    return mark + "".join(kept).encode("utf-8"), gone


def _records(lines: list[str], delimiter: str, skipped: int) -> list[tuple[int, int, list[str]]]:
    """Return each record with the places of its first line and of the line after it."""
    reader = csv.reader(iter(lines[skipped:]), delimiter=delimiter, strict=True)
    records = []
    start = skipped
    for cells in reader:
        end = skipped + reader.line_num
        records.append((start, end, cells))
        start = end
    return records


def _who(header: tuple[str, ...], cells: list[str]) -> tuple[str, ...]:
    """Return what a row says about who it is about, last and first name as one text."""
    texts: list[str] = []
    names: dict[str, str] = {}
    for title, cell in zip(header, cells, strict=False):
        field = field_of(title)
        text = unwrapped(cell).strip()
        if field in ("last", "first"):
            names[field] = text
        elif text and (field in IDENTITY or field == "sortable"):
            texts.append(text)
    whole = ", ".join(text for text in (names.get("last"), names.get("first")) if text)
    return (*texts, whole) if whole else tuple(texts)
