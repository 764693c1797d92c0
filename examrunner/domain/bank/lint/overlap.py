"""Does one text give away what another one asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from examrunner.domain.bank.lint.words import share, words_of

if TYPE_CHECKING:
    from examrunner.domain.bank.lint.draft import Phrase

MUCH = 0.6
"""So great a share of a point's words gives it away."""
FEWEST = 4
"""A point with fewer words of its own is not compared by its share."""


@dataclass(frozen=True, slots=True)
class Stated:
    """How much of a point a text states, and where in the text it begins."""

    told: str
    offset: int
    is_run: bool = False


def stated(text: Phrase, point: Phrase) -> Stated | None:
    """Return how a text states a point: by four words in a row or by most of its words."""
    own, asked = text.content, point.content
    common = own & asked
    if len(common) < 2:  # noqa: PLR2004  no run has fewer, and no share of three words
        return None
    if not text.runs.isdisjoint(point.runs):
        words = text.words
        fours = zip(words, words[1:], words[2:], words[3:], strict=False)
        run = next(four for four in fours if four in point.runs)
        told = f"holds `{' '.join(run)}`, four words"
        return Stated(told, _offset(text.text, run), is_run=True)
    if len(asked) >= FEWEST and share(own, asked) >= MUCH:
        told = f"holds {len(common)} of the {len(asked)} words"
        return Stated(told, _offset(text.text, tuple(common)))
    return None


def _offset(text: str, wanted: tuple[str, ...]) -> int:
    """Return where the first of some words, or the run that they are, begins."""
    found = [(words_of(one[0])[0], one.start()) for one in re.finditer(r"[^\W_]+", text)]
    words = [word for word, _ in found]
    for place in range(len(words)):
        if tuple(words[place : place + len(wanted)]) == wanted:
            return found[place][1]
    return next((start for word, start in found if word in wanted), 0)
