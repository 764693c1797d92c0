"""The paper kit: numbered sheets for the day on which nothing works, and what stood on them.

A kit prints what the app would draw if everyone to come were examined in exam order. It is made
on a copy of the public log, from the events on record alone: what a sheet held can be made
again later from the event that says that the kit was made.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.domain.course.people import NO_EXTRA_TIME
from examrunner.domain.draw import ticket as tickets
from examrunner.domain.errors import Environment, Refused
from examrunner.domain.exam import events as ev
from examrunner.domain.exam.attempts import Attempt, bare, by_attempt, fold
from examrunner.domain.exam.clock import shown
from examrunner.domain.exam.events import Origin
from examrunner.domain.exam.phases import Phase
from examrunner.domain.exam.rules import allowance, chain_of
from examrunner.domain.text import long_date
from examrunner.services.begin import begin_day, commit_session, needs_public
from examrunner.services.day import day_of, local
from examrunner.services.doctor.rules import breaks_in_words
from examrunner.services.draws import (
    Paper,
    choose_sheet,
    draw_paper,
    given_paper,
    papers_before,
)
from examrunner.services.export import ASKED, YES, demand_new
from examrunner.services.folders import KIT as FOLDER
from examrunner.services.waiting import Waiting
from examrunner.storage.database.drafts import Draft
from examrunner.storage.files import make_private, write_atomically
from examrunner.storage.interrupts import held
from examrunner.storage.writers.kit import Cover, Line, Page, render_kit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from examrunner.domain.bank.banks import Question
    from examrunner.domain.draw.log import DrawLog
    from examrunner.domain.exam.chain import Event
    from examrunner.services.desk import Desk
    from examrunner.services.known import Row
    from examrunner.storage.database.drafts import Exposure

KIT, BLANK = "kit", "blank kit"
"""Forms of the export that the ledger tells of."""
FILES = {KIT: "kit.html", BLANK: "blank.html"}
NONCE = "kit"
"""Sets the choice of questions that nothing draws apart from the draws of the session."""
TURN = {Phase.WAITING: 1, Phase.POSTPONED: 2, Phase.ABSENT: 3}
"""Who is examined when: first who is under way, then who waits, comes later, is not there."""
GENERAL = "The questions fit any paper."


@dataclass(frozen=True, slots=True)
class PaperSheet:
    """One sheet of a kit: whose it is and what is printed on it."""

    number: int
    """In exam order, from 1: the same in every kit of a session."""
    attempt: Attempt
    """As it was when the kit was made."""
    paper: Paper | None
    """None where the paper is chosen by hand."""
    bank: str = ""
    """SHA-256 of the stored bank that the questions come from."""
    questions: tuple[str, ...] = ()
    """Ids; none on a blank sheet."""


@dataclass(frozen=True, slots=True)
class Made:
    """A kit that was written."""

    file: Path
    sha256: str
    sheets: int


# --- what stands on the sheets -------------------------------------------------------------


def paper_sheets(desk: Desk, before: int | None = None) -> tuple[PaperSheet, ...]:
    """Return the sheets of a kit made now, or made by the event `before`.

    Raises Refused in a draft session, Environment where the secret of the draw is lost.
    """
    events = [one for one in _events(desk) if before is None or one.seq < before]
    log = _log(desk, events)
    rows = _rows(desk, events)
    uses = Counter(asked.id for _, own in rows for one in own for asked in one.questions)
    numbers = _numbers(desk, rows)
    found = []
    for _, own in sorted(rows, key=_turns(events)):
        seen = papers_before(own)
        for attempt in own:
            if attempt.id not in numbers:
                continue
            made, log = _sheet(desk, numbers[attempt.id], attempt, log, seen=seen, uses=uses)
            if attempt.reading is None:
                seen += [made.paper.reading] if made.paper else []
                uses.update(made.questions)
            found.append(made)
    return tuple(sorted(found, key=lambda one: one.number))


def blank_sheets(desk: Desk) -> tuple[PaperSheet, ...]:
    """Return sheets with nothing but the students on them; a draft session has them too."""
    rows = [(row, row.attempts) for row in desk.in_exam_order()]
    numbers = _numbers(desk, rows)
    return tuple(
        PaperSheet(numbers[one.id], one, None)
        for _, own in rows
        for one in own
        if one.id in numbers
    )


def kits(desk: Desk) -> list[int]:
    """Return the events by which kits with papers were made, in order."""
    return [
        one.seq
        for one in _events(desk)
        if isinstance(one.what, ev.Exported) and one.what.form == KIT
    ]


def _events(desk: Desk) -> list[Event]:
    desk.stored_session()
    assert desk.ledger is not None
    return desk.ledger.events()


def _log(desk: Desk, events: Iterable[Event]) -> DrawLog:
    from examrunner.domain.draw.log import DrawLog
    from examrunner.services.secret import read_secret

    commitment = desk.stored_session().commitment
    lines = [getattr(one.what, "line", None) for one in events]
    secret = read_secret(desk.folder, commitment)
    return DrawLog.replay(commitment, secret, [line for line in lines if line is not None])


def _rows(desk: Desk, events: Iterable[Event]) -> list[tuple[Row, tuple[Attempt, ...]]]:
    """Return each student with the attempts as these events leave them."""
    own = by_attempt(events)
    return [
        (row, tuple(fold(bare(one.id), own.get(one.id, ())) for one in row.attempts))
        for row in desk.in_exam_order()
    ]


def _numbers(desk: Desk, rows: Iterable[tuple[Row, Sequence[Attempt]]]) -> dict[str, int]:
    """Return each sheet's number by the attempt that it is for now, after void and retake."""
    papers = desk.settings.exam.papers_per_student
    return {
        chain_of(one, own)[-1].id: place * papers + one.number
        for place, (_, own) in enumerate(rows)
        for one in own
        if one.number <= papers
    }


