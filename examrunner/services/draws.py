"""Reveal: the paper is drawn, assigned or chosen by hand, and its sheet is chosen."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from examrunner.domain.bank.banks import State
from examrunner.domain.draw import sheets
from examrunner.domain.draw.commitment import bank_hash, bank_items
from examrunner.domain.draw.ticket import NONE
from examrunner.domain.errors import Refused
from examrunner.domain.exam import events as ev
from examrunner.domain.exam.events import Origin
from examrunner.domain.exam.phases import BEFORE, Action, Phase, demand_session
from examrunner.storage.database.drafts import Draft, Exposure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from examrunner.domain.bank.banks import Question
    from examrunner.domain.draw.lines import Drawn
    from examrunner.domain.draw.log import DrawLog
    from examrunner.domain.exam.attempts import Attempt
    from examrunner.services.committed import Stored
    from examrunner.services.desk import Desk

SECOND_PAPER = "second-paper"
RETAKE = "retake"
LATE = "late"
"""Why, in the public log, a sheet comes from a bank that is not in the commit."""
OFF_RULE = "other"
"""Why, in the public log, a sheet is not the rule's: nothing keeps the rule, or it was on paper."""
WORD_BYTES = 32
"""A word of the draw spec, from which a sheet is chosen, has 256 bits."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What an attempt is examined on; nothing of it is on record yet."""

    reading: str
    origin: Origin
    bank: str
    """SHA-256 of the stored bank that the questions come from."""
    questions: tuple[str, ...]
    """Ids of the sheet's questions, in the order they are asked."""
    relisted: str | None = None
    drawn: str | None = None
    chosen: str | None = None
    """Lines of the public log; only a draw has them."""


def sheet(desk: Desk, attempt: Attempt) -> list[Question]:
    """Return the questions of an attempt's sheet, in the order they are asked."""
    if attempt.bank is None:
        return []
    questions = desk.questions(attempt.bank)
    return [questions[asked.id] for asked in attempt.questions]


def remarks(desk: Desk, attempt: Attempt) -> dict[str, str]:
    """Return a word for each question of a sheet that is not an approved one of its reading.

    `general` for one of the fallback bank beside others; the state of one of a bank in which
    somebody has judged questions. Where approval is not in use, no question is remarked on.
    """
    if attempt.bank is None or attempt.is_fallback:
        return {}
    general = desk.questions(desk.stored_session().fallback)
    questions = desk.questions(attempt.bank)
    own = [one for name, one in questions.items() if name not in general]
    is_judged = any(one.status is not State.DRAFT for one in own)
    found = {}
    for name in (asked.id for asked in attempt.questions):
        if name in general:
            found[name] = "general"
        elif is_judged and questions[name].status is not State.APPROVED:
            found[name] = str(questions[name].status)
    return found


def choices(desk: Desk, attempt: Attempt) -> list[str]:
    """Return the readings that may be chosen by hand.

    This student's own come first, and at the end those that the student knows from an attempt.
    """
    stored = desk.stored_session()
    own, known = stored.eligible.get(attempt.student, ()), desk.known_papers(attempt.student)
    return sorted(stored.banks, key=lambda name: (name in known, name not in own, name))


def is_drawn(desk: Desk, attempt: Attempt) -> bool:
    """Say whether the attempt's paper will come from a draw that is still to be made."""
    assigned = desk.row(attempt.student).student.assigned
    return (
        assigned is None and not attempt.is_drawn_ahead and not desk.has_no_paper(attempt.student)
    )


def reveal(
    desk: Desk,
    attempt: Attempt,
    reading: str | None = None,
    reason: str = "",
    nonce: str = NONE,
) -> Attempt:
    """Reveal the paper of a called attempt; from here on the attempt counts.

    Without `reading` it is the assigned one where the roster names one, else it is drawn; the
    student's spoken number, the `nonce`, then takes part. Raises Refused where the student has no
    paper that may be drawn.
    """
    desk.demand(Action.REVEAL, attempt)
    if not attempt.is_present:
        raise Refused("The student is not marked present yet.", "enter first, then r.")
    assigned = desk.row(attempt.student).student.assigned
    if reading is not None:
        _reveal_given(desk, attempt, reading, Origin.CHOSEN, reason)
    elif assigned is not None:
        _reveal_given(desk, attempt, assigned, Origin.ASSIGNED, reason)
    else:
        _reveal_drawn(desk, attempt, nonce)
    return desk.attempt(attempt.id)


