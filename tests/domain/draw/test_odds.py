"""Odds: the published values, the exact transcripts, and fairness in exact numbers."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.draw import ticket as tickets
from examrunner.domain.draw.odds import Earlier, Row, W, couple, odds, pick, start
from examrunner.domain.plain import sha256
from tests.domain.draw.vectors import golden_lists

DRIFT = Fraction(1, 10**7)
"""How far expected odds may move, as a share of 1."""

GOLDEN = {
    0: "80a11c55b098c399a080111690f09cb32dd9a340807d790107614dfaf3811392",
    14: "e275ce4a42ce2f4c2c9b80dd34d191746f2ba763ff0074817ae4c9ccb1f7a16a",
    23: "d8c46f8ea2eaa6bf426c9d2d2cc25ef4b09a97023c011e1f853433f66744afb6",
}
GOLDEN_PAPERS = (
    "c00 r011 c08 c12 c01 c10 r010 c20 r116 r127 r082 c04 c18 c22 c05 r053 c16 r075 c00 c23 c21"
    " c15 c13 c11"
)


@st.composite
def rows(draw: st.DrawFn) -> Row:
    """Any odds row over some of eight papers, flat or steep."""
    names = draw(st.sets(st.sampled_from("abcdefgh"), min_size=1))
    steep = draw(st.integers(1, 29))
    shares = {name: draw(st.integers(1, 1 << steep)) for name in sorted(names)}
    total = sum(shares.values())
    row = {name: max(1, share * W // total) for name, share in shares.items()}
    largest = max(row, key=lambda name: row[name])
    row[largest] += W - sum(row.values())
    return row


def transcript(h: int) -> tuple[str, list[str]]:
    """Return the transcript of vector V5 for one h and the papers drawn."""
    key, lines, earlier = sha256("kat"), [], list[Earlier]()
    for position, papers in enumerate(golden_lists()):
        student = f"s{position:02}"
        row = odds(papers, position, earlier, h)
        number = tickets.ticket(tickets.ticket_hash(key, student, 1, tickets.NONE))
        paper = pick(row, number)
        earlier.append(Earlier(position, row, paper))
        shares = " ".join(f"{name}={share}" for name, share in row.items())
        lines.append(f"{student} {number} {paper} {shares}\n")
    return "".join(lines), [drawn.paper for drawn in earlier]


def test_start_matches_v1() -> None:
    """Five papers share 2^30 as 214748364 and four times 214748365."""
    assert list(start("edcba").items()) == [
        ("a", 214748364),
        ("b", 214748365),
        ("c", 214748365),
        ("d", 214748365),
        ("e", 214748365),
    ]


def test_start_of_no_papers_is_empty() -> None:
    """A student without papers has an empty row."""
    assert start(()) == {}


@pytest.mark.parametrize(
    ("q", "p", "j", "expected"),
    [
        ("bce", "abcd", "a", {"b": 397682156, "c": 397682157, "e": 278377511}),
        ("bce", "abcd", "d", {"b": 397682156, "c": 397682157, "e": 278377511}),
        ("bce", "abcd", "b", {"b": 11362347, "c": 624929102, "e": 437450375}),
        ("bce", "abcd", "c", {"b": 624929102, "c": 11362347, "e": 437450375}),
        ("abc", "cde", "c", {"a": 501079516, "b": 501079517, "c": 71582791}),
        ("abc", "cde", "d", {"a": 286331152, "b": 286331153, "c": 501079519}),
        ("a", "abc", "a", {"a": W}),
    ],
)
def test_couple_matches_v2(q: str, p: str, j: str, expected: dict[str, int]) -> None:
    """The published couplings come out bit for bit."""
    assert couple(start(q), start(p), j) == expected


def test_start_of_v2_is_the_row_given() -> None:
    """Three papers share 2^30 with the odd units at the end."""
    assert start("bce") == {"b": 357913941, "c": 357913941, "e": 357913942}


@pytest.mark.parametrize("h", sorted(GOLDEN))
def test_golden_class_matches_v5(h: int) -> None:
    """The 24 draws of the golden class hash to the published transcript."""
    text, _ = transcript(h)
    assert sha256(text) == GOLDEN[h]


def test_golden_papers_match_v5() -> None:
    """With h=14 the golden class draws the published papers, one of them twice, 18 apart."""
    _, papers = transcript(14)
    assert " ".join(papers) == GOLDEN_PAPERS
    repeats = [(a, b) for a in range(24) for b in range(a) if papers[a] == papers[b]]
    assert [a - b for a, b in repeats] == [18]


def test_golden_repeats_by_spacing_match_v5() -> None:
    """h=0 draws c00 three times and c23 twice, h=23 draws 24 different papers."""
    _, independent = transcript(0)
    _, spaced = transcript(23)
    assert (independent.count("c00"), independent.count("c23")) == (3, 2)
    assert len(set(spaced)) == 24


@given(q=rows(), p=rows(), data=st.data())
def test_a_coupled_row_is_an_odds_row(q: Row, p: Row, data: st.DataObject) -> None:
    """Coupling keeps the sum W, the order of ids and shares above 0, and adds no paper."""
    row = couple(q, p, data.draw(st.sampled_from(sorted(p))))
    assert sum(row.values()) == W
    assert list(row) == sorted(row)
    assert min(row.values()) > 0
    assert set(row) <= set(q)


@given(q=rows(), p=rows())
def test_coupling_keeps_expected_odds(q: Row, p: Row) -> None:
    """Averaged over the neighbour's draw, a coupled row is the row before, within 1e-7."""
    coupled = {j: couple(q, p, j) for j in p}
    for paper, share in q.items():
        mean = Fraction(sum(p[j] * row.get(paper, 0) for j, row in coupled.items()), W)
        assert abs(mean - share) <= DRIFT * W


