"""The words of the screens: one place where events, times and verdicts become text."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from examrunner.domain.draw.ticket import NONE
from examrunner.domain.errors import Environment
from examrunner.domain.exam import events as ev
from examrunner.domain.exam.attempts import NOT_REACHED, newest_first
from examrunner.domain.exam.clock import shown
from examrunner.domain.problems import BadInput
from examrunner.services.day import Day, day_of, local
from examrunner.services.second_read import readings_of
from examrunner.tui.lines import line, pad
from examrunner.tui.paths import in_a_line

if TYPE_CHECKING:
    from datetime import datetime

    from examrunner.domain.errors import ExamError
    from examrunner.domain.exam.attempts import Asked, Attempt
    from examrunner.domain.exam.fitting import Fit, Open
    from examrunner.domain.exam.layout import Pause
    from examrunner.domain.exam.settings import Settings
    from examrunner.services.desk import Desk
    from examrunner.services.waiting import Waiting
    from examrunner.tui.lines import Line, Span

VERDICT_INK = {ev.Verdict.PASS: "good", ev.Verdict.EDGE: "warn", ev.Verdict.FAIL: "bad"}
RATING_INK = {ev.Rating.STRONG: "good", ev.Rating.ENOUGH: "", ev.Rating.WEAK: "warn"}
ON_TIME = timedelta(minutes=1)
KIND_CELLS = 9
"""Cells of a kind of question, such as `critique`."""
_IN_THE_TIMELINE = (*ev.MARKS, ev.Started, ev.Paused, ev.Resumed, ev.Recovered)

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
    ev.Undone: "taken back",
    ev.Redone: "counts again",
    ev.Stopped: "stopped to decide",
    ev.WentOn: "goes on",
    ev.Decided: "verdict saved",
    ev.Corrected: "correction saved",
    ev.SecondRead: "second reading saved",
    ev.Exported: "exported",
    ev.Entered: "session opened",
    ev.Opened: "session opened",
    ev.Committed: "session committed",
    ev.DrawnAhead: "paper drawn ahead",
    ev.Added: "a late student joined",
    ev.Listed: "list of reviews corrected",
    ev.PersonChanged: "a student's details corrected",
    ev.Rebanked: "questions written later taken in",
    ev.Published: "draw published",
    ev.Voided: "void",
    ev.Granted: "a further attempt",
    ev.Reordered: "order changed",
    ev.Suspended: "everything stands still",
    ev.Continued: "the day goes on",
    ev.Incident: "incident noted",
    ev.Closed: "day closed",
    ev.Reopened: "day opened again",
    ev.ClockJumped: "the machine's clock was set",
    ev.Forgotten: "a student was forgotten",
    ev.Restored: "record restored from a copy",
}


def why_words(code: str) -> str:
    """Return the code of why a question was not asked as words."""
    return code.replace("-", " ")


def what_words(what: ev.What) -> str:
    """Return what happened in a word or two."""
    match what:
        case ev.Rated():
            return str(what.rating)
        case ev.Ticked():
            return f"point {what.point}" + ("" if what.on else " off")
        case ev.Helped():
            return str(what.level)
        case ev.Offered():
            return f"{what.what} {what.number}"
        case ev.NotAsked():
            return f"not asked: {why_words(what.why)}"
        case ev.Absent() if what.why == ev.WAITED:
            return "not here after the rule's minutes"
        case ev.FromPaper():
            return f"keyed in from paper sheet {what.number}"
        case _:
            return _SAID[type(what)]


def failure_line(failure: ExamError, width: int) -> Line:
    """Return what is said above the footer of a failure; its hint only where there is room."""
    from examrunner.storage.database.drafts import NotSaved

    message = failure.message
    if isinstance(failure, BadInput):
        message = in_a_line(failure, width - 2)
    words = f"  {message} {failure.hint}".rstrip()
    if len(words) > width:
        words = f"  {message}"
    return line((words, "bad" if isinstance(failure, NotSaved) else "warn"))


def desk_line(desk: Desk) -> Line:
    """Return what waits for the disk, who else writes now, or the event saved last and when."""
    from examrunner.storage.database.drafts import ShutOut

    if desk.waiting:
        return waiting_line(desk.waiting)
    if desk.is_shut_out:
        return line((f"  {ShutOut().message}", "bad"))
    if desk.saved is None:
        return ()
    at = local(desk.settings, desk.saved.at)
    return line((f"  {at:%H:%M:%S} {what_words(desk.saved.what)}", "dim"))


def waiting_line(waiting: Waiting) -> Line:
    """Return the banner that stays until everything is saved."""
    events = "1 event waits" if waiting.count == 1 else f"{waiting.count} events wait"
    words = f"  NOT SAVED  {events}: {waiting.reason.removeprefix('NOT SAVED: ')}"
    if waiting.file is not None:
        return line((words, "bad"), ("  also in a file", "dim"))
    return line((words, "bad"), ("  ctrl+s", "key"), " emergency file")


def offered_words(asked: Asked) -> str:
    """Return how many prepared probes and hints were offered; empty for none."""
    counts = ((asked.probes, "probe"), (asked.hints, "hint"))
    return ", ".join(f"{n} {word}{'s' if n > 1 else ''}" for n, word in counts if n)


def timeline(desk: Desk, attempt: Attempt, most: int, cells: int) -> list[Line]:
    """Return what happened last in an attempt and stands, the newest at the end.

    What is full makes room for half a page at once: a key then adds a row and moves none.
    """
    kinds = {asked.id: asked.kind for asked in attempt.questions}
    standing = newest_first(desk.events(attempt.id))
    told = [one for one in standing if isinstance(one.what, _IN_THE_TIMELINE)][::-1]
    rows: list[Line] = []
    half = max(1, most // 2)
    too_many = max(0, len(told) - most)
    for event in told[-(-too_many // half) * half :]:
        what = event.what
        kind = pad(kinds.get(getattr(what, "question", ""), ""), KIND_CELLS)
        words = what_words(what)
        if isinstance(what, ev.Noted):
            words = " ".join(desk.text(event.id).split()) or words
        elif isinstance(what, ev.NotAsked):
            words = why_words(what.why)
        head = f"{clock_time(desk, event.at)}  {kind} "
        rows.append(((head, "dim"), (pad(words, cells - len(head)).rstrip(), "dim")))
    return rows


def fit_words(found: Fit | None, left: float | None) -> str:
    """Return what still fits the time left, or what to drop."""
    if found is None or left is None:
        return ""
    if found.dropped:
        what = f"drop {_joined(found.dropped)}"
    elif found.is_short:
        what = "time is short"
    else:
        verb = "fits" if len(found.kept) == 1 else "fit"
        return f"{_joined(found.kept)} {verb}"
    return f"{what}: {shown(left)} left for {shown(found.needed)}"


def _joined(questions: tuple[Open, ...]) -> str:
    kinds = [one.kind for one in questions]
    return " and ".join([", ".join(kinds[:-1]), kinds[-1]] if len(kinds) > 1 else kinds)


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
    """Return the pace in up to three parts: behind, time for each, when the day will be done."""
    if day is None or day.pace is None:
        return []
    pace = day.pace
    if not pace.to_go:
        return [("nobody left to call", "dim")]
    parts = [_behind(pace.behind)]
    if pace.each is not None and pace.each > timedelta(0):
        each = shown(int(pace.each.total_seconds()))
        parts.append((f"{pace.to_go} to go, {each} each by {pace.window_end:%H:%M}", "dim"))
    else:
        parts.append((f"{pace.to_go} to go, the window has ended", "dim"))
    words = f"done {pace.ends_at:%H:%M} by plan"
    if pace.forecast is not None:
        early, late = pace.forecast.early, pace.forecast.late
        words = f"done {early:%H:%M} to {late:%H:%M} (8 of 10)"
    parts.append((words, "warn" if pace.ends_at > pace.window_end else "dim"))
    return parts


def break_words(pause: Pause) -> str:
    """Return a planned break as a line between two students."""
    minutes, seconds = divmod(int(pause.length.total_seconds()), 60)
    length = f"{minutes}:{seconds:02d}" if seconds else str(minutes)
    return f"{pause.begin:%H:%M}    break, {length} min"


def minutes_words(length: timedelta) -> str:
    """Return a length of time in whole minutes that have passed, e.g. `12 min`."""
    return f"{length // timedelta(minutes=1)} min"


def rule_words(rule: timedelta) -> str:
    """Return the minutes of the session's rule, e.g. `10 min` or `7:30 min`."""
    return f"{shown(rule.total_seconds()).removesuffix(':00')} min"


