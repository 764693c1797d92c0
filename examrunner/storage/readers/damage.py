"""What spreadsheets do to ids: powers of ten, dates, formula errors, lost zeros and decimals."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from examrunner.domain.problems import Problem, warning
from examrunner.storage.readers.marks import day_of

if TYPE_CHECKING:
    from collections.abc import Sequence

DAMAGED, SHORT = "csv-damaged-id", "csv-short-id"
"""Rules: an id that is none any more, and ids that may have lost a zero."""
AGAIN = "export the file again and do not save it in a spreadsheet"

_POWER = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DAY = re.compile(rf"\d{{1,2}}-{_MONTH}(?:-\d{{2,4}})?|{_MONTH}-\d{{2,4}}", re.IGNORECASE)
_FAULT = re.compile(r"#(?:NAME\?|REF!|VALUE!|DIV/0!|NULL!|NUM!|N/A)|#{3,}", re.IGNORECASE)
_DECIMALS = re.compile(r"\d{4,}[.,]\d{1,2}")
_LONG_ID = 6
_FEW = 4


def damage_of(text: str) -> str | None:
    """Return what a spreadsheet has made of an id, in words; None for one that it left alone."""
    if _POWER.fullmatch(text):
        return "it was a longer number"
    if _FAULT.fullmatch(text):
        return "it shows an error instead of what stood there"
    if _DAY.fullmatch(text) or day_of(text):
        return "it was made a date"
    if _DECIMALS.fullmatch(text):
        return "it was made a number with decimals"
    return None


def damaged_ids(
    ids: Sequence[str], lines: Sequence[int], column: int, file: str | None
) -> list[Problem]:
    """Warn of ids, each on its line, that a spreadsheet has spoilt; empty cells are passed over."""
    found = []
    if not "".join(ids).isalnum():
        found = [
            warning(
                f"{text} looks damaged by a spreadsheet: {what}",
                AGAIN,
                file=file,
                line=line,
                column=column + 1,
                rule=DAMAGED,
            )
            for text, line in zip(ids, lines, strict=True)
            if not text.isalnum() and (what := damage_of(text))
        ]
    return found + _lost_zeros(ids, lines, column, file)


def _lost_zeros(
    ids: Sequence[str], lines: Sequence[int], column: int, file: str | None
) -> list[Problem]:
    joined = "".join(ids)
    if not (joined.isascii() and joined.isdigit()):
        return []
    lengths = Counter(map(len, ids))
    del lengths[0]
    usual, count = lengths.most_common(1)[0]
    short = lengths[usual - 1]
    others = lengths.total() - count
    if usual < _LONG_ID or not short or others != short or count < _FEW * short:
        return []
    place = next(place for place, text in enumerate(ids) if len(text) == usual - 1)
    return [
        warning(
            f"{short} of the ids, {ids[place]} first, are one digit shorter than the others: "
            "a spreadsheet may have dropped a leading zero",
            "compare them with the source of the file",
            file=file,
            line=lines[place],
            column=column + 1,
            rule=SHORT,
        )
    ]
