"""The questions of an attempt as lines of its record: what was asked, and what the answer held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.exam.phases import Phase
from examrunner.services import draws
from examrunner.tui.lines import Line, hanging, line, wrap
from examrunner.tui.words import question_words

if TYPE_CHECKING:
    from examrunner.domain.bank.banks import Question
    from examrunner.domain.exam.attempts import Asked, Attempt
    from examrunner.services.desk import Desk

INDENT = "    "


def asked_rows(desk: Desk, attempt: Attempt, width: int) -> list[Line]:
    """Return the questions of an attempt, each with its words and the points of the answer.

    A reader of the record need not have the bank at hand: the words are those that were asked.
    """
    is_over, is_timed = attempt.phase is Phase.DECIDED, attempt.from_paper is None
    rows: list[Line] = []
    for question, asked in zip(draws.sheet(desk, attempt), attempt.questions, strict=True):
        rows.append(line("  ", *question_words(asked, decided=is_over, is_timed=is_timed)))
        if asked.asked_at is not None or asked.rating is not None:
            rows += _words(question, asked, width)
    return rows


def _words(question: Question, asked: Asked, width: int) -> list[Line]:
    inner = width - len(INDENT)
    rows = [line((f"{INDENT}{text}", "")) for text in wrap(question.say, inner)]
    for number, point in enumerate(question.look_for, 1):
        is_said = number in asked.points
        head = line((f"{INDENT}{number} {'✓' if is_said else '·'} ", "good" if is_said else "dim"))
        words = wrap(point.text, inner - 4)
        rows += hanging(head, f"{INDENT}    ", words, "" if is_said else "dim")
    return rows
