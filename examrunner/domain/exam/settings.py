"""The settings of a session. Every one has a default."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum
from typing import ClassVar

from examrunner.domain.bank.banks import State
from examrunner.domain.course.catalogue import ReviewRules

FORBID: dict[str, str] = {"extra": "forbid"}
AUTO = "auto"
NO_PUBLIC_SOURCE = "none"
REHEARSAL = "rehearsal"
"""The kind of a session in which nobody is examined: its verdicts are made up."""


class WithoutBank(StrEnum):
    """What happens to a reading that has no bank."""

    FALLBACK = "fallback"
    EXCLUDE = "exclude"
    REFUSE = "refuse"


class VerdictRule(StrEnum):
    """Whether an attempt needs a verdict."""

    REQUIRED = "required"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Window:
    """The hours of the exam day, in local time."""

    start: time
    end: time
    timezone: str = "UTC"

    __pydantic_config__: ClassVar[dict[str, str]] = FORBID


@dataclass(frozen=True, slots=True)
class Break:
    """A planned break of the exam day, in local time."""

    at: time
    minutes: timedelta
    """Its length, written as `10` or `7:30`."""

    __pydantic_config__: ClassVar[dict[str, str]] = FORBID


@dataclass(frozen=True, slots=True)
class ExamRules:
    """When, how long, and for how many points."""

    date: dt.date | None = None
    window: Window | None = None
    """Without a window nothing is ever behind."""
    minutes: timedelta | None = timedelta(minutes=5)
    """Time of one attempt, written as `5` or `4:25`; None (`none`) means no time limit."""
    changeover_seconds: int = 40
    breaks: tuple[Break, ...] = ()
    """Planned breaks within the window; no student is planned to be there during one."""
    reserve: int = 0
    """So many slots at the end of the window are kept free: latecomers, retakes, voids."""
    absent_after: timedelta | None = None
    """Who was called and is not here so long after call and planned time may be marked absent.

    It is offered then, never done; None: it is never offered.
    """
    papers_per_student: int = 1
    points: tuple[tuple[str, int], ...] = (("pass", 10), ("fail", 0))
    """Verdict to points. A verdict that is not named here gives no score."""
    verdict: VerdictRule = VerdictRule.REQUIRED
    anchor_every: int = 0
    """After so many students the examiner's own earlier verdicts are recalled; 0: never."""

    __pydantic_config__: ClassVar[dict[str, str]] = FORBID


@dataclass(frozen=True, slots=True)
class EligibleRules:
    """Which reviewed readings may be drawn."""

    types: tuple[str, ...] = ("paper", "blog")
    exclude_presented: bool = True

    __pydantic_config__: ClassVar[dict[str, str]] = FORBID


@dataclass(frozen=True, slots=True)
class DrawRules:
    """How papers are drawn."""

    spacing: str = AUTO
    """h of examrunner-draw/1 as digits, or `auto`; 0 is the plain uniform draw."""
    public: str = NO_PUBLIC_SOURCE
    """Words that say how the public value P is obtained; `none`: there is none."""
    spoken_number: bool = False
    """Each student says a number that takes part in the own draw, and that nobody can foresee."""

    __pydantic_config__: ClassVar[dict[str, str]] = FORBID


class Absent(StrEnum):
    """What an export writes for a student who was absent."""

    BLANK = "blank"
    """Nothing: the student is left out, and a blank is never a zero."""
    ZERO = "zero"
    EXCUSED = "excused"


@dataclass(frozen=True, slots=True)
class ExportRules:
    """What exports write where there is no verdict."""

    absent: Absent = Absent.BLANK

    __pydantic_config__: ClassVar[dict[str, str]] = FORBID


@dataclass(frozen=True, slots=True)
class SecondWindow:
    """What the student's second window shows beside paper and time."""

    question: bool = False
    """Also the question that is asked, as far as the marks tell which one that is."""

    __pydantic_config__: ClassVar[dict[str, str]] = FORBID


@dataclass(frozen=True, slots=True)
class Settings:
    """session.yaml."""

    session: str
    kind: str = "exam"
    course: str | None = None
    """Path of course.yaml; without it the titles in the reviews are the readings."""
    banks: tuple[str, ...] = ()
    """Folders with banks; the first that has a reading's bank wins."""
    exam: ExamRules = ExamRules()
    eligible: EligibleRules = EligibleRules()
    reviews: ReviewRules | None = None
    """None: the course's rules."""
    sheet: tuple[tuple[str, int], ...] = (
        ("opening", 1),
        ("core", 1),
        ("detail", 1),
        ("critique", 1),
    )
    """How many questions of each kind, in the order they are asked."""
    questions: State = State.DRAFT
    """Lowest state of a question that may be drawn."""
    without_bank: WithoutBank = WithoutBank.FALLBACK
    draw: DrawRules = DrawRules()
    second_window: SecondWindow = SecondWindow()
    export: ExportRules = ExportRules()
    database: str = "exam.db"

    __pydantic_config__: ClassVar[dict[str, str]] = FORBID

    @property
    def is_rehearsal(self) -> bool:
        """Whether nobody is really examined."""
        return self.kind == REHEARSAL
