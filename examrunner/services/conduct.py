"""What the examiner does with one attempt, from the call to the verdict.

Each function asks the phase table, then saves one or a few events. All raise Refused where the
phase forbids it and NotSaved where the disk does not take it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.errors import Environment, Refused
from examrunner.domain.exam import events as ev
from examrunner.domain.exam.attempts import last_mark, last_undone
from examrunner.domain.exam.phases import Action, Phase, allowed
from examrunner.domain.exam.rules import allowance
from examrunner.domain.exam.settings import VerdictRule
from examrunner.domain.text import clean, is_blank
from examrunner.services.absence import overdue
from examrunner.services.begin import ensure_open
from examrunner.storage.database.drafts import Draft

if TYPE_CHECKING:
    from examrunner.domain.bank.banks import Question
    from examrunner.domain.draw.log import DrawLog
    from examrunner.domain.exam.attempts import Attempt
    from examrunner.services.desk import Desk

ABSENT = "other"
"""Why, in the public log, a student is not there: nobody knows yet."""


def _attempt(desk: Desk, key: str, action: Action) -> Attempt:
    attempt = desk.row(key).attempt
    desk.demand(action, attempt)
    return attempt


def call(desk: Desk, key: str) -> str:
    """Call a student in; the first call of a draft session commits and opens it.

    Returns the student's key, which the commit may have changed.
    """
    busy = desk.under_way()
    if busy is not None:
        raise Refused("Another student is with you.", "Finish that attempt first.")
    key = ensure_open(desk, key)
    attempt = _attempt(desk, key, Action.CALL)
    desk.write([Draft(ev.Called(attempt.id))])
    return key


def send_back(desk: Desk, attempt: Attempt) -> None:
    """Take the call back: the student waits again, is absent or comes later, as before it."""
    desk.demand(Action.SEND_BACK, attempt)
    desk.write([Draft(ev.SentBack(attempt.id))])


def present(desk: Desk, attempt: Attempt) -> None:
    """Note that the student is here."""
    desk.demand(Action.MARK_PRESENT, attempt)
    if not attempt.is_present:
        desk.write([Draft(ev.Present(attempt.id))])


def absent(desk: Desk, key: str) -> str:
    """Mark a student absent, or bring an absent one back. Returns the student's key.

    Where the rule's minutes have passed, the event says so.
    """
    key = ensure_open(desk, key)
    attempt = desk.row(key).attempt
    if attempt.phase is Phase.ABSENT:
        desk.demand(Action.RETURN, attempt)
        desk.write([Draft(ev.Returned(attempt.id))])
        return key
    desk.demand(Action.MARK_ABSENT, attempt)
    log = _log(desk)
    is_drawn = log is not None and attempt.student in log.students
    line = log.absent(attempt.student, ABSENT).line if log and is_drawn else None
    why = ev.WAITED if overdue(desk, key) is not None else None
    desk.write([Draft(ev.Absent(attempt.id, line, why))])
    desk.draw_log = log
    return key


def _log(desk: Desk) -> DrawLog | None:
    """Return a copy of the public log, to be kept once its line is saved.

    None where the secret is lost: the log then lacks a line that changes no odds.
    """
    try:
        return desk.log().copy()
    except Environment:
        return None


def later(desk: Desk, key: str) -> str:
    """Let a student come later, or bring one back who was to. Returns the student's key."""
    key = ensure_open(desk, key)
    attempt = desk.row(key).attempt
    if attempt.phase is Phase.POSTPONED:
        desk.demand(Action.RETURN, attempt)
        desk.write([Draft(ev.Returned(attempt.id))])
        return key
    desk.demand(Action.POSTPONE, attempt)
    desk.write([Draft(ev.Postponed(attempt.id))])
    return key


def start(desk: Desk, attempt: Attempt) -> None:
    """Start the clock."""
    desk.demand(Action.START, attempt)
    seconds = allowance(desk.settings.exam, desk.row(attempt.student).student)
    desk.write([Draft(ev.Started(attempt.id, seconds))])


def pause_or_resume(desk: Desk, attempt: Attempt) -> None:
    """Stop the clock, or let it go on."""
    if allowed(Action.RESUME, attempt.phase):
        desk.demand(Action.RESUME, attempt)
        desk.write([Draft(ev.Resumed(attempt.id))])
        return
    desk.demand(Action.PAUSE, attempt)
    desk.write([Draft(ev.Paused(attempt.id))])


def recover(desk: Desk, attempt: Attempt, *, counted: bool) -> None:
    """Go on with a running exam after a crash; the break counts or does not."""
    if attempt.phase is Phase.RUNNING and desk.last_seen is not None:
        desk.write([Draft(ev.Recovered(attempt.id, desk.last_seen, counted))])
    desk.last_seen = None


# --- marks ---------------------------------------------------------------------------------