def _reveal_drawn(desk: Desk, attempt: Attempt, nonce: str) -> None:
    log = desk.log().copy()  # kept only once its lines are saved
    own = desk.row(attempt.student).attempts
    seen = papers_before(own)
    _save(desk, attempt, draw_paper(desk, log, attempt, seen, nonce=nonce), "")
    desk.draw_log = log


def draw_all(desk: Desk) -> list[Attempt]:
    """Draw the first paper of everyone who waits for one, in exam order, and show none.

    The sheets are chosen at the reveal. Returns the attempts drawn now. Raises as
    `demand_no_numbers` does.
    """
    demand_no_numbers(desk)
    drawn = []
    for row in desk.in_exam_order():
        attempt = row.attempts[0]
        if attempt.phase not in BEFORE or attempt.is_drawn_ahead or not is_drawn(desk, attempt):
            continue
        demand_session(Action.REVEAL, desk.phase)
        log = desk.log().copy()
        line = log.draw(attempt.student, attempt.number).line
        desk.write([Draft(ev.DrawnAhead(attempt.id, line))])
        desk.draw_log = log
        drawn.append(desk.attempt(attempt.id))
    return drawn


def demand_no_numbers(desk: Desk) -> None:
    """Raise Refused where each student is to say a number, which a draw made ahead cannot have."""
    if desk.settings.draw.spoken_number:
        raise Refused(
            "In this session a number that the student says takes part in each draw.",
            "Reveal each paper in the app; or commit without spoken_number before the day begins.",
        )


def drawn_ahead(log: DrawLog, attempt: Attempt) -> Drawn | None:
    """Return the draw that was made ahead for an attempt, where it still stands."""
    found = log.standing(attempt.student)
    is_own = attempt.is_drawn_ahead and found is not None and found.attempt == attempt.number
    return found if is_own else None


def papers_before(attempts: Iterable[Attempt]) -> list[str]:
    """Return the papers that a further draw must leave out by a list.

    A drawn paper of a voided attempt is left out by the line that voids it.
    """
    return [
        one.reading
        for one in attempts
        if one.reading
        and one.knows_paper
        and not (one.phase is Phase.VOID and one.origin is Origin.DRAWN)
    ]


def draw_paper(
    desk: Desk,
    log: DrawLog,
    attempt: Attempt,
    seen: Sequence[str],
    printed: Paper | None = None,
    *,
    nonce: str = NONE,
) -> Paper:
    """Draw an attempt's paper and choose its sheet, in the log that is given.

    `seen` are the student's earlier papers. Where the draw gives the paper that was `printed`, the
    sheet is the printed one, off the rule if need be. A draw that was made ahead is not made again.
    Raises Refused where nothing may be drawn.
    """
    stored = desk.stored_session()
    drawn, relisted = drawn_ahead(log, attempt), None
    line = None
    if drawn is None:
        relisted, drawn = _draw(stored, log, attempt, seen, nonce)
        line = drawn.line
    bank = stored.banks[drawn.paper]
    questions = desk.questions(bank)
    items = sheets.items_of(questions.values())
    extra = _not_committed(stored, drawn.paper, questions)
    asked = printed.questions if printed and printed.reading == drawn.paper else ()
    by_hand = [item for name in asked for item in items if item.id == name]
    try:
        is_off = bool(asked) and log.sheet_for(drawn.n, items).ids != asked
        chosen = None if is_off else log.sheet(drawn.n, items, extra)
    except sheets.NoSheet:
        by_hand = by_hand or first_of_each_kind(items, log.commitment.sheet)
        chosen = None
    chosen = chosen or log.sheet_by_hand(drawn.n, by_hand, OFF_RULE, extra)
    return Paper(drawn.paper, Origin.DRAWN, bank, chosen.sheet.ids, relisted, line, chosen.line)


