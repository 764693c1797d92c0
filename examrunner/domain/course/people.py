"""Students and their reviews."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

NO_EXTRA_TIME = Decimal(1)


@dataclass(frozen=True, slots=True)
class Student:
    """One row of the roster. Names are kept as given."""

    student_id: str
    name: str
    email: str | None = None
    canvas_id: str | None = None
    sis_id: str | None = None
    login: str | None = None
    section: str | None = None
    say_name: str | None = None
    """How to say the name."""
    photo: str | None = None
    extra_time: Decimal = NO_EXTRA_TIME
    """Factor on the time of the exam, e.g. 1.5."""
    stop_clock: bool = False
    written: bool = False
    """May read each question that is asked."""
    presented: tuple[str, ...] = ()
    """Ids of the readings that this student presented in class."""
    assigned: str | None = None
    """Id of the reading this student is examined on when nothing is drawn."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Review:
    """One student's submitted review of one reading."""

    student_id: str
    reading_id: str
    number: int | None = None
    submitted_on: date | None = None

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
