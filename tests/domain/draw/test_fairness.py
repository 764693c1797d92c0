"""Fairness in exact numbers: every outcome, every adaptive examiner; and the test by counts."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.draw.fairness import Deviation, Fairness, chi_square_tail
from examrunner.domain.draw.odds import Earlier, Row, W, couple, odds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RELATIVE = Fraction(12, 10**9)
"""How far a chance may lie from 1/k, as a share of it (draw notes, 1.1)."""
MARGIN = Fraction(1, 10**7)
NEAR_CERTAIN = 3 * (W >> 2)
SMALL = (
    ("abc", "bcd", "abd", "acd", "abcd"),
    ("ab", "abcde", "bc", "de", "ace"),
    ("abcde", "abcde", "abcde"),
    ("ab", "ab", "ab", "ab", "ab"),
    ("a", "ab", "abc", "cd", "dex"),
)
"""Classes of at most five students with at most five papers each, in exam order."""
Chances = dict[tuple[int, str], Fraction]


def outcomes(row: Row) -> Iterator[tuple[str, Fraction]]:
    """Yield each paper with its chance."""
    for paper, share in row.items():
        yield paper, Fraction(share, W)


def chance_of_each(lists: tuple[str, ...], h: int) -> Chances:
    """Return the exact chance of every paper for every student, over all outcomes."""
    weights: dict[tuple[int, str], int] = {}
    depth = len(lists)

    def go(done: tuple[Earlier, ...], weight: int) -> None:
        position = len(done)
        if position == depth:
            return
        row = odds(lists[position], position, done, h)
        left = depth - position - 1
        for paper, share in row.items():
            place = (position, paper)
            weights[place] = weights.get(place, 0) + weight * share * W**left
            go((*done, Earlier(position, row, paper)), weight * share)

    go((), 1)
    return {place: Fraction(weight, W**depth) for place, weight in weights.items()}


@pytest.mark.parametrize("h", [0, 1, 2, 9])
@pytest.mark.parametrize("lists", SMALL)
def test_every_paper_has_its_chance_over_all_outcomes(lists: tuple[str, ...], h: int) -> None:
    """Over every path of a session each paper of a student has chance 1/k, to 1.2e-8 of it."""
    chances = chance_of_each(lists, h)
    assert len(chances) == sum(map(len, lists))
    for (position, _), chance in chances.items():
        expected = Fraction(1, len(lists[position]))
        assert abs(chance - expected) <= RELATIVE * expected


class Void(NamedTuple):
    """A student whose first draw the examiner may void once, at once or later."""

    position: int


def best(
    lists: tuple[str, ...],
    h: int,
    target: int,
    wanted: str,
    *,
    void: Void | None = None,
    better: Callable[..., Fraction] = max,
) -> Fraction:
    """Return the most (or least) that an examiner can do for a student and a paper.

    The examiner sees all draws so far, and says after each whom to call next; `void` names one
    whose first draw may be voided and drawn again from the other papers, at any time.
    """

    def calls(done: tuple[Earlier, ...]) -> Iterator[tuple[int, str]]:
        """Yield who may be called next, and the papers that the draw is from."""
        drawn = [one.position for one in done]
        for position, papers in enumerate(lists):
            if position not in drawn:
                yield position, papers
        if void and drawn.count(void.position) == 1:
            first = next(one.paper for one in done if one.position == void.position)
            yield void.position, lists[void.position].replace(first, "")

    def value(done: tuple[Earlier, ...]) -> Fraction:
        options = []
        for position, papers in calls(done):
            others = [one for one in done if one.position != position]
            row = odds(papers, position, others, h)
            if position == target:
                options.append(Fraction(row.get(wanted, 0), W))
                continue
            further = (
                chance * value((*done, Earlier(position, row, paper)))
                for paper, chance in outcomes(row)
            )
            options.append(sum(further, Fraction(0)))
        return better(options)

    return value(())


@pytest.mark.parametrize(
    ("target", "wanted", "h"), [(2, "a", 4), (4, "c", 4), (0, "b", 1), (4, "a", 2)]
)
def test_no_examiner_who_sees_all_draws_moves_a_chance(target: int, wanted: str, h: int) -> None:
    """Whoever is called next, by whatever came before: 1/3 to within 1e-8, at most and at least."""
    lists = ("abc", "bcd", "abd", "acd", "abc")
    third, drift = Fraction(1, 3), Fraction(1, 10**8)
    assert best(lists, h, target, wanted) <= third + drift
    assert best(lists, h, target, wanted, better=min) >= third - drift


def test_a_sliding_window_would_be_caught() -> None:
    """The same examiner does gain where odds follow the last draws and not fixed neighbours."""
    lists, target, wanted = ("ab", "ab", "ab", "ab"), 3, "a"

    def value(done: tuple[Earlier, ...]) -> Fraction:
        called = {one.position for one in done}
        options = []
        for position in set(range(len(lists))) - called:
            row = odds(lists[position], 0, [Earlier(0, d.odds, d.paper) for d in done[-1:]], 0)
            if position == target:
                options.append(Fraction(row.get(wanted, 0), W))
                continue
            further = (
                chance * value((*done, Earlier(position, row, paper)))
                for paper, chance in outcomes(row)
            )
            options.append(sum(further, Fraction(0)))
        return max(options)

    assert value(()) > Fraction(6, 10)


@pytest.mark.parametrize("better", [max, min])
def test_a_void_moves_nobody_elses_chance(better: Callable[..., Fraction]) -> None:
    """An examiner who may void a draw and draw again, whenever it suits, gains nothing by it."""
    lists, third = ("abc", "abd", "bcd", "abc"), Fraction(1, 3)
    found = best(lists, 3, 3, "a", void=Void(0), better=better)
    assert abs(found - third) <= MARGIN


@pytest.mark.parametrize("better", [max, min])
def test_a_late_student_has_equal_chances(better: Callable[..., Fraction]) -> None:
    """One added at the end of the order, called whenever it suits, has 1/k for each paper."""
    lists, late = ("abc", "bcd", "abd"), "abcd"
    found = best((*lists, late), 2, 3, "d", void=Void(1), better=better)
    assert abs(found - Fraction(1, 4)) <= MARGIN


@st.composite
def steep(draw: st.DrawFn) -> Row:
    """Odds made to hurt: a share at the edge of near certainty, the rest crumbs or halves."""
    papers = sorted(draw(st.sets(st.sampled_from("abcdef"), min_size=2)))
    top = draw(st.sampled_from([NEAR_CERTAIN, NEAR_CERTAIN - 1, W // 2, W // 2 + 1, W - 5]))
    heavy = draw(st.sampled_from(papers))
    row = dict.fromkeys(papers, 1)
    row[heavy] = min(top, W - len(papers) + 1)
    other = next(paper for paper in papers if paper != heavy)
    row[other] += W - sum(row.values())
    return row


@given(q=steep(), p=steep())
def test_margins_hold_for_rows_made_to_hurt(q: Row, p: Row) -> None:
    """Averaged over the neighbour's draw a coupled row is the row before, within 1e-7."""
    coupled = {j: couple(q, p, j) for j in p}
    for paper, share in q.items():
        mean = Fraction(sum(p[j] * row.get(paper, 0) for j, row in coupled.items()), W)
        assert abs(mean - share) <= MARGIN * W


