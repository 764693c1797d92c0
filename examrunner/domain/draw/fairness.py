"""Is every paper of a student equally likely? Counts of simulated draws against 1/k."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_ENOUGH = 1e-15
_MOST_STEPS = 1_000_000
_TINY = 1e-300
"""Keeps the continued fraction from dividing by 0."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """How far one count lies from its expectation."""

    place: int
    """The student's index among those who were drawn for, from 0."""
    paper: str
    errors: float
    """In standard errors of the count; below 0 where the paper came too seldom."""


@dataclass(frozen=True, slots=True)
class Fairness:
    """How often each student drew each paper."""

    sessions: int
    lists: Sequence[Sequence[str]]
    """Each student's papers, sorted."""
    counts: Sequence[Sequence[int]]
    """How often each of them was drawn; a row adds up to `sessions`."""

    def deviations(self, place: int) -> list[Deviation]:
        """Return the deviation of each paper of a student; empty for a single paper."""
        papers = self.lists[place]
        chance = 1 / len(papers)
        error = math.sqrt(self.sessions * chance * (1 - chance))
        if not error:
            return []
        return [
            Deviation(place, paper, (count - self.sessions * chance) / error)
            for paper, count in zip(papers, self.counts[place], strict=True)
        ]

    def worst(self) -> Deviation | None:
        """Return the largest deviation of all; None where every student has a single paper."""
        places = range(len(self.lists))
        every = [one for place in places for one in self.deviations(place)]
        return max(every, key=lambda one: abs(one.errors), default=None)

    @property
    def cells(self) -> int:
        """Number of student x paper counts."""
        return sum(map(len, self.lists))

    @property
    def freedom(self) -> int:
        """Degrees of freedom: each student's counts add up to a known number."""
        return self.cells - len(self.lists)

    @property
    def chi_square(self) -> float:
        """Pearson's statistic over all counts."""
        total = 0.0
        for counts in self.counts:
            expected = self.sessions / len(counts)
            total += sum((count - expected) ** 2 for count in counts) / expected
        return total

    @property
    def p(self) -> float:
        """The chance of so large a statistic if every paper is equally likely.

        Exact for students who draw independently; spaced draws hang together a little, which moves
        the spread of the statistic and not its mean.
        """
        return chi_square_tail(self.chi_square, self.freedom)


def chi_square_tail(value: float, freedom: int) -> float:
    """Return the chance that a chi-square variable with this freedom is at least `value`.

    The regularised upper incomplete gamma function Q(freedom/2, value/2): its power series
    below the middle, its continued fraction above (NIST Digital Library of Mathematical
    Functions, 8.11.4 and 8.9.2). No freedom at all gives 1.
    """
    if freedom < 1 or value <= 0:
        return 1.0
    a, x = freedom / 2, value / 2
    scale = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        return max(0.0, 1.0 - scale * _series(a, x))
    return min(1.0, scale * _fraction(a, x))


def _series(a: float, x: float) -> float:
    """Return the sum of x^n / (a (a+1) ... (a+n))."""
    term = total = 1 / a
    for n in range(1, _MOST_STEPS):
        term *= x / (a + n)
        total += term
        if term < total * _ENOUGH:
            break
    return total


def _fraction(a: float, x: float) -> float:
    """Return 1/(x+1-a- 1(1-a)/(x+3-a- ...)), from the front by the modified Lentz method."""
    b = x + 1 - a
    c, d = 1 / _TINY, 1 / (b or _TINY)
    value = d
    for n in range(1, _MOST_STEPS):
        factor = -n * (n - a)
        b += 2
        d = 1 / ((factor * d + b) or _TINY)
        c = (b + factor / c) or _TINY
        value *= c * d
        if abs(c * d - 1) < _ENOUGH:
            break
    return value
