"""A course: its readings, its calendar and its review rules."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from examrunner.domain.bank.banks import Bank


@dataclass(frozen=True, slots=True)
class Reading:
    """One item of the reading list; a paper where it may be drawn."""

    id: str
    title: str
    type: str = "paper"
    """paper, blog, video, book, ...: which of them may be drawn is a session's setting."""
    reviewable: bool = True
    also_titled: tuple[str, ...] = ()
    """Other full titles under which the same reading is known."""
    aliases: tuple[str, ...] = ()
    """Short names that mean this reading and no other, e.g. `LoRA`."""
    authors: str | None = None
    year: int | None = None
    venue: str | None = None
    arxiv: str | None = None
    doi: str | None = None
    url: str | None = None
    section: str | None = None
    """Heading of the reading list under which it stands."""
    note: str | None = None
    unverified: tuple[str, ...] = ()
    """Fields that rest on general knowledge only."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class CalendarItem:
    """One thing that happens on a day of the course."""

    title: str
    type: str = "paper"
    reading: str | None = None
    """The id of the reading that is discussed, if it is one."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day of the course."""

    date: dt.date
    items: tuple[CalendarItem, ...] = ()

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class ReviewRules:
    """How many reviews a student owes. None means that no such rule applies."""

    required: int | None = None
    from_calendar: int | None = None
    """At least so many of them are of readings on the calendar."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Course:
    """The catalogue of readings and the course's review rules."""

    id: str
    title: str = ""
    number: str | None = None
    term: str | None = None
    institution: str | None = None
    reviews: ReviewRules = ReviewRules()
    calendar: tuple[CalendarDay, ...] = ()
    readings: tuple[Reading, ...] = ()
    fallback: Bank | None = None
    """Questions for a reading without a bank. None: the ones that the program brings."""
    course_version: int = 1

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    def calendar_ids(self) -> frozenset[str]:
        """Return the ids of the reviewable readings on the calendar."""
        reviewable = {reading.id for reading in self.readings if reading.reviewable}
        named = {item.reading for day in self.calendar for item in day.items if item.reading}
        return frozenset(named & reviewable)

    def by_id(self) -> dict[str, Reading]:
        """Return the readings by id."""
        return {reading.id: reading for reading in self.readings}
