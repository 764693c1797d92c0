"""Simulated draws have the bits of the draws themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from examrunner.domain.draw import bulk
from examrunner.domain.draw import ticket as tickets
from examrunner.domain.draw.odds import Earlier, Row, W, couple, odds, pick
from examrunner.domain.plain import sha256
from tests.domain.draw.test_odds import GOLDEN, rows
from tests.domain.draw.vectors import golden_lists

if TYPE_CHECKING:
    from collections.abc import Sequence

NEAR_CERTAIN = 3 * (W >> 2)
Lists = list[tuple[str, ...]]
Step = tuple[str, Row]
"""A paper and the odds at which it was drawn."""


def by_the_rule(lists: Lists, h: int, key: str) -> list[Step]:
    """Return what one session draws, by the rule that the live draw uses."""
    earlier: list[Earlier] = []
    for position, papers in enumerate(lists):
        row = odds(papers, position, earlier, h)
        hashed = tickets.ticket_hash(key, f"s{position:02}", 1, tickets.NONE)
        paper = pick(row, tickets.ticket(hashed))
        earlier.append(Earlier(position, row, paper))
    return [(one.paper, one.odds) for one in earlier]


def in_bulk(lists: Lists, h: int, keys: Sequence[str]) -> list[list[Step]]:
    """Return what sessions draw, all at once."""
    sorted_lists = [sorted(set(papers)) for papers in lists]
    fallen = bulk.tickets(keys, [f"s{place:02}" for place in range(len(lists))])
    found: list[list[Step]] = [[] for _ in keys]
    walked = zip(sorted_lists, bulk.steps(sorted_lists, h, fallen), strict=True)
    for papers, (row, drawn) in walked:
        for session, steps in enumerate(found):
            steps.append((papers[drawn[session]], as_row(papers, row[:, session])))
    return found


def as_row(papers: Sequence[str], column: bulk.Numbers) -> Row:
    """Return one session's odds without the papers that fell out."""
    return {paper: int(share) for paper, share in zip(papers, column, strict=True) if share}


def as_column(papers: Sequence[str], row: Row) -> list[int]:
    """Return odds as a column; a paper that fell out is 0."""
    return [row.get(paper, 0) for paper in papers]


@pytest.mark.parametrize("h", sorted(GOLDEN))
def test_the_golden_class_matches_v5(h: int) -> None:
    """The published transcripts come out of a batch in which they are one session of three."""
    keys = [sha256("other"), sha256("kat"), sha256("another")]
    steps = in_bulk(golden_lists(), h, keys)[1]
    fallen = bulk.tickets(keys, [f"s{place:02}" for place in range(24)])[:, 1]
    text = ""
    for place, (paper, row) in enumerate(steps):
        shares = " ".join(f"{name}={share}" for name, share in row.items())
        text += f"s{place:02} {fallen[place]} {paper} {shares}\n"
    assert sha256(text) == GOLDEN[h]


def test_960_draws_have_the_bits_of_the_rule() -> None:
    """40 sessions of the golden class: the same papers and the same odds, to the last bit."""
    keys = list(bulk.keys_from(7, 40))
    expected = [by_the_rule(golden_lists(), 14, key) for key in keys]
    assert in_bulk(golden_lists(), 14, keys) == expected


@settings(max_examples=60)
@given(
    lists=st.lists(
        st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=10).map(tuple),
        min_size=1,
        max_size=7,
    ),
    h=st.integers(0, 8),
    seed=st.integers(0, 10**6),
)
def test_any_class_has_the_bits_of_the_rule(lists: Lists, h: int, seed: int) -> None:
    """Lists that share nothing, some or all, single papers, papers named twice, one student."""
    keys = list(bulk.keys_from(seed, 4))
    expected = [by_the_rule(lists, h, key) for key in keys]
    assert in_bulk(lists, h, keys) == expected


@given(
    data=st.data(),
    own=st.sets(st.sampled_from("abcdefgh"), min_size=1).map(sorted),
    other=st.sets(st.sampled_from("abcdefgh"), min_size=1).map(sorted),
)
def test_fallen_papers_and_near_certain_rows_couple_alike(
    data: st.DataObject, own: list[str], other: list[str]
) -> None:
    """Sessions side by side, whose rows lack different papers or are nearly settled."""

    def part(papers: list[str]) -> Row:
        row = data.draw(rows())
        kept = {name: share for name, share in row.items() if name in papers}
        if not kept:
            return {papers[0]: W}
        first = next(iter(kept))
        return kept | {first: kept[first] + W - sum(kept.values())}

    count = data.draw(st.integers(1, 4))
    ours, theirs = [part(own) for _ in range(count)], [part(other) for _ in range(count)]
    drawn = [data.draw(st.sampled_from(sorted(row))) for row in theirs]
    q = np.array([as_column(own, row) for row in ours], dtype=np.int64).T
    p = np.array([as_column(other, row) for row in theirs], dtype=np.int64).T
    j = np.array([other.index(paper) for paper in drawn], dtype=np.intp)
    moved = bulk.couple(q, p, j, bulk.shared(own, other))
    expected = [couple(*each) for each in zip(ours, theirs, drawn, strict=True)]
    assert [as_row(own, moved[:, place]) for place in range(count)] == expected