def _turns(events: Iterable[Event]) -> Callable[[tuple[Row, Sequence[Attempt]]], tuple[int, int]]:
    """Return what sorts students by when they are examined: by phase, then by the order then."""
    orders = [one.what.order for one in events if isinstance(one.what, ev.Reordered)]
    places = {key: place for place, key in enumerate(orders[-1])} if orders else {}

    def turn(row: tuple[Row, Sequence[Attempt]]) -> tuple[int, int]:
        phases = [one.phase for one in row[1] if not one.is_over]
        return TURN.get(phases[0], 0) if phases else 0, places.get(row[0].key, 0)

    return turn


def _sheet(
    desk: Desk,
    number: int,
    attempt: Attempt,
    log: DrawLog,
    *,
    seen: Sequence[str],
    uses: Counter[str],
) -> tuple[PaperSheet, DrawLog]:
    """Return the sheet of one attempt, and the log after the draw that it foresees."""
    if attempt.reading and attempt.origin and attempt.bank:
        ids = tuple(one.id for one in attempt.questions)
        paper = Paper(attempt.reading, attempt.origin, attempt.bank, ids)
        return PaperSheet(number, attempt, paper, paper.bank, ids), log
    assigned = desk.row(attempt.student).student.assigned
    words = tickets.words(log.key or "", attempt.student, attempt.number, NONCE)
    trial = log.copy()
    try:
        if assigned is not None:
            paper = given_paper(desk, assigned, Origin.ASSIGNED, uses, words)
        else:
            paper = draw_paper(desk, trial, attempt, seen)
    except Refused:
        bank = desk.stored_session().fallback
        ids = choose_sheet(desk, bank, uses, words)
        return PaperSheet(number, attempt, None, bank, ids), log
    return PaperSheet(number, attempt, paper, paper.bank, paper.questions), trial


# --- making one ----------------------------------------------------------------------------


def open_session(desk: Desk) -> None:
    """Fix a draft session's roster, reviews, banks and rules, as the first call would.

    Where a public value is still to come its day does not begin: no paper can be printed yet.
    """
    if not desk.rows():
        raise Refused("The session has no students.")
    if needs_public(desk):
        commit_session(desk)
    else:
        begin_day(desk)


def default_out(desk: Desk, *, blank: bool = False) -> Path:
    """Return the file that every kit of a session replaces."""
    return desk.folder / FOLDER / FILES[BLANK if blank else KIT]


def make_kit(
    desk: Desk, out: Path | None = None, *, blank: bool = False, asked: bool = False
) -> Made:
    """Write a kit and record it; `out` must be new, without it the session's own is replaced.

    A blank one of a draft session is not recorded: there is no record yet. Raises Refused where
    `out` is there already, Environment where the disk says no.
    """
    form = BLANK if blank else KIT
    sheets = blank_sheets(desk) if blank else paper_sheets(desk)
    cover, pages = _printed(desk, sheets, blank=blank)
    data = render_kit(cover, pages)
    file = out or default_out(desk, blank=blank)
    digest = sha256(data).hexdigest()
    with held():
        if out is not None:
            demand_new(out)
        try:
            if out is None:
                make_private(file.parent)
            write_atomically(file, data)
        except OSError as fault:
            raise Environment(f"{file} cannot be written: {fault.strerror or fault}.") from fault
        if desk.ledger is not None:
            head = desk.ledger.head()[1]
            what = ev.Exported(form, file.name, digest, 0, head, ASKED if asked else YES)
            try:
                write_now(desk, [Draft(what)])
            except BaseException:
                file.unlink(missing_ok=True)
                raise
    return Made(file, digest, len(pages))