# --- the test by counts --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "freedom", "tail"),
    [
        (3.841458820694124, 1, 0.05),
        (18.307038053275146, 10, 0.05),
        (124.34211340400407, 100, 0.05),
        (0.003932140000019531, 1, 0.95),
        (77.92946516501726, 100, 0.95),
        (0.0, 5, 1.0),
        (7.0, 0, 1.0),
    ],
)
def test_tails_of_the_tables(value: float, freedom: int, tail: float) -> None:
    """The 5 % points that tables of the chi-square distribution print come out as 5 %."""
    assert chi_square_tail(value, freedom) == pytest.approx(tail, rel=1e-9)


@given(half=st.integers(1, 60), value=st.floats(0.01, 300))
def test_tails_of_even_freedom_are_sums(half: int, value: float) -> None:
    """With an even freedom the tail is a Poisson sum: e^-x times the terms x^n / n!."""
    x = value / 2
    total = math.fsum(math.exp(n * math.log(x) - x - math.lgamma(n + 1)) for n in range(half))
    assert chi_square_tail(value, 2 * half) == pytest.approx(total, rel=1e-9, abs=1e-12)


def test_a_tail_of_great_freedom_is_found() -> None:
    """A whole university of papers: half of the distribution lies about at its mean."""
    assert chi_square_tail(2_000_000, 2_000_000) == pytest.approx(0.5, abs=0.001)
    assert chi_square_tail(2_020_000, 2_000_000) == pytest.approx(0, abs=1e-12)


def test_counts_by_hand() -> None:
    """Statistic, freedom and deviations of two students and one who has a single paper."""
    found = Fairness(100, ("ab", "abcd", "a"), ((60, 40), (25, 25, 25, 25), (100,)))
    assert (found.cells, found.freedom) == (7, 4)
    assert found.chi_square == pytest.approx(4.0)
    assert found.p == pytest.approx(chi_square_tail(4.0, 4))
    assert found.deviations(0) == [Deviation(0, "a", 2.0), Deviation(0, "b", -2.0)]
    assert found.deviations(2) == []
    assert found.worst() == Deviation(0, "a", 2.0)


def test_single_papers_leave_nothing_to_test() -> None:
    """Where everybody has one paper there is no deviation and no freedom."""
    found = Fairness(10, ("a", "b"), ((10,), (10,)))
    assert found.worst() is None
    assert (found.freedom, found.p) == (0, 1.0)