@pytest.mark.parametrize("edge", [NEAR_CERTAIN, NEAR_CERTAIN + 1])
def test_the_edge_of_near_certainty_is_the_rules(edge: int) -> None:
    """A share of exactly three quarters still moves, one unit more does not, on either side."""
    papers = ["a", "b"]
    flat, steep = {"a": W // 2, "b": W // 2}, {"a": edge, "b": W - edge}
    where = bulk.shared(papers, papers)
    for q, p in ((flat, steep), (steep, flat)):
        own, other = (np.array([as_column(papers, row)], dtype=np.int64).T for row in (q, p))
        moved = bulk.couple(own, other, np.array([0]), where)
        assert as_row(papers, moved[:, 0]) == couple(q, p, "a")
        assert (couple(q, p, "a") == q) is (edge > NEAR_CERTAIN)


@given(row=rows())
def test_every_ticket_range_is_as_wide_as_its_share(row: Row) -> None:
    """The first and the last ticket of each share fall on its paper, on none that fell out."""
    papers = list("abcdefgh")
    column = as_column(papers, row)
    first = np.cumsum([0, *column[:-1]])
    for place, share in enumerate(column):
        if share:
            edges = np.array([first[place], first[place] + share - 1])
            wide = np.array([column, column]).T
            assert bulk.pick(wide, edges).tolist() == [place, place]


class Product(int):
    """An integer that remembers the largest product of its kind."""

    largest = 0

    def __mul__(self, other: int) -> Product:
        made = int(self) * int(other)
        Product.largest = max(Product.largest, abs(made))
        return Product(made)

    __rmul__ = __mul__

    def __lshift__(self, places: int) -> Product:
        return self * (1 << places)

    def __rshift__(self, places: int) -> Product:
        return Product(int(self) >> places)

    def __add__(self, other: int) -> Product:
        return Product(int(self) + int(other))

    __radd__ = __add__

    def __sub__(self, other: int) -> Product:
        return Product(int(self) - int(other))

    def __rsub__(self, other: int) -> Product:
        return Product(int(other) - int(self))

    def __floordiv__(self, other: int) -> Product:
        return Product(int(self) // int(other))

    def __rfloordiv__(self, other: int) -> Product:
        return Product(int(other) // int(self))


def watched(papers: Sequence[str], row: Row) -> bulk.Numbers:
    """Return odds as one column of integers of any size that tell of their products."""
    column: list[list[int]] = [[Product(row.get(paper, 0))] for paper in papers]
    return np.array(column, dtype=object)


HALF_BUT_THREE = {"a": W // 2 + 3, "b": W // 2 - 3}
QUARTERS = {"a": NEAR_CERTAIN, "b": W - NEAR_CERTAIN}


@given(q=rows(), p=rows(), data=st.data())
@example(q=QUARTERS, p=QUARTERS, data=None)
@example(q=QUARTERS, p=HALF_BUT_THREE, data=None)
@example(q={"c": 802981802, "e": 270760022}, p={"b": 288863348, "c": 784878476}, data=None)
def test_no_product_of_a_coupling_exceeds_2_to_the_62(
    q: Row, p: Row, data: st.DataObject | None
) -> None:
    """The bulk rule in integers of any size has the live rule's bits and fits 64 of them."""
    own, other = sorted(q), sorted(p)
    for j in [data.draw(st.sampled_from(other))] if data else other:
        Product.largest = 0
        place = np.array([other.index(j)])
        columns = watched(own, q), watched(other, p)
        moved = bulk.couple(*columns, place, bulk.shared(own, other))
        assert as_row(own, moved[:, 0]) == couple(q, p, j)
        assert Product.largest <= 2**62
        if set(own) & set(other) and max(*q.values(), *p.values()) <= NEAR_CERTAIN:
            assert Product.largest >= W


def test_tickets_are_those_of_the_live_draw() -> None:
    """Students x sessions, each the 30 bits at the start of its own hash."""
    keys, students = [sha256("kat"), sha256("b")], ["ann", "bob", "cho"]
    expected = [
        [tickets.ticket(tickets.ticket_hash(key, student, 1, "-")) for key in keys]
        for student in students
    ]
    assert bulk.tickets(keys, students).tolist() == expected


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions drawn three at a time are those drawn all at once, in the order of their keys."""
    roster = [(f"s{place:02}", papers) for place, papers in enumerate(golden_lists()[:6])]
    keys = list(bulk.keys_from(1, 7))
    (whole,) = bulk.draw_sessions(roster, 4, keys)
    monkeypatch.setattr(bulk, "_MOST", 3)
    parts = list(bulk.draw_sessions(roster, 4, keys))
    assert [len(part.papers) for part in parts] == [3, 3, 1]
    for name in ("papers", "best"):
        joined = np.concatenate([getattr(part, name) for part in parts])
        assert (joined == getattr(whole, name)).all()


def test_wide_classes_are_drawn_in_small_chunks() -> None:
    """What is held in memory is bounded, however many students lie within h of each other."""
    lists = [tuple("abcdefghijklmnopqrst")] * 3000
    assert 1 <= bulk._chunk(lists, 2999) * 3000 * 20 <= 1 << 24
    assert bulk._chunk(lists[:24], 23) > 500


@pytest.mark.parametrize("roster", [[], [("ann", ("a",)), ("bob", ())]])
def test_a_roster_needs_papers(roster: list[tuple[str, tuple[str, ...]]]) -> None:
    """An empty roster, and a student without papers, are refused."""
    with pytest.raises(ValueError, match="needs a paper"):
        list(bulk.draw_sessions(roster, 0, ["k"]))
