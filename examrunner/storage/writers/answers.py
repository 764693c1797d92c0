"""Answers about titles and people as CSV: those that a session remembers, and open questions."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from examrunner.domain.course.matching import OWN
from examrunner.storage.readers.answers import COLUMNS, LEAVE_WORD, OWN_WORD
from examrunner.storage.writers.score_tables import harmless

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from examrunner.domain.course.linking import PersonQuestion, TitleQuestion
    from examrunner.storage.readers.answers import Answered

BETWEEN = " / "
"""Stands between the texts that say who is meant."""


def render_answers(answered: Answered) -> bytes:
    """Return answers as the session folder keeps them."""
    rows = [[title, _word(answer), "", ""] for title, answer in answered.titles.items()]
    rows += [["", "", who, _word(answer)] for who, answer in answered.people.items()]
    return _csv([COLUMNS, *rows])


def render_questions(titles: Iterable[TitleQuestion], people: Iterable[PersonQuestion]) -> bytes:
    """Return open questions as a file to fill in, with the likeliest answers beside each."""
    rows = [
        [one.title, "", "", "", "; ".join(likely.reading_id for likely in one.candidates)]
        for one in titles
    ]
    rows += [["", "", BETWEEN.join(one.who), "", "; ".join(one.candidates)] for one in people]
    return _csv([(*COLUMNS, "likely"), *([harmless(cell) for cell in row] for row in rows)])


def _word(answer: str | None) -> str:
    return LEAVE_WORD if answer is None else OWN_WORD if answer == OWN else answer


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\r\n").writerows(rows)
    return stream.getvalue().encode("utf-8")
