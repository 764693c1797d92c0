"""Calendar files in UTC, and the order of the day for the door as text and as a page to print."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from examrunner.domain.text import long_date, safe
from examrunner.storage.writers.kit import templates

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PRODUCT = "-//examrunner//EN"
TEMPLATE = "door.html.j2"


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a calendar; times in UTC."""

    uid: str
    sequence: int
    begin: datetime
    end: datetime
    summary: str
    location: str = ""
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class DoorRow:
    """One line at the door: the place in the order, the time, and who it is."""

    number: int
    time: str
    who: str


def render_calendar(entries: Iterable[Entry], stamp: datetime) -> bytes:
    """Return a calendar that publishes these events: no attendees, nothing to answer."""
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for one in entries:
        event = Event()
        event.add("uid", one.uid)
        event.add("dtstamp", stamp)
        event.add("sequence", one.sequence)
        event.add("dtstart", one.begin)
        event.add("dtend", one.end)
        event.add("summary", safe(one.summary))
        if one.location:
            event.add("location", safe(one.location))
        if one.is_cancelled:
            event.add("status", "CANCELLED")
        calendar.add_component(event)
    data: bytes = calendar.to_ical()
    return data


def render_rows(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a table that is read back: exact."""
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\r\n").writerows([header, *rows])
    return stream.getvalue().encode("utf-8")


def door_text(title: str, on: date, zone: str, rows: Sequence[DoorRow]) -> bytes:
    """Return the order of the day as plain text."""
    lines = [title, f"{long_date(on)}, times in {zone}", ""]
    lines += [f"{one.number:>4}  {one.time}  {one.who}".rstrip() for one in rows]
    return "".join(f"{safe(line)}\n" for line in lines).encode("utf-8", "replace")


def door_page(title: str, on: date, zone: str, rows: Sequence[DoorRow]) -> bytes:
    """Return the order of the day as a page to print."""
    template = templates().get_template(TEMPLATE)
    when = f"{long_date(on)}, times in {zone}"
    return template.render(title=title, when=when, rows=rows).encode("utf-8", "replace")
