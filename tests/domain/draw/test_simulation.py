"""Figures of simulated sessions."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from examrunner.domain.draw import bulk
from examrunner.domain.draw.odds import W
from examrunner.domain.draw.reuse import expected_repeats
from examrunner.domain.draw.sheets import Item, rule_for
from examrunner.domain.draw.simulation import simulate
from tests.domain.draw.vectors import BANK, RULE, golden_lists

if TYPE_CHECKING:
    from examrunner.domain.draw.figures import Figures

UNEVEN = [("a", "b", "c"), ("b",), ("a", "c", "d"), ("c", "a"), ("b", "d", "a", "e")] * 2


def counted_by_hand(lists: list[tuple[str, ...]], h: int, sessions: int, seed: int) -> list[float]:
    """Return exposed, within 6, within 12, clear, nearest, load and worst load, the slow way."""
    roster = [(f"s{place}", papers) for place, papers in enumerate(lists)]
    (drawn,) = bulk.draw_sessions(roster, h, bulk.keys_from(seed, sessions))
    exposed = near = hour = clear = 0
    nearest, loads = [], []
    for row in drawn.papers:
        papers = [sorted(own)[place] for own, place in zip(lists, row, strict=True)]
        last: dict[str, int] = {}
        gaps = []
        for place, paper in enumerate(papers):
            if paper in last:
                gaps.append(place - last[paper])
            last[paper] = place
        exposed += len(gaps)
        near += sum(gap <= 6 for gap in gaps)
        hour += sum(gap <= 12 for gap in gaps)
        clear += not gaps
        nearest += [min(gaps)] if gaps else []
        loads.append(max(Counter(papers).values()))
    means = [total / sessions for total in (exposed, near, hour, clear)]
    return [*means, sum(nearest) / len(nearest), sum(loads) / sessions, max(loads)]


def compared(found: Figures) -> list[float]:
    """Return the figures that `counted_by_hand` counts."""
    assert found.nearest is not None
    means = [found.exposed, found.within_6, found.within_12, found.clear, found.nearest]
    return [*means, found.load, found.load_worst]


@pytest.mark.parametrize("h", [0, 2, 9])
@pytest.mark.parametrize("lists", [UNEVEN, golden_lists()])
def test_figures_are_those_counted_by_hand(lists: list[tuple[str, ...]], h: int) -> None:
    """Repeats, distances and loads come out as a plain loop over the draws finds them."""
    found = simulate(lists, h, 150, 3)
    assert compared(found) == pytest.approx(counted_by_hand(lists, h, 150, 3))
    for papers, counts in zip(lists, found.fairness.counts, strict=True):
        assert len(counts) == len(set(papers))
        assert sum(counts) == 150


def test_one_paper_for_all_by_hand() -> None:
    """Three students with one paper: two are exposed, next to each other, and all is known."""
    found = simulate(["a", "a", "a"], 2, 5, 0)
    assert compared(found) == [2, 2, 2, 0, 1, 3, 3]
    assert (found.guess, found.guess_high) == (1, 1)


def test_lists_that_share_nothing_never_repeat() -> None:
    """No repeat in any session, and none has a distance; the best guess stays 1/k."""
    found = simulate(["abcd", "efgh"], 1, 50, 0)
    assert (found.exposed, found.clear, found.nearest, found.load) == (0, 1, None, 1)
    assert (found.guess, found.guess_high) == (0.25, 0.25)


def test_the_best_guess_is_the_largest_odds_of_a_session() -> None:
    """Mean and 95th percentile over sessions; who has a single paper is left out."""
    lists = [("a", "b", "c"), ("a",), ("a", "b")]
    roster = [(f"s{place}", papers) for place, papers in enumerate(lists)]
    (drawn,) = bulk.draw_sessions(roster, 2, bulk.keys_from(9, 200))
    largest = drawn.best[:, [0, 2]].max(axis=1) / W
    found = simulate(lists, 2, 200, 9)
    assert found.guess == pytest.approx(largest.mean())
    assert found.guess_high == pytest.approx(np.quantile(largest, 0.95))
    assert found.guess < 1


def test_spacing_trades_repeats_for_guesses() -> None:
    """In the golden class a wider spacing has fewer repeats, farther apart, and better guesses."""
    plain, usual, widest = (simulate(golden_lists(), h, 400, 0) for h in (0, 14, 23))
    assert plain.exposed > 2 * usual.exposed > 4 * widest.exposed
    assert plain.within_12 > 20 * usual.within_12
    assert plain.nearest is not None
    assert usual.nearest is not None
    assert plain.nearest < 5 < usual.nearest
    assert plain.guess == pytest.approx(0.05)
    assert 2 * plain.guess < usual.guess < widest.guess


def test_repeated_questions_are_added_over_papers_and_uses() -> None:
    """Six students on one paper repeat what its bank repeats, later uses like the fourth."""
    found = simulate(["a"] * 6, 0, 10, 4, banks={"a": BANK}, rule=RULE)
    second, third, fourth = expected_repeats(BANK, RULE, seed=4)[1:]
    assert found.repeated == pytest.approx(second + third + 3 * fourth)


def test_a_paper_without_questions_repeats_none() -> None:
    """Papers that nobody repeats, and those without a bank, add nothing."""
    bank = [Item("q", "core", 60)]
    rule = rule_for((("core", 1),), None)
    assert simulate(["a", "b", "b"], 0, 5, 0, banks={"a": bank}, rule=rule).repeated == 0
    assert simulate(["a", "b"], 0, 5, 0).repeated is None


def test_a_seed_is_kept_and_empty_lists_do_not_count() -> None:
    """The same seed gives the same figures with or without students who cannot be drawn for."""
    one = simulate(UNEVEN, 2, 60, 1)
    assert simulate([(), *UNEVEN, ()], 2, 60, 1) == one
    assert simulate(UNEVEN, 2, 60, 2) != one


def test_progress_is_told_by_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of sessions done so far is told after each chunk; chunks change no figure."""
    banks, done = dict.fromkeys("abcde", BANK), list[int]()
    whole = simulate(UNEVEN, 2, 100, 1, banks=banks, rule=RULE)
    monkeypatch.setattr(bulk, "_MOST", 40)
    parts = simulate(UNEVEN, 2, 100, 1, banks=banks, rule=RULE, told=done.append)
    assert parts == whole
    assert done == [40, 80, 100]


@pytest.mark.parametrize(
    ("lists", "h", "sessions"), [([], 0, 1), ([()], 0, 1), (["a"], -1, 1), (["a"], 0, 0)]
)
def test_nothing_to_simulate_is_refused(
    lists: list[tuple[str, ...]], h: int, sessions: int
) -> None:
    """Nobody to draw for, an h below 0 and no session are mistakes of the caller."""
    with pytest.raises(ValueError, match="a simulation needs"):
        simulate(lists, h, sessions, 0)
