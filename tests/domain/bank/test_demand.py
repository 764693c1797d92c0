"""The worklist's arithmetic: demand, aims, order, coverage and decoys."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from examrunner.domain.bank.demand import (
    FEW,
    MANY,
    Demand,
    Need,
    aim_for,
    coverage,
    demands,
    ranked,
    share_after,
    share_full,
    share_own,
    with_decoys,
)

SHEET = (("opening", 1), ("core", 1), ("detail", 1), ("critique", 1))
KINDS = tuple(kind for kind, _ in SHEET)
NAMES = [f"r{n:02d}" for n in range(30)]
LISTS = st.lists(st.lists(st.sampled_from(NAMES), unique=True, max_size=8), max_size=12)
SECRETS = st.from_regex(r"[0-9a-f]{64}", fullmatch=True)


def need(name: str, students: Fraction, there: tuple[int, ...] = (0, 0, 0, 0)) -> Need:
    """Return a need of a reading with this demand."""
    demand = Demand(name, min(Fraction(1), students), students)
    return Need(demand, KINDS, there, aim_for(SHEET, students))


NEEDS = st.lists(
    st.builds(
        need,
        st.sampled_from(NAMES),
        st.fractions(Fraction(1, 100), 3, max_denominator=100),
        st.tuples(*[st.integers(0, 5)] * 4),
    ),
    unique_by=lambda one: one.demand.reading,
)


# --- demand --------------------------------------------------------------------------------


def test_demand_is_what_the_lists_say() -> None:
    """One list of two readings and one of a single one: 1/2, and 1 + 1/2 students."""
    found = demands([("a", "b"), ("a",)])
    assert found == {
        "a": Demand("a", Fraction(1), Fraction(3, 2)),
        "b": Demand("b", Fraction(1, 2), Fraction(1, 2)),
    }


@given(LISTS, st.integers(1, 3))
def test_as_many_students_are_expected_as_papers_are_drawn(
    lists: list[list[str]], papers: int
) -> None:
    """The expected students add up to the draws; the chance is never above them."""
    found = demands(lists, papers)
    total = sum((one.students for one in found.values()), Fraction(0))
    assert total == sum(min(papers, len(one)) for one in lists)
    assert all(one.chance <= one.students for one in found.values())


def test_aims_follow_the_demand() -> None:
    """Many: 2, 4, 4, 3; few: 2 of each; nobody: none; two of a kind on a sheet: twice that."""
    assert aim_for(SHEET, MANY) == (2, 4, 4, 3)
    assert aim_for(SHEET, MANY - Fraction(1, 1000)) == (FEW,) * 4
    assert aim_for(SHEET, Fraction(0)) == (0, 0, 0, 0)
    assert aim_for((("detail", 2), ("sketch", 1)), Fraction(1)) == (8, 4)


# --- order and coverage --------------------------------------------------------------------


def test_the_likeliest_and_emptiest_comes_first() -> None:
    """Chance times what is missing; a full bank comes last however likely it is."""
    half, third = Fraction(1, 2), Fraction(1, 3)
    needs = [
        need("full", Fraction(1), (9, 9, 9, 9)),
        need("nearly", half, (2, 4, 4, 2)),
        need("few", Fraction(1, 9)),
        need("some", third),
    ]
    assert [one.demand.reading for one in ranked(needs)] == ["some", "few", "nearly", "full"]


@given(NEEDS, st.floats(0.5, 60), st.lists(st.floats(0, 1e6), max_size=5))
def test_coverage_grows_and_ends_at_everything(
    needs: list[Need], minutes: float, moments: list[float]
) -> None:
    """Effort and share both grow from bank to bank, and all the work reaches every draw."""
    needs = ranked(needs)
    before, steps = share_full(needs), coverage(needs, minutes)
    shares = [before, *(step.share for step in steps)]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    spent = [0.0, *(step.minutes for step in steps)]
    assert spent == sorted(spent)
    assert spent[-1] == pytest.approx(sum(one.lack for one in needs) * minutes)
    reached = [share_after(steps, moment, before) for moment in sorted(moments)]
    assert reached == sorted(reached)
    assert share_after(steps, spent[-1], before) == 1


def test_a_bank_counts_once_it_is_finished() -> None:
    """A minute less than the work of the first bank changes nothing."""
    needs = ranked([need("a", Fraction(1)), need("b", Fraction(1))])
    steps = coverage(needs, 1)
    assert share_after(steps, 12, Fraction(0)) == 0
    assert share_after(steps, 13, Fraction(0)) == Fraction(1, 2)


def test_an_own_sheet_needs_less_than_a_full_bank() -> None:
    """One question of each kind makes a sheet; two of three draws meet one here."""
    needs = [
        need("a", Fraction(2), (1, 1, 1, 1)),
        need("b", Fraction(1), (5, 0, 5, 5)),
    ]
    assert share_own(needs, (1, 1, 1, 1)) == Fraction(2, 3)
    assert share_own(needs, (2, 1, 1, 1)) == 0
    assert share_full(needs) == 0


# --- decoys --------------------------------------------------------------------------------


@given(LISTS, SECRETS, st.data())
def test_decoys_hold_all_that_was_drawn(
    lists: list[list[str]], secret: str, data: st.DataObject
) -> None:
    """Every drawn reading is there, two decoys for three of them, and the same ones each time."""
    possible = demands(lists)
    assume(possible)
    drawn = data.draw(st.sets(st.sampled_from(sorted(possible)), min_size=1))
    found = with_decoys(drawn, possible, secret)
    assert drawn <= found <= set(possible)
    assert len(found) == min(len(possible), len(drawn) + -(-2 * len(drawn) // 3))
    assert found == with_decoys(sorted(drawn), dict(reversed(possible.items())), secret)


def test_another_secret_gives_other_decoys() -> None:
    """What is public cannot tell decoys from drawn readings: only the secret chooses them."""
    possible = demands([NAMES])
    lists = {with_decoys(NAMES[:6], possible, f"{n:064x}") for n in range(20)}
    assert len(lists) > 10


def test_a_likely_reading_on_the_list_is_no_surer_than_an_unlikely_one() -> None:
    """Decoys are likelier where the draw was: by chance to counter-chance, in the long run."""
    possible = {
        **{f"l{n}": Demand(f"l{n}", Fraction(3, 5), Fraction(1)) for n in range(20)},
        **{f"u{n}": Demand(f"u{n}", Fraction(1, 10), Fraction(1, 10)) for n in range(40)},
    }
    drawn = [f"l{n}" for n in range(12)] + [f"u{n}" for n in range(4)]
    runs = 300
    likely = sum(
        sum(name.startswith("l") for name in with_decoys(drawn, possible, f"{n:064x}"))
        for n in range(runs)
    )
    unlikely = runs * (16 + 11) - likely
    assert 12 * runs / likely == pytest.approx(4 * runs / unlikely, abs=0.15)
