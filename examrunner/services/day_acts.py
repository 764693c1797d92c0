"""What the examiner does with the day as a whole, and with attempts that do not end as planned.

Each function asks the phase table, then saves one or a few events. Reasons are offered, never
demanded; what the public log needs is a code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from examrunner.domain.errors import Environment, Refused
from examrunner.domain.exam import events as ev
from examrunner.domain.exam.attempts import Attempt, attempt_id
from examrunner.domain.exam.events import Origin, Verdict
from examrunner.domain.exam.phases import OVER, Action, Phase, SessionPhase
from examrunner.domain.exam.rules import counted
from examrunner.storage.database.drafts import Draft

if TYPE_CHECKING:
    from examrunner.domain.draw.log import DrawLog
    from examrunner.services.desk import Desk

REDRAW = "void"
RETAKE = "retake"
"""Why a further attempt was granted."""
WHY = {
    "interrupted": "interrupted: alarm, power, noise",
    "illness": "illness",
    "not-eligible": "the student had not reviewed this paper",
    "import-error": "the list of reviews was wrong",
    "other": "another reason",
}
"""Codes of the public log for voiding, in the words of the screen."""


# --- the day -------------------------------------------------------------------------------


def suspend(desk: Desk, reason: str = "") -> None:
    """Let everything stand still; a running clock stops."""
    if desk.phase is not SessionPhase.OPEN:
        raise Refused(f"The day is {desk.phase}.", "Only a day that is open can be suspended.")
    drafts = [Draft(ev.Suspended(), reason or None)]
    busy = desk.under_way()
    if busy is not None and busy.phase is Phase.RUNNING:
        drafts.insert(0, Draft(ev.Paused(busy.id)))
    desk.write(drafts)


def go_on(desk: Desk) -> None:
    """Let the day go on; a paused clock waits for the examiner."""
    if desk.phase is not SessionPhase.SUSPENDED:
        raise Refused("The day is not suspended.")
    desk.write([Draft(ev.Continued())])


def note_incident(desk: Desk, words: str) -> None:
    """Put something on record that is no mark, with who was at the table.

    Raises Refused in a draft session.
    """
    if not words.strip():
        raise Refused("There is nothing to read in this.", "Nothing was saved.")
    busy = desk.under_way()
    desk.write([Draft(ev.Incident("", busy.student if busy else None), words)])


def move(desk: Desk, key: str, by: int) -> bool:
    """Move a student up (negative) or down among those who are still to come.

    Returns whether there was a place to move to. The draw is not touched: its odds follow the
    order that was committed.
    """
    if desk.phase in (SessionPhase.DRAFT, SessionPhase.CLOSED):
        raise Refused(f"The day is {desk.phase}: its order cannot be changed.")
    rows = desk.rows()
    waiting = [place for place, row in enumerate(rows) if not row.is_done]
    here = next((n for n, place in enumerate(waiting) if rows[place].key == key), None)
    if here is None or not 0 <= here + by < len(waiting):
        return False
    order = [row.key for row in rows]
    order.insert(waiting[here + by], order.pop(waiting[here]))
    desk.write([Draft(ev.Reordered(tuple(order)))])
    return True


@dataclass(frozen=True, slots=True)
class Open:
    """What is still open at the end of a day."""

    under_way: tuple[str, ...]
    to_come: tuple[str, ...]
    absent: tuple[str, ...]
    edges: tuple[str, ...]
    """Keys of students, in order."""
    waiting: int
    """How many events are not saved yet."""


def still_open(desk: Desk) -> Open:
    """Return what a complete day would not have."""
    rows = desk.rows()
    busy = desk.under_way()
    coming = (Phase.WAITING, Phase.POSTPONED)
    return Open(
        under_way=(busy.student,) if busy else (),
        to_come=tuple(row.key for row in rows if row.attempt.phase in coming),
        absent=tuple(row.key for row in rows if row.attempt.phase is Phase.ABSENT),
        edges=tuple(attempt.student for attempt in edges(desk)),
        waiting=desk.waiting.count,
    )


def edges(desk: Desk) -> list[Attempt]:
    """Return the attempts that count and whose verdict is edge, in the order of their students."""
    return [
        attempt
        for row in desk.rows()
        for attempt in counted(desk.settings.exam, row.attempts)
        if attempt is not None and attempt.verdict is Verdict.EDGE
    ]


def close(desk: Desk) -> None:
    """End the day: from here on no verdict changes. What is open stays open on record."""
    if desk.phase is not SessionPhase.OPEN:
        raise Refused(f"The day is {desk.phase}.", "Only a day that is open can be closed.")
    if desk.under_way() is not None:
        raise Refused("A student is with you.", "Finish that attempt first.")
    if desk.waiting:
        raise Refused("Not everything is saved yet.", "Close the day once it is.")
    desk.write([Draft(ev.Closed())])


def reopen(desk: Desk, reason: str = "") -> None:
    """Open a closed day again."""
    if desk.ledger is not None and desk.ledger.last("published") is not None:
        raise Refused("The draw of this day was published with its secret: it stays closed.")
    if desk.phase is not SessionPhase.CLOSED:
        raise Refused(f"The day is {desk.phase}, not closed.")
    desk.write([Draft(ev.Reopened(), reason or None)])


# --- attempts that do not end as planned ---------------------------------------------------


def void(
    desk: Desk,
    attempt: Attempt,
    why: str,
    *,
    exposed: bool = True,
    again: bool = True,
    reason: str = "",
) -> Attempt | None:
    """Let an attempt count no more; with `again` the student gets another one.

    `exposed` says that the student knows the paper: it is not drawn again. Returns the further
    attempt. Raises Environment where the secret of the draw is lost and the log cannot go on.
    """
    desk.demand(Action.VOID, attempt)
    if why not in WHY:
        raise Refused(f"{why!r} is no reason for the public log.", ", ".join(WHY))
    log, line = _voided_in_log(desk, attempt, why, exposed=exposed)
    drafts = [Draft(ev.Voided(attempt.id, why, exposed, line), reason or None)]
    further = _further(desk, attempt)
    if again:
        drafts.append(Draft(ev.Granted(further, REDRAW, attempt.id)))
    desk.write(drafts)
    if log is not None:
        desk.draw_log = log
    return desk.attempt(further) if again else None


def _voided_in_log(
    desk: Desk, attempt: Attempt, why: str, *, exposed: bool
) -> tuple[DrawLog | None, str | None]:
    """Return the public log with the draw taken back, and its line; only a draw has one."""
    if attempt.origin is not Origin.DRAWN or attempt.reading is None:
        return None, None
    log = desk.log().copy()
    draw = next(
        (
            one.n
            for one in log.draws
            if (one.student, one.attempt) == (attempt.student, attempt.number)
        ),
        None,
    )
    if draw is None:
        raise Environment("The public log does not hold this draw.", "doctor --deep says more.")
    return log, log.void(draw, [attempt.reading] if exposed else [], why).line


def retake(desk: Desk, attempt: Attempt) -> Attempt:
    """Let a student take an attempt again on another paper; its verdict then counts instead.

    Until the later one is decided the earlier verdict stands; both stay on record.
    """
    desk.demand(Action.RETAKE, attempt)
    if any(one.of == attempt.id for one in desk.attempts()):
        raise Refused("This attempt is taken again already.")
    if any(one.phase not in OVER for one in desk.row(attempt.student).attempts):
        raise Refused("Another attempt of this student is still to come.")
    why = REDRAW if attempt.phase is Phase.VOID else RETAKE
    further = _further(desk, attempt)
    desk.write([Draft(ev.Granted(further, why, attempt.id))])
    return desk.attempt(further)


def _further(desk: Desk, attempt: Attempt) -> str:
    numbers = [one.number for one in desk.row(attempt.student).attempts]
    return attempt_id(attempt.student, max(numbers) + 1)