def due_words(day: Day | None) -> list[Span]:
    """Return until when a break lasts whose time it is, or when it begins."""
    if day is None or day.due is None:
        return []
    if day.due_from is not None:
        return [("   ", ""), (f"a break is due at {day.due_from:%H:%M}", "accent")]
    return [("   ", ""), (f"a break is due until {day.due:%H:%M}", "accent")]


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


def readings_words(attempt: Attempt) -> list[Span]:
    """Return the verdict in force and, beside it, what second readers gave."""
    readings = readings_of(attempt)
    if not readings or attempt.verdict is None:
        return []
    spans: list[Span] = [(f"{attempt.verdict}  ", VERDICT_INK[attempt.verdict])]
    for one in readings:
        spans += [
            (f"{pad(one.reader, 12).rstrip()}: ", "dim"),
            (f"{one.verdict}", VERDICT_INK[one.verdict]),
            (", agrees  " if one.agrees else ", disagrees  ", "dim"),
        ]
    return spans


def question_words(asked: Asked, *, decided: bool = False, is_timed: bool = True) -> list[Span]:
    """Return one question of the record in a line."""
    spans: list[Span] = [(f"{asked.kind:<10}", "dim")]
    if asked.rating is not None:
        spans.append((f"{asked.rating:<8}", RATING_INK[asked.rating]))
    elif asked.asked_at is not None:
        spans.append(("not rated", "dim"))
    else:
        why = asked.not_asked or (NOT_REACHED if decided else "")
        spans.append((f"not asked{f' ({why_words(why)})' if why else ''}", "dim"))
    if asked.asked_at is not None and is_timed:
        spans.append((f"  {shown(asked.spent):>5}", ""))
    if asked.help is not ev.Help.UNAIDED:
        spans.append((f"   {asked.help}", "warn"))
    if offered := offered_words(asked):
        spans.append((f"   {offered}", "dim"))
    if asked.points:
        spans.append((f"   points {', '.join(map(str, asked.points))}", ""))
    if asked.flags:
        spans.append((f"   {'!' * len(asked.flags)} flagged", "bad"))
    return spans


def receipt_words(desk: Desk, attempt: Attempt) -> list[str]:
    """Return the receipt of an attempt's draw in lines; none where nothing was drawn."""
    from examrunner.domain.draw.odds import W
    from examrunner.services.receipts import receipt_of

    if desk.ledger is None:
        return []
    try:
        receipt = receipt_of(desk.log(), attempt)
    except Environment:  # the secret is lost: the log cannot be read
        return []
    if receipt is None:
        return []
    said = "" if receipt.nonce == NONE else f", number said {receipt.nonce}"
    return [
        f"draw {receipt.number}{said}, ticket {receipt.ticket:,} of {W:,}",
        f"chance {receipt.chance:.1%} at that moment, head of the log {receipt.head}",
    ]
