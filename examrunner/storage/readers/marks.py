"""What people write into a cell to say that a review was handed in, and when."""

from __future__ import annotations

import datetime as dt
import re

from examrunner.domain.text import tidy

_TIME = r"(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?.*)?"
_ISO = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})" + _TIME, re.ASCII)
_US = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})" + _TIME, re.ASCII)
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?\s*%?", re.ASCII)
_CENTURY = 100

_YES = frozenset(
    ("x", "xx", "y", "yes", "true", "ok", "done", "submitted", "reviewed", "complete", "completed",
     "pass", "\u2713", "\u2714", "\u2611", "\u2705", "*", "+")
)  # fmt: skip
_NO = frozenset(
    ("", "-", "--", "\u2013", "\u2014", "n", "no", "none", "false", "n/a", "na", "incomplete",
     "missing", "not submitted", "ex", "excused", "\u2717", "\u2718", "\u2610", "fail")
)  # fmt: skip


def day_of(text: str) -> dt.date | None:
    """Return the day in an ISO or US date, with or without a time; None for anything else.

    The day is the one written, in whatever time zone it was written.
    """
    text = tidy(text)
    if found := _ISO.fullmatch(text):
        year, month, day = int(found[1]), int(found[3]), int(found[4])
    elif found := _US.fullmatch(text):
        month, day, year = int(found[1]), int(found[2]), int(found[3])
        year += 2000 if year < _CENTURY else 0
    else:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def is_mark(text: str) -> bool | None:
    """Say whether a cell of a matrix means reviewed; None if it says neither."""
    key = tidy(text).casefold()
    if key in _YES:
        return True
    if key in _NO:
        return False
    if _NUMBER.fullmatch(key):
        return float(key.rstrip("% ").replace(",", ".")) > 0
    return True if day_of(key.upper()) else None
