"""A sheet of the paper kit is keyed in afterwards.

Everything is written at once, as the events that the app would have written, behind one that
says that they come from paper: their times are those of the keying. Nothing else is made up. A
time that nobody noted stays unknown, and a paper that the draw does not give now counts as chosen
by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from examrunner.domain.draw.log import DrawLog
from examrunner.domain.errors import Refused, WrongUsage
from examrunner.domain.exam import events as ev
from examrunner.domain.exam.attempts import Attempt
from examrunner.domain.exam.clock import shown
from examrunner.domain.exam.events import Help, Origin, Rating, Verdict
from examrunner.domain.exam.phases import (
    EXPOSED,
    UNDER_WAY,
    Action,
    Phase,
    demand,
    demand_session,
)
from examrunner.domain.exam.rules import allowance
from examrunner.domain.exam.settings import VerdictRule
from examrunner.domain.text import bad_character, name_of, tidy
from examrunner.services import kit as kits
from examrunner.services.draws import Paper, drafts_of, draw_paper, papers_before
from examrunner.services.kit import PaperSheet, write_now
from examrunner.storage.database.drafts import Draft, Exposure

if TYPE_CHECKING:
    from examrunner.services.desk import Desk

NOT_NOTED = "not-noted"
"""Why a question was not asked: the sheet has only a box for it."""
LONGEST = 24 * 60 * 60
"""More seconds are a slip of the keys."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a sheet says of one question."""

    rating: Rating | None = None
    help: Help | None = None
    points: tuple[int, ...] = ()
    is_flagged: bool = False
    is_not_asked: bool = False
    note: str = ""

    @property
    def is_marked(self) -> bool:
        """Whether there is a mark that only an asked question can have."""
        return bool(self.rating or self.help or self.points or self.is_flagged)


