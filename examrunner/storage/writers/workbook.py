"""A workbook for people. No text of it is ever a formula, a number or a link."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from examrunner.storage.writers.score_tables import Value

LONGEST = 32_767
"""Characters that a cell of a workbook holds."""
AS_THEY_ARE = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_WIDEST = 60


def render_workbook(title: str, header: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """Return an xlsx file of one sheet: numbers as numbers, every text as text."""
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, AS_THEY_ARE)
    sheet = book.add_worksheet(title)
    bold = book.add_format({"bold": True})
    widths = [len(text) for text in header]
    for place, text in enumerate(header):
        sheet.write_string(0, place, text, bold)
    for number, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            _write(sheet, number, place, value)
            widths[place] = max(widths[place], len(str(value or "")))
    for place, width in enumerate(widths):
        sheet.set_column(place, place, min(width, _WIDEST) + 1)
    sheet.freeze_panes(1, 0)
    book.close()
    return stream.getvalue()


def _write(sheet: Any, row: int, place: int, value: Value) -> None:
    match value:
        case None:
            return
        case str():
            sheet.write_string(row, place, value[:LONGEST])
        case dt.date():
            sheet.write_string(row, place, value.isoformat())
        case Decimal():
            sheet.write_number(row, place, float(value))
        case _:
            sheet.write_number(row, place, value)