@given(p=rows())
def test_rows_without_a_shared_paper_do_not_couple(p: Row) -> None:
    """A neighbour's draw changes nothing where the two lists share no paper."""
    row = start(("x", "y"))
    assert couple(row, p, next(iter(p))) == row


@given(row=rows())
def test_every_ticket_range_is_as_wide_as_its_share(row: Row) -> None:
    """Each paper is picked from the first to the last ticket of its share."""
    first = 0
    for paper, share in row.items():
        assert pick(row, first) == pick(row, first + share - 1) == paper
        first += share


@pytest.mark.parametrize("ticket", [-1, W])
def test_a_ticket_outside_the_row_is_refused(ticket: int) -> None:
    """A ticket below 0 or from W on falls on no paper."""
    with pytest.raises(ValueError, match="falls on no paper"):
        pick(start("ab"), ticket)


def test_draws_beyond_h_leave_the_odds_alone() -> None:
    """A draw h places away moves the odds, a draw h+1 places away does not."""
    row = start("abc")
    near, far = Earlier(2, row, "a"), Earlier(3, row, "a")
    assert odds("abc", 0, [near], 2) != row
    assert odds("abc", 0, [far], 2) == row


def chance_of_each(
    lists: tuple[str, ...], order: tuple[int, ...], h: int
) -> dict[tuple[int, str], Fraction]:
    """Return every student's exact chance of every paper, over all outcomes of one session."""
    chances: dict[tuple[int, str], Fraction] = {}

    def go(done: tuple[Earlier, ...], weight: Fraction) -> None:
        if len(done) == len(order):
            return
        position = order[len(done)]
        row = odds(lists[position], position, done, h)
        for paper, share in row.items():
            chance = weight * Fraction(share, W)
            place = (position, paper)
            chances[place] = chances.get(place, Fraction(0)) + chance
            go((*done, Earlier(position, row, paper)), chance)

    go((), Fraction(1))
    return chances


@pytest.mark.parametrize("h", [0, 1, 2])
@pytest.mark.parametrize("lists", [("abc", "bcd", "abd"), ("ab", "abcd", "bc"), ("a", "ab", "abc")])
def test_every_paper_is_equally_likely(lists: tuple[str, ...], h: int) -> None:
    """Over all outcomes, in every calling order, each paper of a student has chance 1/k."""
    for order in permutations(range(3)):
        for (position, _), chance in chance_of_each(lists, order, h).items():
            assert abs(chance - Fraction(1, len(lists[position]))) <= DRIFT


def test_no_adaptive_calling_order_helps() -> None:
    """However the next student is picked from the draws so far, no chance rises above 1/k."""
    lists, h = ("abc", "bcd", "abd", "acd"), 2
    wanted, target = "a", 2

    def best(done: tuple[Earlier, ...]) -> Fraction:
        """Return the highest chance that the target gets the wanted paper, by choice of order."""
        called = {draw.position for draw in done}
        options = []
        for position in set(range(len(lists))) - called:
            row = odds(lists[position], position, done, h)
            if position == target:
                options.append(Fraction(row.get(wanted, 0), W))
                continue
            outcomes = (
                Fraction(share, W) * best((*done, Earlier(position, row, paper)))
                for paper, share in row.items()
            )
            options.append(sum(outcomes, Fraction(0)))
        return max(options)

    assert best(()) <= Fraction(1, 3) + DRIFT