@dataclass(frozen=True, slots=True)
class Filled:
    """What a sheet says, as it was keyed in."""

    number: int
    verdict: Verdict | None
    answers: Mapping[int, Answer] = field(default_factory=dict)
    """By the question's place on the sheet, from 1."""
    reading: str | None = None
    """The paper, where it is not the one that is printed."""
    seconds: int | None = None
    """Time used; None where nobody noted it."""
    note: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What would be written; nothing has been yet."""

    sheet: PaperSheet
    filled: Filled
    attempt: Attempt
    paper: Paper
    drafts: tuple[Draft, ...]
    exposures: tuple[Exposure, ...]
    log: DrawLog | None
    """The public log after it, where it grows."""


# --- which sheet ---------------------------------------------------------------------------


def find_sheet(
    desk: Desk, number: int, *, kit: int | None = None, blank: bool = False
) -> PaperSheet:
    """Return a sheet as it was printed, of the last kit or of the one that is named.

    Raises Refused where there is none, or where kits differ and none is named.
    """
    if blank:
        return _numbered(kits.blank_sheets(desk), number)
    made = kits.kits(desk)
    if not made:
        raise Refused(
            "No kit with papers is on record for this session.",
            "--blank keys in a sheet that had no paper printed on it.",
        )
    if kit is not None:
        if not 1 <= kit <= len(made):
            raise Refused(f"There is no kit {kit}.", f"The last one is kit {len(made)}.")
        return _numbered(kits.paper_sheets(desk, made[kit - 1]), number)
    found = [_numbered(kits.paper_sheets(desk, seq), number) for seq in made]
    last = found[-1]
    if any(_printed(one) != _printed(last) for one in found):
        raise Refused(
            f"Sheet {number} is not the same in all {len(made)} kits.",
            "--kit says which one was used: it is printed at the top of the sheet.",
        )
    return last


def _printed(sheet: PaperSheet) -> tuple[str, tuple[str, ...]]:
    return sheet.paper.reading if sheet.paper else "", sheet.questions


def _numbered(sheets: tuple[PaperSheet, ...], number: int) -> PaperSheet:
    for sheet in sheets:
        if sheet.number == number:
            return sheet
    raise Refused(f"There is no sheet {number}.", f"They run from 1 to {len(sheets)}.")


# --- what would be written -----------------------------------------------------------------


def plan_entry(desk: Desk, sheet: PaperSheet, filled: Filled) -> Entry:
    """Return what a filled sheet adds to the record.

    Raises Refused where the record does not allow it, WrongUsage where the sheet contradicts
    itself. Nothing has been written then.
    """
    attempt = desk.attempt(sheet.attempt.id)
    demand_free(desk, sheet)
    _demand_verdict(desk, filled)
    filled = _checked(filled)
    if attempt.phase in EXPOSED:
        paper, log = _paper_on_record(desk, attempt, sheet, filled), None
    else:
        paper, log = _paper_now(desk, attempt, sheet, filled)
    _demand_on_sheet(desk, paper, filled)
    drafts, exposures = _drafts(desk, attempt, paper, sheet, filled)
    return Entry(sheet, filled, attempt, paper, tuple(drafts), tuple(exposures), log)


def write_entry(desk: Desk, entry: Entry) -> None:
    """Write it, all or nothing. Raises Environment where the disk says no."""
    write_now(desk, entry.drafts, entry.exposures)
    if entry.log is not None:
        desk.draw_log = entry.log


def demand_free(desk: Desk, sheet: PaperSheet) -> None:
    """Raise Refused where the record takes nothing from this sheet now."""
    attempt = desk.attempt(sheet.attempt.id)
    student = desk.row(attempt.student).student
    demand_session(Action.DECIDE, desk.phase)
    if attempt.phase is Phase.DECIDED:
        raise Refused(
            f"{student.name} is decided already: {attempt.verdict or 'no verdict'}.",
            "The record screen of the app corrects a verdict.",
        )
    earlier = desk.row(attempt.student).attempt
    if earlier.id != attempt.id:
        raise Refused(f"Paper {earlier.number} of {student.name} comes first.")
    busy = desk.under_way()
    if busy is not None and busy.id != attempt.id:
        name = desk.row(busy.student).student.name
        raise Refused(
            f"{name} is with the examiner, as far as the record knows.",
            "Finish that attempt first: in the app, or with its sheet.",
        )


def _demand_verdict(desk: Desk, filled: Filled) -> None:
    if filled.verdict is None and desk.settings.exam.verdict is VerdictRule.REQUIRED:
        raise Refused("This attempt needs a verdict.", "pass, edge or fail.")


def _checked(filled: Filled) -> Filled:
    """Return a filled sheet with its texts tidied. Raises WrongUsage for what cannot be."""
    if filled.seconds is not None and not 0 <= filled.seconds <= LONGEST:
        raise WrongUsage("The time used must lie between 0 and 24 hours.")
    answers = {}
    for place, answer in sorted(filled.answers.items()):
        if answer.is_not_asked and answer.is_marked:
            raise WrongUsage(f"Question {place} has marks and was not asked: one of them is wrong.")
        answers[place] = replace(answer, note=_text(answer.note))
    note, reason = _text(filled.note), _text(filled.reason)
    return replace(filled, answers=answers, note=note, reason=reason)


def _text(written: str) -> str:
    text = tidy(written)
    bad = bad_character(text)
    if bad is not None:
        raise WrongUsage(f"A note or reason holds {name_of(bad)}, which cannot be kept.")
    return text


def _paper_on_record(desk: Desk, attempt: Attempt, sheet: PaperSheet, filled: Filled) -> Paper:
    """Return the paper of an attempt that was revealed before the program was gone."""
    assert attempt.reading is not None
    assert attempt.origin is not None
    assert attempt.bank is not None
    ids = tuple(one.id for one in attempt.questions)
    used = filled.reading or (sheet.paper.reading if sheet.paper else None)
    is_same = filled.reading is not None or not sheet.questions or sheet.questions == ids
    if used not in (None, attempt.reading) or not is_same:
        title = desk.stored_session().title(attempt.reading)
        raise Refused(
            f"On record this attempt is on {title!r}, and the sheet has another paper or other "
            "questions.",
            f"--paper {attempt.reading} keys it in with the questions on record.",
        )
    return Paper(attempt.reading, attempt.origin, attempt.bank, ids)


def _paper_now(
    desk: Desk, attempt: Attempt, sheet: PaperSheet, filled: Filled
) -> tuple[Paper, DrawLog | None]:
    """Return the paper of an attempt that is not revealed yet, and the log after its draw."""
    stored, printed = desk.stored_session(), sheet.paper
    reading = filled.reading or (printed.reading if printed else None)
    if reading is None:
        raise WrongUsage("Which paper was it? The sheet has none printed.", _choices(desk, attempt))
    if reading not in stored.banks:
        raise Refused(f"The session has no reading {reading!r}.", _choices(desk, attempt))
    if printed is None:
        bank = sheet.bank or stored.banks[reading]
        return Paper(reading, Origin.CHOSEN, bank, sheet.questions), None
    if printed.reading != reading:
        return Paper(reading, Origin.CHOSEN, stored.banks[reading], ()), None
    if printed.origin is Origin.DRAWN:
        return _drawn_or_chosen(desk, attempt, printed)
    return printed, None


def _choices(desk: Desk, attempt: Attempt) -> str:
    own = desk.stored_session().reviewed.get(attempt.student, {})
    return "\n".join(f"--paper {name}" for name in sorted(own))


def _drawn_or_chosen(desk: Desk, attempt: Attempt, printed: Paper) -> tuple[Paper, DrawLog | None]:
    """Return the printed paper as drawn where the draw gives it now, else as chosen by hand."""
    by_hand = Paper(printed.reading, Origin.CHOSEN, printed.bank, printed.questions)
    own = desk.row(attempt.student).attempts
    seen = papers_before(own)
    log = desk.log().copy()
    try:
        paper = draw_paper(desk, log, attempt, seen, printed)
    except Refused:
        return by_hand, None
    return (paper, log) if paper.reading == printed.reading else (by_hand, None)


def _demand_on_sheet(desk: Desk, paper: Paper, filled: Filled) -> None:
    questions = desk.questions(paper.bank)
    count = len(paper.questions)
    for place, answer in filled.answers.items():
        if not 1 <= place <= count:
            has = f"has {count} questions" if count else "has no printed questions"
            hint = "" if count else "--note keeps what it says."
            raise WrongUsage(f"Sheet {filled.number} {has}: there is no question {place}.", hint)
        points = len(questions[paper.questions[place - 1]].look_for)
        wrong = [point for point in answer.points if not 1 <= point <= points]
        if wrong:
            raise WrongUsage(
                f"Question {place} has {points} points to tick: there is no point {wrong[0]}."
            )


# --- the events ----------------------------------------------------------------------------


def _drafts(
    desk: Desk, attempt: Attempt, paper: Paper, sheet: PaperSheet, filled: Filled
) -> tuple[list[Draft], list[Exposure]]:
    """Return all events, each asked for at the phase table, and the questions they expose."""
    name, phase = attempt.id, attempt.phase
    exposures: list[Exposure] = []
    drafts = [Draft(ev.FromPaper(name, sheet.number, filled.seconds), filled.note or None)]
    if phase not in UNDER_WAY:
        demand(Action.CALL, phase)
        drafts += [Draft(ev.Returned(name))] if phase is not Phase.WAITING else []
        drafts.append(Draft(ev.Called(name)))
        phase = Phase.CALLED
    if phase is Phase.CALLED:
        demand(Action.MARK_PRESENT, phase)
        demand(Action.REVEAL, phase)
        drafts += [] if attempt.is_present else [Draft(ev.Present(name))]
        revealed, exposures = drafts_of(desk, attempt, paper, _why(paper, sheet))
        drafts += revealed
        phase = Phase.REVEALED
    if phase is Phase.STOPPED:
        demand(Action.GO_ON, phase)
        drafts.append(Draft(ev.WentOn(name)))
        phase = attempt.came_from or Phase.RUNNING
    if phase is Phase.REVEALED:
        demand(Action.START, phase)
        seconds = allowance(desk.settings.exam, desk.row(attempt.student).student)
        drafts.append(Draft(ev.Started(name, seconds)))
        phase = Phase.RUNNING
    demand(Action.MARK, phase)
    for place, answer in filled.answers.items():
        drafts += _marks(attempt, paper.questions[place - 1], answer)
    demand(Action.STOP, phase)
    demand(Action.DECIDE, Phase.STOPPED)
    drafts.append(Draft(ev.Stopped(name)))
    drafts.append(Draft(ev.Decided(name, filled.verdict), filled.reason or None))
    return drafts, exposures


def _why(paper: Paper, sheet: PaperSheet) -> str:
    return f"from paper sheet {sheet.number}" if paper.origin is Origin.CHOSEN else ""


def _marks(attempt: Attempt, question: str, answer: Answer) -> list[Draft]:
    """Return the marks of one answer; no time of its own is known on paper."""
    known = next((one for one in attempt.questions if one.id == question), None)
    spent = known.spent if known else 0
    ticked = known.points if known else ()
    name, marks = attempt.id, []
    marks += [
        Draft(ev.Ticked(name, question, point, on=True, spent=spent))
        for point in sorted(set(answer.points) - set(ticked))
    ]
    if answer.help is not None:
        marks.append(Draft(ev.Helped(name, question, answer.help, spent)))
    if answer.is_flagged:
        marks.append(Draft(ev.Flagged(name, question, spent)))
    if answer.rating is not None:
        marks.append(Draft(ev.Rated(name, question, answer.rating, spent)))
    if answer.is_not_asked:
        marks.append(Draft(ev.NotAsked(name, question, NOT_NOTED, spent)))
    if answer.note:
        marks.append(Draft(ev.Noted(name, question, "", spent), answer.note))
    return marks


# --- in words ------------------------------------------------------------------------------


def entry_lines(desk: Desk, entry: Entry) -> list[str]:
    """Return in words what would be written."""
    student = desk.row(entry.attempt.student).student
    filled, paper = entry.filled, entry.paper
    title = desk.stored_session().title(paper.reading)
    was_drawn = entry.sheet.paper is not None and entry.sheet.paper.origin is Origin.DRAWN
    if entry.attempt.phase in EXPOSED:
        how = f"{paper.origin}, on record already"
    elif was_drawn and paper.origin is Origin.CHOSEN:
        how = f"{paper.origin}: the draw does not give it now"
    else:
        how = str(paper.origin)
    lines = [
        f"sheet {entry.sheet.number}, {student.name} ({student.student_id})",
        f"paper    {title}, {how}",
    ]
    questions = desk.questions(paper.bank)
    for place, question in enumerate(paper.questions, 1):
        words = answer_words(filled.answers.get(place, Answer()))
        lines.append(f"{place:>3} {questions[question].kind:<9} {words}")
    used = "not noted" if filled.seconds is None else shown(filled.seconds)
    lines.append(f"time     {used}")
    lines += [f"note     {filled.note}"] if filled.note else []
    reason = f", {filled.reason}" if filled.reason else ""
    return [*lines, f"verdict  {filled.verdict or 'none'}{reason}"]


def answer_words(answer: Answer) -> str:
    """Return what a sheet says of one question, in a line."""
    words = [str(one) for one in (answer.rating, answer.help) if one]
    words += [f"points {' '.join(map(str, sorted(answer.points)))}"] if answer.points else []
    words += ["flagged"] if answer.is_flagged else []
    words += ["not asked"] if answer.is_not_asked else []
    words += [f"note: {answer.note}"] if answer.note else []
    return ", ".join(words) or "nothing"
