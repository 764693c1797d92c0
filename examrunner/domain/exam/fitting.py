"""What still fits: which open questions the time left is enough for. It suggests, never acts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST_TO_DROP = "critique"
NEVER_DROPPED = "detail"
"""Kinds of question (question-bank notes, section 2: only a reader knows a detail)."""


@dataclass(frozen=True, slots=True)
class Open:
    """A question that is neither rated nor marked as not asked."""

    kind: str
    seconds: int
    """Planned for it, less what it has had already."""
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Fit:
    """What the time left is enough for."""

    kept: tuple[Open, ...]
    """In the order of the sheet; the current one is not among them."""
    dropped: tuple[Open, ...]
    """What would have to be left out, in the order of the sheet."""
    needed: int
    """Seconds that all open questions would take."""
    is_short: bool
    """Even what is kept does not fit."""


def fit(questions: Sequence[Open], left: float | None) -> Fit | None:
    """Say what fits into the seconds left. None without a limit, once time is up, or at the end.

    Where not all fit, critiques are left out first, the last one before the others, then what comes
    last on the sheet; never a detail question, and never the one that is being answered.
    """
    ahead = [one for one in questions if not one.is_current]
    if left is None or left <= 0 or not ahead:
        return None
    needed = sum(one.seconds for one in questions)
    out: set[int] = set()
    rest = needed
    for place in _order(questions):
        if rest <= left:
            break
        out.add(place)
        rest -= questions[place].seconds
    kept = [one for place, one in enumerate(questions) if place not in out and not one.is_current]
    dropped = [one for place, one in enumerate(questions) if place in out]
    return Fit(tuple(kept), tuple(dropped), needed, rest > left)


def _order(questions: Sequence[Open]) -> list[int]:
    """Return the places of what may be left out, the first to go first."""
    places = [
        place
        for place, one in enumerate(questions)
        if one.kind != NEVER_DROPPED and not one.is_current
    ]
    return sorted(places, key=lambda place: (questions[place].kind != FIRST_TO_DROP, -place))
