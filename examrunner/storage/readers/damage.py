"""What spreadsheets do to ids: powers of ten, dates, formula errors, lost zeros and decimals."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from examrunner.domain.problems import Problem, warning
from examrunner.storage.readers.marks import day_of

if TYPE_CHECKING:
    from collections.abc import Sequence

DAMAGED, SHORT, GROUPED = "csv-damaged-id", "csv-short-id", "csv-grouped-id"
"""Rules: an id that is none any more, ids that may lack a zero, one whose digits are in groups."""
AGAIN = "export the file again and do not save it in a spreadsheet"

_POWER = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
_MONTH = (
    r"(?:jan|feb|mar|m\u00e4r|mrz|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-z\u00e4]{0,6}"
)
_DAY = re.compile(
    rf"\d{{1,2}}(?:-|\. ?){_MONTH}(?:[- ]\d{{2,4}})?|{_MONTH}-\d{{2,4}}|"
    r"\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})",
    re.IGNORECASE,
)
_FAULT = re.compile(r"#(?:NAME\?|REF!|VALUE!|DIV/0!|NULL!|NUM!|N/A)|#{3,}", re.IGNORECASE)
_DECIMALS = re.compile(r"\d{4,}[.,]\d{1,2}")
_GROUPS = re.compile(r"\d{1,3}(?:[.,]\d{3}){2,}")
_LONG_ID = 6
_ZEROS = 2
"""So many zeros at the front are looked for."""


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
    ids: Sequence[str],
    lines: Sequence[int],
    column: int,
    file: str | None,
    *,
    may_begin_with_zero: bool = True,
) -> list[Problem]:
    """Warn of ids, each on its line, that a spreadsheet has spoilt; empty cells are passed over."""
    found = []
    if not "".join(ids).isalnum():
        told = [(text, line) for text, line in zip(ids, lines, strict=True) if not text.isalnum()]
        for text, line in told:
            rule, what = DAMAGED, damage_of(text)
            if what is None and _GROUPS.fullmatch(text):
                rule, what = GROUPED, "its digits were put into groups"
            if what is not None:
                said = f"{text} looks damaged by a spreadsheet: {what}"
                place = column + 1
                found.append(warning(said, AGAIN, file=file, line=line, column=place, rule=rule))
    return found + (_lost_zeros(ids, lines, column, file) if may_begin_with_zero else [])


def _lost_zeros(
    ids: Sequence[str], lines: Sequence[int], column: int, file: str | None
) -> list[Problem]:
    """Warn of numbers that are shorter than others, unless they run on, as 99999 and 100000 do."""
    joined = "".join(ids)
    if not (joined.isascii() and joined.isdigit()):
        return []
    lengths = Counter(map(len, ids))
    del lengths[0]
    longest = max(lengths)
    usual = range(longest - _ZEROS, longest + 1)
    if longest < _LONG_ID or longest - 1 not in lengths or any(one not in usual for one in lengths):
        return []
    numbers = [int(text) for text in set(ids) if text]
    if max(numbers) < 2 * min(numbers):
        return []
    place = next(place for place, text in enumerate(ids) if 0 < len(text) < longest)
    short = lengths.total() - lengths[longest]
    return [
        warning(
            f"{short} of the ids, {ids[place]} first, are shorter than the others: "
            "a spreadsheet may have dropped zeros at the front",
            "compare them with the source of the file",
            file=file,
            line=lines[place],
            column=column + 1,
            rule=SHORT,
        )
    ]
