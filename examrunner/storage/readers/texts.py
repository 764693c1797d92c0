"""One text to one number, date, time or choice, by strict patterns.

A reader raises ValueError(what is wanted, hint).
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_TEXT = 4_000
"""Characters in one text of a bank, a course or a session file: more fills any screen."""
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,8})")
_ZEROS = re.compile(r"0[0-9]{1,9}")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,8})(?:\.[0-9]{1,6})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?")
_TALK = re.compile(r"([0-9]{1,3})(?::([0-5][0-9]))?")


def as_text(text: str) -> str:
    """Return the text, unless it is longer than any screen could show."""
    if len(text) > MAX_TEXT:
        raise ValueError(f"a text of at most {MAX_TEXT:,} characters", "split or shorten it")
    return text


def as_whole(text: str) -> int:
    """Return a whole number of at most nine digits."""
    if not _WHOLE.fullmatch(text):
        raise ValueError("a whole number", _whole_hint(text))
    return int(text)


def _whole_hint(text: str) -> str:
    """Return what to write in place of a text that is no whole number."""
    if _ZEROS.fullmatch(text):
        return f"write {text.lstrip('0') or '0'}, without a leading zero"
    if talk := _TALK.fullmatch(text):
        return f"digits only: {text} in seconds is {int(talk[1]) * 60 + int(talk[2] or 0)}"
    return "digits only, without a leading zero"


def as_decimal(text: str) -> Decimal:
    """Return a number that may have decimals."""
    if not _DECIMAL.fullmatch(text):
        raise ValueError("a number", "such as 2 or 1.5, with a point")
    return Decimal(text)


def as_yes(text: str) -> bool:
    """Return true or false."""
    if text not in ("true", "false"):
        raise ValueError("true or false", "")
    return text == "true"


def as_date(text: str) -> date:
    """Return a day written as year-month-day."""
    try:
        return date.fromisoformat(_match(_DATE, text)[0])
    except ValueError:
        raise ValueError("a date", "written as 2024-12-13") from None


def as_time(text: str) -> time:
    """Return a time of day on the 24-hour clock."""
    try:
        hour, minute, second = _match(_TIME, text).groups()
    except ValueError:
        raise ValueError("a time of day", "written as 09:30, up to 23:59") from None
    return time(int(hour), int(minute), int(second or 0))


def as_talk_time(text: str) -> timedelta:
    """Return a length of time written as minutes, or as minutes:seconds."""
    try:
        minutes, seconds = _match(_TALK, text).groups()
    except ValueError:
        raise ValueError("minutes", "written as 5, or 4:25 with seconds") from None
    return timedelta(minutes=int(minutes), seconds=int(seconds or 0))


def as_choice(kind: Any, text: str) -> Any:
    """Return a member of an enum."""
    if not (isinstance(kind, type) and issubclass(kind, Enum)):
        raise TypeError(f"no reader for {kind}")
    values = [str(item.value) for item in kind]
    if text not in values:
        near = difflib.get_close_matches(text.lower(), values, n=1)
        hint = f"did you mean `{near[0]}`?" if near else ""
        raise ValueError(f"one of {', '.join(values)}", hint)
    return kind(text)


def _match(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    found = pattern.fullmatch(text)
    if found is None:
        raise ValueError
    return found


READERS: dict[Any, Callable[[str], Any]] = {
    str: as_text,
    int: as_whole,
    Decimal: as_decimal,
    bool: as_yes,
    dt.date: as_date,
    dt.time: as_time,
    dt.timedelta: as_talk_time,
}