def rate(desk: Desk, attempt: Attempt, question: str, rating: ev.Rating, spent: int) -> None:
    """Rate an answer."""
    _mark(desk, attempt, ev.Rated(attempt.id, question, rating, spent))


def tick(desk: Desk, attempt: Attempt, question: str, point: int, spent: int) -> None:
    """Tick a point of an answer, or take the tick off."""
    on = point not in attempt.question(question).points
    _mark(desk, attempt, ev.Ticked(attempt.id, question, point, on, spent))


def give_help(desk: Desk, attempt: Attempt, question: str, spent: int) -> bool:
    """Put the help up one level. Returns whether there was one to go up to."""
    level = ev.HELP_LEVELS.index(attempt.question(question).help)
    if level + 1 == len(ev.HELP_LEVELS):
        return False
    what = ev.Helped(attempt.id, question, ev.HELP_LEVELS[level + 1], spent)
    _mark(desk, attempt, what)
    return True


def flag(desk: Desk, attempt: Attempt, question: str, spent: int) -> None:
    """Note a sign that the paper was not read."""
    _mark(desk, attempt, ev.Flagged(attempt.id, question, spent))


def note(desk: Desk, attempt: Attempt, question: str, text: str, spent: int) -> None:
    """Keep a note on a question."""
    words = clean(text)
    if is_blank(words):
        raise Refused("There is nothing to read in this note.", "Nothing was saved.")
    _mark(desk, attempt, ev.Noted(attempt.id, question, "", spent), words)


def not_asked(
    desk: Desk,
    attempt: Attempt,
    question: str,
    spent: int,
    why: ev.NotAskedWhy = ev.NotAskedWhy.NO_TIME,
) -> None:
    """Say that a question is not asked, and why."""
    _mark(desk, attempt, ev.NotAsked(attempt.id, question, why, spent))


def offer(desk: Desk, attempt: Attempt, question: Question, spent: int) -> ev.Offered | None:
    """Offer the next prepared probe, after the last one the next hint. None where none is left."""
    asked = attempt.question(question.id)
    if asked.probes < len(question.probes):
        what = ev.Offered(attempt.id, question.id, ev.Offer.PROBE, asked.probes + 1, spent)
    elif asked.hints < len(question.hints):
        what = ev.Offered(attempt.id, question.id, ev.Offer.HINT, asked.hints + 1, spent)
    else:
        return None
    _mark(desk, attempt, what)
    return what


def undo(desk: Desk, attempt: Attempt) -> ev.What | None:
    """Take the last mark back. Returns what was taken back, or None where nothing is left."""
    desk.demand(Action.MARK, attempt)
    event = last_mark(desk.events(attempt.id))
    if event is None:
        return None
    desk.write([Draft(ev.Undone(attempt.id, event.id))])
    return event.what


def redo(desk: Desk, attempt: Attempt) -> ev.What | None:
    """Let the mark that was taken back last count again. None where there is none."""
    desk.demand(Action.MARK, attempt)
    event = last_undone(desk.events(attempt.id))
    if event is None:
        return None
    desk.write([Draft(ev.Redone(attempt.id, event.id))])
    return event.what


def _mark(desk: Desk, attempt: Attempt, what: ev.Mark, text: str | None = None) -> None:
    desk.demand(Action.MARK, attempt)
    desk.write([Draft(what, text)])


# --- the verdict ---------------------------------------------------------------------------


def stop(desk: Desk, attempt: Attempt) -> None:
    """Stop the clock to decide."""
    desk.demand(Action.STOP, attempt)
    desk.write([Draft(ev.Stopped(attempt.id))])


def go_on(desk: Desk, attempt: Attempt) -> None:
    """Go back from deciding to examining."""
    desk.demand(Action.GO_ON, attempt)
    desk.write([Draft(ev.WentOn(attempt.id))])


def decide(desk: Desk, attempt: Attempt, verdict: ev.Verdict | None, reason: str = "") -> None:
    """Give the verdict; None only where the session asks for none."""
    desk.demand(Action.DECIDE, attempt)
    if verdict is None and desk.settings.exam.verdict is VerdictRule.REQUIRED:
        raise Refused("This attempt needs a verdict.", "p pass, e edge or f fail.")
    desk.write([Draft(ev.Decided(attempt.id, verdict), _words(reason))])


def correct(desk: Desk, attempt: Attempt, verdict: ev.Verdict, reason: str = "") -> None:
    """Give a later verdict; the earlier one stays on record."""
    desk.demand(Action.CORRECT, attempt)
    desk.write([Draft(ev.Corrected(attempt.id, verdict), _words(reason))])


def _words(reason: str) -> str | None:
    """Return a reason as it is kept; None where there is nothing to read."""
    words = clean(reason)
    return None if is_blank(words) else words
