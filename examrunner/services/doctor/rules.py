"""The rules of a session read out, so that a wrong one is heard before the day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from examrunner.domain.bank.banks import State
from examrunner.domain.course.catalogue import ReviewRules
from examrunner.domain.course.people import Student
from examrunner.domain.exam.clock import shown
from examrunner.domain.exam.plan import pauses_of, plan
from examrunner.domain.exam.rules import allowance
from examrunner.domain.exam.settings import (
    AUTO,
    NO_PUBLIC_SOURCE,
    VerdictRule,
    WithoutBank,
)
from examrunner.domain.text import counted, long_date
from examrunner.services.doctor.found import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from examrunner.domain.exam.settings import ExamRules, Settings

VERDICTS = ("pass", "edge", "fail")
STATES = {
    State.DRAFT: "every question that is not retired, drafts too",
    State.REVIEWED: "reviewed and approved questions only",
    State.APPROVED: "approved questions only",
}
BANKLESS = {
    WithoutBank.FALLBACK: "general questions are asked on those",
    WithoutBank.EXCLUDE: "those are not drawn",
    WithoutBank.REFUSE: "no exam begins before they have one",
}


@dataclass(frozen=True, slots=True)
class Class:
    """A class as its rules meet it."""

    students: tuple[Student, ...]
    papers: tuple[int, ...]
    """For each student, how many papers may be drawn."""
    different: int
    """How many different papers may be drawn at all."""
    bankless: int
    """How many of them have no bank."""
    spacing: int
    """h of the draw as it is, or will be."""
    reviews: ReviewRules | None


def rules_in_words(settings: Settings, known: Class | None) -> tuple[Rule, ...]:
    """Return the rules of a session, one sentence or two about each thing.

    Without a class, since its files cannot be read, what depends on it is left out.
    """
    students = known.students if known else ()
    return (
        *_day(settings),
        *_time(settings.exam, students),
        *(_class(settings.exam, known) if known else ()),
        *_papers(settings, known),
        *_sheet(settings, known),
        *_draw(settings, known),
        *_absence(settings.exam),
        *_marks(settings.exam),
        *(_owed(known.reviews) if known and known.reviews else ()),
    )


def _day(settings: Settings) -> Iterator[Rule]:
    exam, window = settings.exam, settings.exam.window
    date = f"on {long_date(exam.date)}" if exam.date else "on any day"
    yield Rule("session", f"{settings.session} ({settings.kind}), {date}.")
    if window is None:
        yield Rule("window", "None: nothing is ever behind.")
    else:
        hours = f"{window.start:%H:%M} to {window.end:%H:%M}"
        yield Rule("window", f"{hours}, {window.timezone}. It only shows how far behind you are.")
    if exam.breaks:
        yield Rule("planned breaks", f"{breaks_in_words(exam)}. Nobody is planned then.")
    if exam.reserve:
        slots = counted(exam.reserve, "slot")
        yield Rule("reserve", f"{slots} at the end of the window, for who is late or comes again.")


def breaks_in_words(exam: ExamRules) -> str:
    """Return the planned breaks in order, e.g. `10:00 to 10:10`."""
    begin = datetime.combine(date.min, exam.window.start if exam.window else time.min)
    pauses = pauses_of(exam, begin)
    return ", ".join(f"{one.begin:%H:%M} to {one.end:%H:%M}" for one in pauses)


def _time(exam: ExamRules, students: Sequence[Student]) -> Iterator[Rule]:
    if exam.minutes is None:
        yield Rule("time", "No limit.")
        return
    usual = shown(exam.minutes.total_seconds())
    yield Rule("time", f"{usual} for each attempt, {exam.changeover_seconds} s between two.")
    extra = Counter(allowance(exam, one) or 0 for one in students if one.extra_time != 1)
    if extra:
        each = ", ".join(
            f"{shown(seconds)} for {counted(count, 'student')}"
            for seconds, count in sorted(extra.items())
        )
        yield Rule("extra time", f"{each}; the questions are the same in number.")
    elif students:
        yield Rule("extra time", "Nobody has any.")
    stops = sum(one.stop_clock for one in students)
    if stops:
        yield Rule("breaks", f"{counted(stops, 'student')} may have the clock stopped (space).")
    reads = sum(one.written for one in students)
    if reads:
        words = f"{counted(reads, 'student')} may read each question: second window or card."
        yield Rule("written", words)
    words = "Nothing happens by itself: the time changes colour, you go on or decide."
    yield Rule("time is up", words)


def _class(exam: ExamRules, known: Class) -> Iterator[Rule]:
    found = plan(exam, known.students)
    people = counted(len(known.students), "student")
    words = f"{people}, {counted(exam.papers_per_student, 'paper')} each"
    if found.needed is None:
        yield Rule("class", f"{words}.")
        return
    words += f". It needs {shown(found.needed)}"
    if found.window is None:
        yield Rule("class", f"{words}.")
    elif found.fits:
        yield Rule("class", f"{words}; {shown(found.window - found.needed)} are to spare.")
    else:
        over = shown(found.needed - found.window)
        yield Rule("class", f"{words}; the window is {over} too short.")


def _papers(settings: Settings, known: Class | None) -> Iterator[Rule]:
    types = " or ".join(settings.eligible.types)
    but = ", but not what the student presented" if settings.eligible.exclude_presented else ""
    yield Rule("papers", f"One that the student reviewed, of type {types}{but}.")
    if known is None:
        return
    given = [one.assigned is not None for one in known.students]
    counts = [n for n, own in zip(known.papers, given, strict=True) if n and not own]
    if counts:
        span = f"{min(counts)} to {max(counts)}" if min(counts) < max(counts) else str(counts[0])
        yield Rule("choice", f"Drawn from {span} papers of the student's own.")
    if any(given):
        get = "gets" if sum(given) == 1 else "get"
        people = counted(sum(given), "student")
        yield Rule("assigned", f"{people} {get} the paper that the roster names.")
    none = sum(not n and not own for n, own in zip(known.papers, given, strict=True))
    if none:
        yield Rule("no papers", f"{counted(none, 'student')}: you choose a paper by hand (c).")


def _sheet(settings: Settings, known: Class | None) -> Iterator[Rule]:
    total = sum(count for _, count in settings.sheet)
    kinds = ", ".join(f"{count} {kind}" for kind, count in settings.sheet)
    yield Rule("sheet", f"{counted(total, 'question')}: {kinds}.")
    yield Rule("questions", f"May be asked: {STATES.get(settings.questions, settings.questions)}.")
    told = BANKLESS[settings.without_bank]
    if known is None:
        yield Rule("without bank", f"Papers without a bank: {told}.")
    elif known.bankless:
        yield Rule("without bank", f"{known.bankless} of {known.different} papers: {told}.")
    else:
        yield Rule("without bank", "Every paper that may be drawn has a bank.")


def _draw(settings: Settings, known: Class | None) -> Iterator[Rule]:
    draw = settings.draw
    far = known.spacing if known else None if draw.spacing == AUTO else int(draw.spacing)
    if far == 0:
        yield Rule(
            "draw", "Plain: all papers of a student are equally likely, whatever was drawn before."
        )
    elif far is None:
        yield Rule("draw", "A paper just drawn is less likely for the next students.")
    else:
        words = f"A paper just drawn is less likely for the next {counted(far, 'student')}."
        yield Rule("draw", f"{words} Before the day all papers of a student are equally likely.")
    if draw.public == NO_PUBLIC_SOURCE:
        yield Rule("public", "No public number takes part in the draw.")
    else:
        yield Rule("public", f"A public number takes part: {draw.public}")
    if draw.spoken_number:
        yield Rule("spoken number", "Each student says a number, and it takes part in the draw.")
    yield Rule("revealing", "Cannot be undone: the student then knows the paper.")


def _absence(exam: ExamRules) -> Iterator[Rule]:
    if exam.absent_after is not None:
        after = shown(exam.absent_after.total_seconds())
        words = f"Offered {after} after call and planned time for who is not here; you decide."
        yield Rule("absent", words)


def _marks(exam: ExamRules) -> Iterator[Rule]:
    points = ", ".join(f"{verdict} {count}" for verdict, count in exam.points)
    open_ones = [one for one in VERDICTS if one not in dict(exam.points)]
    if not points:
        yield Rule("points", "No verdict gives points.")
    elif open_ones:
        yield Rule("points", f"{points}. {' and '.join(open_ones).capitalize()} gives no score.")
    else:
        yield Rule("points", f"{points}.")
    if exam.papers_per_student > 1:
        yield Rule("score", f"Each of the {exam.papers_per_student} papers is an equal share.")
    needed = exam.verdict is VerdictRule.REQUIRED
    yield Rule("verdict", "Every attempt needs one." if needed else "May be left out.")


def _owed(reviews: ReviewRules) -> Iterator[Rule]:
    if reviews.required is not None:
        part = f", {reviews.from_calendar} of them from the calendar"
        words = f"{reviews.required} are owed{part if reviews.from_calendar else ''}."
        yield Rule("reviews", f"{words} Fewer is a warning and bars nobody.")
