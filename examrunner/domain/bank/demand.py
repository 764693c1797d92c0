"""Which banks to write first: how likely a reading is to be drawn, and what its bank lacks.

The aims rest on section 4 of the question-bank notes. With four questions of a kind one session in
fourteen asks one twice, with three one in three; openings give little away and may repeat.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from examrunner.domain.course.eligibility import draw_likelihood
from examrunner.domain.plain import sha256

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

FULL = {"opening": 2, "core": 4, "detail": 4, "critique": 3}
"""Questions of each kind that a reading should have which many reviewed, for one on a sheet."""
FULL_OTHER = 4
FEW = 2
"""Questions of each kind where few did: enough for two students without a repeat."""
MANY = Fraction(1, 3)
"""Expected students from which on many reviewed a reading.

In the class that was measured calendar readings have 0.4 to 2 each, the others 0.2 at most.
"""
DECOYS = Fraction(2, 3)
"""Decoys for each reading that was drawn ahead."""
_CERTAIN = 1_000_000
"""Odds that stand for certainty."""
_UNITS = 1 << 20
"""Odds are rounded to so many parts of one: the fractions stay short however large the class."""


@dataclass(frozen=True, slots=True)
class Demand:
    """How much a reading is asked for by the draw."""

    reading: str
    chance: Fraction
    """That anybody draws it."""
    students: Fraction
    """How many draw it, on average."""


@dataclass(frozen=True, slots=True)
class Need:
    """What the bank of one reading has and what it should have."""

    demand: Demand
    kinds: tuple[str, ...]
    """In the order in which they are asked; `there` and `aim` go with them."""
    there: tuple[int, ...]
    """Questions that may be drawn."""
    aim: tuple[int, ...]
    waiting: int = 0
    """Further questions of these kinds that are written and wait for review or approval."""
    again: tuple[float, float] = (0.0, 0.0)
    """Expected repeated questions for the 2nd and the 3rd student, of a bank as it is now."""

    @property
    def missing(self) -> tuple[int, ...]:
        """How many questions of each kind are missing."""
        pairs = zip(self.there, self.aim, strict=True)
        return tuple(max(0, aim - there) for there, aim in pairs)

    @property
    def lack(self) -> int:
        """How many questions are missing in all."""
        return sum(self.missing)

    @property
    def weight(self) -> Fraction:
        """Chance of being drawn times what is missing: the rank on the worklist."""
        return self.demand.chance * self.lack

    @property
    def is_full(self) -> bool:
        """Whether nothing is missing."""
        return not self.lack


@dataclass(frozen=True, slots=True)
class Step:
    """Where one more finished bank of the worklist leads to."""

    reading: str
    minutes: float
    """Of work, from the beginning of the list."""
    share: Fraction
    """Of the expected draws, those that then meet a full bank."""


def demands(lists: Iterable[Sequence[str]], papers: int = 1) -> dict[str, Demand]:
    """Return the demand for every reading that can be drawn, the likeliest first.

    Each list is one student's readings, of which `papers` different ones are drawn, each equally
    likely.
    """
    listed = [frozenset(one) for one in lists]
    expected: dict[str, Fraction] = {}
    for one in listed:
        share = min(Fraction(1), Fraction(papers, len(one))) if one else Fraction(0)
        for reading in one:
            expected[reading] = expected.get(reading, Fraction(0)) + share
    likely = draw_likelihood([sorted(one) for one in listed], papers)
    return {name: Demand(name, chance, expected[name]) for name, chance in likely.items()}


def aim_for(kinds: Iterable[tuple[str, int]], students: Fraction) -> tuple[int, ...]:
    """Return how many questions of each kind a bank should have, in the order of `kinds`.

    `kinds` names how many of each stand on a sheet: twice as many ask for twice the questions.
    Nothing is wanted for a reading that nobody can draw.
    """
    if not students:
        return tuple(0 for _ in kinds)
    if students < MANY:
        return tuple(FEW * count for _, count in kinds)
    return tuple(FULL.get(kind, FULL_OTHER) * count for kind, count in kinds)


def ranked(needs: Iterable[Need]) -> list[Need]:
    """Return needs in the order in which they are best worked off; full banks come last."""
    return sorted(needs, key=lambda one: (-one.weight, -one.demand.chance, one.demand.reading))


def share_full(needs: Iterable[Need]) -> Fraction:
    """Return the share of the expected draws that meet a full bank as things are."""
    listed = list(needs)
    return _share((one.demand for one in listed if one.is_full), _total(listed))


def share_own(needs: Iterable[Need], counts: Sequence[int]) -> Fraction:
    """Return the share of draws whose whole sheet comes from the reading's own bank.

    `counts` says how many questions of each kind stand on a sheet.
    """
    listed = list(needs)
    own = (
        one.demand
        for one in listed
        if all(there >= count for there, count in zip(one.there, counts, strict=True))
    )
    return _share(own, _total(listed))


def coverage(needs: Iterable[Need], minutes: float) -> tuple[Step, ...]:
    """Return where working off needs in their order leads to, a step for each finished bank.

    `minutes` is the time that one question takes.
    """
    listed = list(needs)
    total = _total(listed)
    share, spent = share_full(listed), 0.0
    steps = []
    for one in listed:
        if one.is_full:
            continue
        spent += one.lack * minutes
        share += _share([one.demand], total)
        steps.append(Step(one.demand.reading, spent, share))
    return tuple(steps)


def share_after(steps: Iterable[Step], minutes: float, before: Fraction) -> Fraction:
    """Return the share that so many minutes lead to; `before` is the share without any work.

    A bank counts once it is finished.
    """
    done = [step.share for step in steps if step.minutes <= minutes]
    return done[-1] if done else before


def with_decoys(
    drawn: Collection[str], possible: Mapping[str, Demand], secret: str
) -> frozenset[str]:
    """Return the drawn readings among decoys, about two decoys for three of them.

    Which decoys is settled by the secret of the draw alone, so that the list is the same each
    time. By anything public a reader could tell: decoys would be the first in an order that he
    knows, and whatever comes later would be drawn. How often a reading becomes a decoy is in
    proportion to its chance over its counter-chance, as far as there are enough of them, so that a
    likely reading on the list is no surer to be drawn than an unlikely one. It is a systematic
    sample in an order by hash (Madow 1949).
    """
    rest = [name for name in possible if name not in drawn]
    count = min(len(rest), math.ceil(DECOYS * len(drawn)))
    rest.sort(key=lambda name: sha256(f"decoy\n{secret}\n{name}\n"))
    shares = _in_proportion([_odds(possible[name].chance) for name in rest], count)
    reached = Fraction(int(sha256(f"decoys\n{secret}\n"), 16), 16**64)
    decoys = []
    for name, share in zip(rest, shares, strict=True):
        before, reached = reached, reached + share
        if math.floor(reached) > math.floor(before):
            decoys.append(name)
    return frozenset(drawn) | frozenset(decoys)


def _odds(chance: Fraction) -> int:
    """Return chance over counter-chance in units of 1/_UNITS, never nothing."""
    odds = _CERTAIN if chance == 1 else chance / (1 - chance)
    return max(1, round(odds * _UNITS))


def _in_proportion(weights: Sequence[int], count: int) -> list[Fraction]:
    """Return shares of at most 1 that add up to `count`, otherwise in proportion to weights."""
    whole: set[int] = set()
    while True:
        total = sum(weight for place, weight in enumerate(weights) if place not in whole)
        unit = Fraction(count - len(whole), total) if total else Fraction(0)
        over = {place for place, weight in enumerate(weights) if weight * unit >= 1} - whole
        if not over:
            break
        whole |= over
    return [
        Fraction(1) if place in whole else weight * unit for place, weight in enumerate(weights)
    ]


def _total(needs: Iterable[Need]) -> Fraction:
    return sum((one.demand.students for one in needs), Fraction(0))


def _share(demands: Iterable[Demand], total: Fraction) -> Fraction:
    """Return the part of all expected draws; of none, nothing is left to do."""
    found = sum((one.students for one in demands), Fraction(0))
    return found / total if total else Fraction(1)