def _not_committed(
    stored: Stored, paper: str, questions: Mapping[str, Question]
) -> dict[str, str | int]:
    """Return what a sheet's line says of a bank that is not the committed one of its reading."""
    committed = stored.commitment.banks.get(paper)
    if committed is not None and paper not in stored.late_banks:
        return {}
    own = bank_hash(bank_items(questions.values()))
    if own == committed:  # taken in again as it was
        return {}
    _, why = stored.late_banks.get(paper, (own, LATE))
    return {"bank": own, "why": why}


def _draw(
    stored: Stored, log: DrawLog, attempt: Attempt, seen: Sequence[str], nonce: str
) -> tuple[str | None, Drawn]:
    """Draw now; where papers are left out, the line of the shorter list comes first."""
    eligible = stored.eligible.get(attempt.student)
    relisted = None
    if eligible and seen:
        rest = [name for name in eligible if name not in seen]
        why = RETAKE if attempt.granted == RETAKE else SECOND_PAPER
        relisted = log.list(attempt.student, rest, why).line
    if not eligible or not log.papers(attempt.student):
        raise Refused("This student has no paper that may be drawn.", "c chooses a paper by hand.")
    return relisted, log.draw(attempt.student, attempt.number, nonce)


def _reveal_given(desk: Desk, attempt: Attempt, reading: str, origin: Origin, reason: str) -> None:
    """Choose the sheet of a paper that was not drawn: by the same rule, outside the public log."""
    uses = Counter(asked.id for one in desk.attempts() for asked in one.questions)
    words = iter(lambda: int.from_bytes(desk.entropy(WORD_BYTES), "big"), None)
    _save(desk, attempt, given_paper(desk, reading, origin, uses, words), reason)


def given_paper(
    desk: Desk, reading: str, origin: Origin, uses: Mapping[str, int], words: Iterator[int]
) -> Paper:
    """Return a paper that was not drawn with a sheet that the words name.

    `uses` says on how many sheets a question stands already. Raises Refused where the session has
    no such reading.
    """
    stored = desk.stored_session()
    if reading not in stored.banks:
        raise Refused(f"The session has no reading {reading!r}.")
    bank = stored.banks[reading]
    return Paper(reading, origin, bank, choose_sheet(desk, bank, uses, words))


def choose_sheet(
    desk: Desk, bank: str, uses: Mapping[str, int], words: Iterator[int]
) -> tuple[str, ...]:
    """Return the sheet that the words name, by the session's rule, outside the public log."""
    items = sheets.items_of(desk.questions(bank).values())
    rule = desk.stored_session().commitment.sheet
    try:
        return sheets.choose(items, rule, uses, words).ids
    except sheets.NoSheet:
        return tuple(item.id for item in first_of_each_kind(items, rule))


def first_of_each_kind(items: Iterable[sheets.Item], rule: sheets.SheetRule) -> list[sheets.Item]:
    """Return a sheet where none keeps the rule: an exam never stops for want of one.

    As many questions of each kind as asked for, in the order of their ids, as far as there are.
    """
    chosen: list[sheets.Item] = []
    for kind, count, _ in rule.depth:
        chosen += sorted((one for one in items if one.depth == kind), key=lambda one: one.id)[
            :count
        ]
    return chosen or list(items)[:1]


def _save(desk: Desk, attempt: Attempt, paper: Paper, reason: str) -> None:
    drafts, exposures = drafts_of(desk, attempt, paper, reason)
    desk.write(drafts, exposures=exposures)


def drafts_of(
    desk: Desk, attempt: Attempt, paper: Paper, reason: str
) -> tuple[list[Draft], list[Exposure]]:
    """Return the events of a paper that becomes known, and the questions that it exposes."""
    stored = desk.stored_session()
    questions = desk.questions(paper.bank)
    kinds = tuple(questions[name].kind for name in paper.questions)
    is_fallback = paper.bank == stored.fallback
    revealed = ev.Revealed(attempt.id, paper.reading, paper.origin, paper.drawn)
    chosen = ev.SheetChosen(
        attempt.id, paper.bank, paper.questions, kinds, is_fallback, paper.chosen
    )
    drafts = [Draft(revealed, reason or None), Draft(chosen)]
    if paper.relisted is not None:
        drafts.insert(0, Draft(ev.Relisted(attempt.id, paper.relisted)))
    course, session = stored.course.id, desk.settings.session
    return drafts, [Exposure(course, name, session, attempt.id) for name in paper.questions]
