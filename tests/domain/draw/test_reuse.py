"""How often the questions of a paper come again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examrunner.domain.draw.reuse import expected_repeats
from examrunner.domain.draw.sheets import Item, SheetRule, rule_for
from tests.domain.draw.vectors import BANK, RULE

KINDS = ("opening", "core", "detail", "critique")
ONE_EACH = rule_for(tuple((kind, 1) for kind in KINDS), None)


def bank(*counts: int) -> list[Item]:
    """Return so many questions of each kind, a minute each."""
    pairs = zip(KINDS, counts, strict=True)
    return [Item(f"{kind}{n}", kind, 60) for kind, count in pairs for n in range(count)]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((1, 1, 1, 1), (0, 4, 4, 4)),
        ((2, 2, 2, 2), (0, 0, 4, 4)),
        ((1, 2, 3, 4), (0, 1, 2, 3)),
        ((3, 3, 3, 3), (0, 0, 0, 4)),
    ],
)
def test_repeats_by_hand(counts: tuple[int, int, int, int], expected: tuple[int, ...]) -> None:
    """With c questions of a kind the first c students each get a fresh one, then none does."""
    assert expected_repeats(bank(*counts), ONE_EACH, uses=4, runs=5) == expected


def test_a_rare_clash_is_an_average() -> None:
    """Where one first sheet of three leaves no fresh one, a third of a question comes again.

    Two openings and two cores of which one pair may not meet: three sheets, and the second
    student gets the fresh one unless the first left none.
    """
    items = [
        Item("a", "opening", 60, "g"),
        Item("b", "opening", 60),
        Item("c", "core", 60, "g"),
        Item("d", "core", 60),
    ]
    rule = rule_for((("opening", 1), ("core", 1)), None)
    first, second = expected_repeats(items, rule, uses=2, runs=600)
    assert first == 0
    # ad leaves bc and bc leaves ad; bd leaves neither, so that one question comes again.
    assert second == pytest.approx(1 / 3, abs=0.08)


def test_a_small_bank_with_time_bounds() -> None:
    """The bank of vector V6 has eight questions: the second student meets under one again."""
    first, second, third, fourth = expected_repeats(BANK, RULE, runs=200)
    assert first == 0
    assert 0.5 < second < 1.2
    assert 3 < third < fourth <= 5


def test_only_the_shape_of_a_bank_matters() -> None:
    """Banks that differ in ids and in the names of their groups have the same numbers."""
    renamed = [
        replace(item, id=f"other-{item.id}", group=item.group and f"other-{item.group}")
        for item in BANK
    ]
    assert expected_repeats(renamed, RULE, runs=20) == expected_repeats(BANK, RULE, runs=20)


def test_a_seed_is_kept() -> None:
    """The same seed gives the same numbers, another one others."""
    one = expected_repeats(BANK, RULE, runs=20, seed=1)
    assert one == expected_repeats(reversed(BANK), RULE, runs=20, seed=1)
    assert one != expected_repeats(BANK, RULE, runs=20, seed=2)


@settings(max_examples=20)
@given(st.tuples(*[st.integers(1, 3)] * 4))
def test_more_questions_never_repeat_more(counts: tuple[int, int, int, int]) -> None:
    """A bank with one question more of each kind repeats no more, whoever's turn it is."""
    more = tuple(count + 1 for count in counts)
    small = expected_repeats(bank(*counts), ONE_EACH, runs=3)
    large = expected_repeats(bank(*more), ONE_EACH, runs=3)
    assert all(b <= a for a, b in zip(small, large, strict=True))


def test_a_bank_without_a_sheet_repeats_all_it_has() -> None:
    """Two questions where four are needed are asked again and again."""
    assert expected_repeats(bank(1, 1, 0, 0), ONE_EACH, uses=3, runs=2) == (0, 2, 2)


@pytest.mark.parametrize(("uses", "runs"), [(0, 1), (1, 0)])
def test_nothing_to_simulate_is_refused(uses: int, runs: int) -> None:
    """No use, or no run, is a mistake of the caller."""
    rule = SheetRule((), 0, 0, 0, 0)
    with pytest.raises(ValueError, match="at least one"):
        expected_repeats([], rule, uses=uses, runs=runs)