def write_now(
    desk: Desk, drafts: Sequence[Draft], exposures: Sequence[Exposure] = ()
) -> tuple[Event, ...]:
    """Save events or raise Environment: outside a running exam nothing waits for the disk."""
    events = desk.write(drafts, exposures=exposures)
    if desk.waiting and not desk.save_waiting():
        reason = desk.waiting.reason
        desk.waiting = Waiting()
        raise Environment(reason, "Look at the results before you try again.")
    return events


def _printed(
    desk: Desk, sheets: Sequence[PaperSheet], *, blank: bool
) -> tuple[Cover, tuple[Page, ...]]:
    planned = dict(zip((row.key for row in desk.rows()), day_of(desk).planned, strict=False))
    rules, now = desk.settings.exam, local(desk.settings, desk.clock.now().at)
    words = [long_date(rules.date)] if rules.date else []
    if rules.window is not None:
        words.append(f"{rules.window.start:%H:%M} to {rules.window.end:%H:%M}")
    words += [f"break {one}" for one in breaks_in_words(rules).split(", ") if one]
    kit = BLANK if blank else f"kit {len(kits(desk)) + 1}"
    lines = []
    for one in sheets:
        student = desk.row(one.attempt.student).student
        state = str(one.attempt.phase) if one.attempt.phase is not Phase.WAITING else ""
        at = planned.get(one.attempt.student, "")
        lines.append(Line(one.number, student.name, student.student_id, at, state))
    cover = Cover(
        desk.settings.session,
        ", ".join(words),
        f"{now:%Y-%m-%d %H:%M}",
        kit,
        blank,
        tuple(lines),
    )
    pages = tuple(
        _page(desk, one, planned.get(one.attempt.student, ""))
        for one in sheets
        if not one.attempt.is_over
    )
    return cover, pages


def _page(desk: Desk, sheet: PaperSheet, planned: str) -> Page:
    rules, attempt = desk.settings.exam, sheet.attempt
    student = desk.row(attempt.student).student
    seconds = allowance(rules, student)
    extra = [f"extra time x{student.extra_time}"] if student.extra_time != NO_EXTRA_TIME else []
    extra += ["the clock may be stopped"] if student.stop_clock else []
    extra += ["may read each question"] if student.written else []
    papers = rules.papers_per_student
    kinds = tuple(kind for kind, count in desk.settings.sheet for _ in range(count))
    return Page(
        number=sheet.number,
        name=student.name,
        say_name=student.say_name or "",
        student_id=student.student_id,
        section=student.section or "",
        planned=planned,
        allowed=shown(seconds) if seconds is not None else "no limit",
        extra=", ".join(extra),
        attempt=f"paper {attempt.number} of {papers}" if papers > 1 else "",
        title=_title(desk, sheet),
        about=_about(desk, sheet),
        readings=_readings(desk, sheet),
        general=_general(desk, sheet),
        questions=questions_of(desk, sheet),
        kinds=() if sheet.questions else kinds,
        is_written=student.written,
    )


def questions_of(desk: Desk, sheet: PaperSheet) -> tuple[Question, ...]:
    """Return the questions that are printed on a sheet, in order."""
    if not sheet.questions:
        return ()
    questions = desk.questions(sheet.bank)
    return tuple(questions[name] for name in sheet.questions)


def sheet_words(desk: Desk, sheet: PaperSheet) -> list[str]:
    """Return whose sheet it is, and what it says of the paper."""
    student = desk.row(sheet.attempt.student).student
    title = _title(desk, sheet)
    readings = [f"  {name}  {desk.stored_session().title(name)}" for name in _own(desk, sheet)]
    return [
        f"sheet {sheet.number}, {student.name} ({student.student_id})",
        *([title] if title else readings),
    ]


def _title(desk: Desk, sheet: PaperSheet) -> str:
    return desk.stored_session().title(sheet.paper.reading) if sheet.paper else ""


def _about(desk: Desk, sheet: PaperSheet) -> str:
    if sheet.paper is None:
        return ""
    reading = desk.stored_session().reading(sheet.paper.reading)
    words = [" ".join(str(part) for part in (reading.authors, reading.year) if part)]
    if sheet.paper.origin is not Origin.DRAWN:
        words.append(str(sheet.paper.origin))
    return ", ".join(word for word in words if word)


def _own(desk: Desk, sheet: PaperSheet) -> list[str]:
    """Return the readings to choose from by hand, by their title; none where a paper is printed."""
    stored = desk.stored
    if sheet.paper is not None or stored is None:
        return []
    return sorted(stored.reviewed.get(sheet.attempt.student, {}), key=stored.title)


def _readings(desk: Desk, sheet: PaperSheet) -> tuple[str, ...]:
    return tuple(desk.stored_session().title(name) for name in _own(desk, sheet))


def _general(desk: Desk, sheet: PaperSheet) -> str:
    is_general = desk.stored is not None and sheet.bank == desk.stored.fallback
    return GENERAL if is_general else ""
