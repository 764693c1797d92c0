"""Reveal: the paper is drawn, assigned or chosen by hand, and its sheet is chosen."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from examrunner.domain.bank.banks import Question
from examrunner.domain.draw import sheets
from examrunner.domain.errors import Refused
from examrunner.domain.exam import events as ev
from examrunner.domain.exam.events import Origin
from examrunner.domain.exam.phases import EXPOSED, Action, demand
from examrunner.domain.plain import from_plain
from examrunner.storage.database.drafts import Draft, Exposure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from examrunner.domain.exam.attempts import Attempt
    from examrunner.services.desk import Desk

SECOND_PAPER = "second-paper"
NO_SHEET = "other"
"""Why, in the public log, a sheet was not chosen by the rule: no choice of questions keeps it."""
WORD_BYTES = 32
"""A word of the draw spec, from which a sheet is chosen, has 256 bits."""


def bank_questions(desk: Desk, sha: str) -> dict[str, Question]:
    """Return the questions of a bank as it was stored at the commit, by id."""
    items = json.loads(desk.document(sha))
    return {item["id"]: from_plain(Question, item["question"]) for item in items}


def sheet(desk: Desk, attempt: Attempt) -> list[Question]:
    """Return the questions of an attempt's sheet, in the order they are asked."""
    if attempt.bank is None:
        return []
    questions = bank_questions(desk, attempt.bank)
    return [questions[asked.id] for asked in attempt.questions]


def choices(desk: Desk, attempt: Attempt) -> list[str]:
    """Return the readings that may be chosen by hand: this student's own first."""
    stored = desk.stored_session()
    own = [name for name in stored.eligible.get(attempt.student, ()) if name in stored.banks]
    rest = sorted(set(stored.banks) - set(own))
    return own + rest


def reveal(desk: Desk, attempt: Attempt, reading: str | None = None, reason: str = "") -> Attempt:
    """Reveal the paper of a called attempt; from here on the attempt counts.

    Without `reading` it is the assigned one where the roster names one, else it is drawn.
    Raises Refused where the student has no paper that may be drawn.
    """
    demand(Action.REVEAL, attempt.phase)
    if not attempt.is_present:
        raise Refused("The student is not marked present yet.", "enter first, then r.")
    assigned = desk.row(attempt.student).student.assigned
    if reading is not None:
        _reveal_given(desk, attempt, reading, Origin.CHOSEN, reason)
    elif assigned is not None:
        _reveal_given(desk, attempt, assigned, Origin.ASSIGNED, reason)
    else:
        _reveal_drawn(desk, attempt)
    return desk.attempt(attempt.id)


def _reveal_drawn(desk: Desk, attempt: Attempt) -> None:
    stored = desk.stored_session()
    if not stored.eligible.get(attempt.student):
        raise Refused("This student has no paper that may be drawn.", "c chooses a paper by hand.")
    log = desk.log().copy()  # kept only once its lines are saved
    drafts = []
    seen = [own.reading for own in desk.row(attempt.student).attempts if own.phase in EXPOSED]
    if seen:
        rest = [name for name in stored.eligible[attempt.student] if name not in seen]
        relisted = log.list(attempt.student, rest, SECOND_PAPER)
        drafts.append(Draft(ev.Relisted(attempt.id, relisted.line)))
    drawn = log.draw(attempt.student, attempt.number)
    bank = stored.banks[drawn.paper]
    items = sheets.items_of(bank_questions(desk, bank).values())
    try:
        chosen = log.sheet(drawn.n, items)
    except sheets.NoSheet:
        rule = log.commitment.sheet
        chosen = log.sheet_by_hand(drawn.n, first_of_each_kind(items, rule), NO_SHEET)
    drafts.append(Draft(ev.Revealed(attempt.id, drawn.paper, Origin.DRAWN, drawn.line)))
    _finish(desk, attempt, drafts, reading=drawn.paper, ids=chosen.sheet.ids, line=chosen.line)
    desk.draw_log = log


def _reveal_given(desk: Desk, attempt: Attempt, reading: str, origin: Origin, reason: str) -> None:
    """Choose the sheet of a paper that was not drawn: by the same rule, outside the public log."""
    stored = desk.stored_session()
    if reading not in stored.banks:
        raise Refused(f"The session has no reading {reading!r}.")
    items = sheets.items_of(bank_questions(desk, stored.banks[reading]).values())
    uses = Counter(asked.id for one in desk.attempts() for asked in one.questions)
    words = iter(lambda: int.from_bytes(desk.entropy(WORD_BYTES), "big"), None)
    rule = stored.commitment.sheet
    try:
        ids = sheets.choose(items, rule, uses, words).ids
    except sheets.NoSheet:
        ids = tuple(item.id for item in first_of_each_kind(items, rule))
    drafts = [Draft(ev.Revealed(attempt.id, reading, origin), reason or None)]
    _finish(desk, attempt, drafts, reading=reading, ids=ids, line=None)


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


def _finish(
    desk: Desk,
    attempt: Attempt,
    drafts: list[Draft],
    *,
    reading: str,
    ids: tuple[str, ...],
    line: str | None,
) -> None:
    stored = desk.stored_session()
    bank = stored.banks[reading]
    questions = bank_questions(desk, bank)
    kinds = tuple(questions[name].kind for name in ids)
    what = ev.SheetChosen(attempt.id, bank, ids, kinds, reading in stored.without_bank, line)
    drafts.append(Draft(what))
    course = stored.course.id
    session = desk.settings.session
    exposures = [Exposure(course, name, session, attempt.id) for name in ids]
    desk.write(drafts, exposures=exposures)
