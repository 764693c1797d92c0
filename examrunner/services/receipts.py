"""Receipts: what a student keeps of a draw, to find it again in the published log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from examrunner.domain.draw.odds import W
from examrunner.domain.exam.events import Origin

if TYPE_CHECKING:
    from examrunner.domain.draw.lines import Drawn
    from examrunner.domain.draw.log import DrawLog
    from examrunner.domain.exam.attempts import Attempt

HEAD_DIGITS = 20
"""Digits of the log's head on a receipt: enough that nobody makes another log with the same."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a student keeps of one draw."""

    number: int
    """Which draw of the session it was, counted from 1."""
    line: int
    """Line of the public log, counted from 1, as programs and editors count."""
    nonce: str
    """The number that the student said; `-` for none."""
    ticket: int
    paper: str
    chance: float
    """Of that paper at that draw."""
    odds: tuple[tuple[str, int], ...]
    """Each paper's share of 2^30 at that draw."""
    head: str
    """First digits of the log's head after the draw."""


def receipt_of(log: DrawLog, attempt: Attempt) -> Receipt | None:
    """Return the receipt of an attempt's draw; None for a paper that was not drawn."""
    return drawn_for(log, attempt) if attempt.origin is Origin.DRAWN else None


def drawn_for(log: DrawLog, attempt: Attempt) -> Receipt | None:
    """Return the receipt of the draw that was made for an attempt, whatever paper it had then."""
    for number, one in enumerate(log.draws, 1):
        if (one.student, one.attempt) == (attempt.student, attempt.number):
            return _receipt(number, one)
    return None


def _receipt(number: int, drawn: Drawn) -> Receipt:
    return Receipt(
        number=number,
        line=drawn.n + 1,
        nonce=drawn.nonce,
        ticket=drawn.ticket,
        paper=drawn.paper,
        chance=drawn.odds[drawn.paper] / W,
        odds=tuple(drawn.odds.items()),
        head=drawn.head[:HEAD_DIGITS],
    )
