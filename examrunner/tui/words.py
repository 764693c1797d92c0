"""The words of the screens: one place where events, times and verdicts become text."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from examrunner.domain.exam import events as ev
from examrunner.domain.exam.attempts import NOT_REACHED
from examrunner.domain.exam.clock import shown
from examrunner.services.day import Day, day_of, local

if TYPE_CHECKING:
    from datetime import datetime

    from examrunner.domain.exam.attempts import Asked, Attempt
    from examrunner.domain.exam.settings import Settings
    from examrunner.services.desk import Desk
    from examrunner.tui.lines import Span

VERDICT_INK = {ev.Verdict.PASS: "good", ev.Verdict.EDGE: "warn", ev.Verdict.FAIL: "bad"}
RATING_INK = {ev.Rating.STRONG: "good", ev.Rating.ENOUGH: "", ev.Rating.WEAK: "warn"}
ON_TIME = timedelta(minutes=1)

_SAID: dict[type, str] = {
    ev.Called: "called",
    ev.SentBack: "call taken back",
    ev.Present: "present",
    ev.Absent: "not here",
    ev.Postponed: "comes later",
    ev.Returned: "back in line",
    ev.SheetChosen: "sheet chosen",
    ev.Revealed: "revealed",
    ev.Relisted: "list changed",
    ev.Started: "started",
    ev.Paused: "paused",
    ev.Resumed: "goes on",
    ev.Recovered: "resumed",
    ev.Flagged: "flagged",
    ev.Noted: "noted",
    ev.NotAsked: "not asked",
    ev.Undone: "taken back",
    ev.Stopped: "stopped to decide",
    ev.WentOn: "goes on",
    ev.Decided: "verdict saved",
    ev.Corrected: "correction saved",
    ev.Exported: "exported",
    ev.Entered: "session opened",
    ev.Opened: "session opened",
    ev.Committed: "session committed",
    ev.ClockJumped: "the machine's clock was set",
    ev.Forgotten: "a student was forgotten",
    ev.Restored: "record restored from a copy",
}


def what_words(what: ev.What) -> str:
    """Return what happened in a word or two."""
    match what:
        case ev.Rated():
            return str(what.rating)
        case ev.Ticked():
            return f"point {what.point}" + ("" if what.on else " off")
        case ev.Helped():
            return str(what.level)
        case ev.FromPaper():
            return f"keyed in from paper sheet {what.number}"
        case _:
            return _SAID[type(what)]


def said(desk: Desk) -> list[Span]:
    """Return the event saved last, with its time, and whether it can be taken back."""
    event = desk.saved
    if event is None:
        return []
    at = local(desk.settings, event.at)
    spans: list[Span] = [(f"  {at:%H:%M:%S} {what_words(event.what)}", "dim")]
    if isinstance(event.what, ev.MARKS):
        spans += [("   u", "key"), (" takes it back", "dim")]
    return spans


def undone_words(what: object) -> str:
    """Return what was taken back."""
    return f"taken back: {what_words(what)}" if isinstance(what, ev.MARKS) else "taken back"


def title_words(settings: Settings) -> str:
    """Return the session, its day and its hours."""
    words = [settings.session]
    exam = settings.exam
    if exam.date is not None:
        words.append(f"{exam.date:%a} {exam.date.day} {exam.date:%b}")
    if exam.window is not None:
        words.append(f"{exam.window.start:%H:%M} to {exam.window.end:%H:%M}")
    return "   ".join(words)


def clock_time(desk: Desk, at: datetime) -> str:
    """Return a time of day in the session's time zone."""
    return f"{local(desk.settings, at):%H:%M:%S}"


def place_words(desk: Desk, attempt: Attempt) -> str:
    """Return where in the day an attempt stands, e.g. `8 of 24`."""
    rows = desk.rows()
    seen = sum(1 for row in rows if row.is_done or row.key == attempt.student)
    return f"{seen} of {len(rows)}"


def _behind(behind: timedelta) -> Span:
    minutes = round(abs(behind) / timedelta(minutes=1))
    if abs(behind) < ON_TIME:
        return ("on time", "dim")
    if behind > timedelta(0):
        return (f"{minutes} min behind", "warn")
    return (f"{minutes} min ahead", "good")


def short_pace(desk: Desk) -> list[Span]:
    """Return how far behind the day is, for the bar of the sheet."""
    day = day_of(desk)
    return [("   ", ""), _behind(day.pace.behind)] if day.pace else []


def pace_words(day: Day | None) -> list[Span]:
    """Return the pace in up to three parts: behind, time for each, projected end."""
    if day is None or day.pace is None:
        return []
    pace = day.pace
    if not pace.to_go:
        return [("nobody left to call", "dim")]
    parts = [_behind(pace.behind)]
    if pace.each is not None and pace.each > timedelta(0):
        each = shown(int(pace.each.total_seconds()))
        parts.append((f"{pace.to_go} to go, {each} each ends at {pace.window_end:%H:%M}", "dim"))
    else:
        parts.append((f"{pace.to_go} to go, the window has ended", "dim"))
    ink = "warn" if pace.ends_at > pace.window_end else "dim"
    parts.append((f"at this pace {pace.ends_at:%H:%M}", ink))
    return parts


def reading_words(desk: Desk, attempt: Attempt) -> tuple[str, str]:
    """Return the title of an attempt's reading, and what is known about it in one line."""
    stored = desk.stored_session()
    reading = stored.reading(attempt.reading or "")
    by = " ".join(str(part) for part in (reading.authors, reading.year) if part)
    words = [by] if by else []
    on = stored.reviewed.get(attempt.student, {}).get(reading.id)
    if on is not None:
        words.append(f"reviewed {on.day} {on:%b}")
    if attempt.origin is not None and attempt.origin is not ev.Origin.DRAWN:
        words.append(str(attempt.origin))
    if attempt.is_fallback:
        words.append("no bank: general questions")
    if attempt.from_paper is not None:
        words.append(f"keyed in later from paper sheet {attempt.from_paper}")
    return reading.title, ", ".join(words)


def question_words(asked: Asked, *, decided: bool = False, is_timed: bool = True) -> list[Span]:
    """Return one question of the record in a line."""
    spans: list[Span] = [(f"{asked.kind:<10}", "dim")]
    if asked.rating is not None:
        spans.append((f"{asked.rating:<8}", RATING_INK[asked.rating]))
    elif asked.asked_at is not None:
        spans.append(("not rated", "dim"))
    else:
        why = asked.not_asked or (NOT_REACHED if decided else "")
        spans.append((f"not asked{f' ({why})' if why else ''}", "dim"))
    if asked.asked_at is not None and is_timed:
        spans.append((f"  {shown(asked.spent):>5}", ""))
    if asked.help is not ev.Help.UNAIDED:
        spans.append((f"   {asked.help}", "warn"))
    if asked.points:
        spans.append((f"   points {', '.join(map(str, asked.points))}", ""))
    if asked.flags:
        spans.append((f"   {'!' * len(asked.flags)} flagged", "bad"))
    return spans
