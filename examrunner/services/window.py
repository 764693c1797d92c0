"""What the student may see in the second window: paper, time and, where allowed, the question."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from examrunner.domain.exam.attempts import last_mark
from examrunner.domain.exam.phases import Phase, SessionPhase
from examrunner.domain.exam.rules import allowance
from examrunner.services import draws

if TYPE_CHECKING:
    from collections.abc import Iterable

    from examrunner.domain.exam.attempts import Attempt
    from examrunner.domain.exam.chain import Event
    from examrunner.services.desk import Desk


class Stage(StrEnum):
    """How far what the student sees has come."""

    WAIT = "wait"
    """Nobody's paper is revealed: between two students, and before the reveal."""
    SUSPENDED = "suspended"
    OVER = "over"
    """The session is closed."""
    READY = "ready"
    """The paper is revealed, the clock does not run yet."""
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


STAGES = {
    Phase.REVEALED: Stage.READY,
    Phase.RUNNING: Stage.RUNNING,
    Phase.PAUSED: Stage.PAUSED,
    Phase.STOPPED: Stage.STOPPED,
}
"""The phases in which the student with the examiner knows the paper."""
STANDSTILL = {SessionPhase.SUSPENDED: Stage.SUSPENDED, SessionPhase.CLOSED: Stage.OVER}


@dataclass(frozen=True, slots=True)
class View:
    """Everything that the window shows. Names, marks, notes and odds have no place here."""

    stage: Stage
    title: str = ""
    authors: str = ""
    left: float | None = None
    """Seconds left, negative once time is up; None without a limit."""
    seconds: int | None = None
    """Seconds allowed."""
    question: str = ""
    """Empty while the clock stands, and where neither session nor student has it in writing."""


def view_of(desk: Desk) -> View:
    """Return what the student sees now."""
    standstill = STANDSTILL.get(desk.phase)
    if standstill is not None:
        return View(standstill)
    attempt = desk.under_way()
    stage = STAGES.get(attempt.phase) if attempt else None
    if attempt is None or stage is None or attempt.from_paper is not None:
        return View(Stage.WAIT)  # what is keyed in from paper has no student before the screen
    reading = desk.stored_session().reading(attempt.reading or "")
    seconds, left = attempt.clock.seconds, attempt.clock.left(desk.clock.now())
    if stage is Stage.READY:
        seconds = allowance(desk.settings.exam, desk.row(attempt.student).student)
        left = seconds
    return View(
        stage,
        title=reading.title,
        authors=reading.authors or "",
        left=left,
        seconds=seconds,
        question=_question(desk, attempt) if stage is Stage.RUNNING else "",
    )


def _question(desk: Desk, attempt: Attempt) -> str:
    student = desk.row(attempt.student).student
    if not (desk.settings.second_window.question or student.written):
        return ""
    current = current_question(attempt, desk.events(attempt.id))
    return next((one.say for one in draws.sheet(desk, attempt) if one.id == current), "")


def current_question(attempt: Attempt, events: Iterable[Event]) -> str | None:
    """Return the id of the question that is asked, as far as the record tells; None: none is left.

    It is the one of the last mark, at first the sheet's first one. Once that is rated or not asked
    it is the next open one, as on the sheet. Where the examiner looks is on no record: a question
    asked out of order shows with its first mark.
    """
    asked = attempt.questions
    open_ones = [one.id for one in asked if one.rating is None and one.not_asked is None]
    mark = last_mark(events)
    last = getattr(mark.what, "question", None) if mark else None
    if last is None or last in open_ones:
        return last or next(iter(open_ones), None)
    ids = [one.id for one in asked]
    later = ids[ids.index(last) + 1 :] if last in ids else ids
    return next((one for one in [*later, *ids] if one in open_ones), None)
