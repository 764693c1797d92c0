"""Keys, tickets and unbiased integers."""

from __future__ import annotations

import hashlib
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.draw.odds import W
from examrunner.domain.draw.ticket import below, key, ticket, ticket_hash, words
from examrunner.domain.plain import sha256
from tests.domain.draw.vectors import COMMIT_HASH, KEY, PUBLIC, SECRET

SPACE = 2**256


def test_key_matches_v4() -> None:
    """K of the published session follows from C, S and P."""
    assert key(COMMIT_HASH, SECRET, PUBLIC) == KEY


def test_key_is_one_sha256_of_strict_lines() -> None:
    """A student's one-liner, five lines into SHA-256, gives the same K."""
    text = f"examrunner-draw/1\nkey\n{COMMIT_HASH}\n{SECRET}\n{PUBLIC}\n"
    assert hashlib.sha256(text.encode()).hexdigest() == KEY


@pytest.mark.parametrize(
    ("student", "attempt", "nonce", "start", "number"),
    [
        ("ann", 1, "-", "a03ae48d", 672053539),
        ("bob", 1, "17", "8c2f00cd", 587972659),
        ("dee", 1, "-", "5cc96b5a", 389176022),
        ("cho", 1, "-", "1788e234", 98711693),
        ("cho", 2, "-", "898e4a71", 576950940),
        ("eve", 1, "-", "3381d133", 216036428),
    ],
)
def test_tickets_match_v4(student: str, attempt: int, nonce: str, start: str, number: int) -> None:
    """Every published T begins as published and gives the published ticket."""
    hashed = ticket_hash(KEY, student, attempt, nonce)
    assert hashed[:8] == start
    assert ticket(hashed) == number


def test_a_ticket_as_a_share_matches_the_one_liner() -> None:
    """Bob's ticket lies at 0.5475922 of the row, as the published shell line prints."""
    assert ticket(ticket_hash(KEY, "bob", 1, "17")) * 10**7 // W == 5475922


@pytest.mark.parametrize(("hashed", "number"), [("0" * 64, 0), ("f" * 64, W - 1)])
def test_tickets_fill_their_range(hashed: str, number: int) -> None:
    """The lowest hash gives ticket 0 and the highest W-1."""
    assert ticket(hashed) == number


@pytest.mark.parametrize(
    ("student", "start"),
    [("x1", "7952052213b0015b"), ("x2", "dccf2a87d3e336ec"), ("x3", "fc237ccbb13458c5")],
)
def test_words_match_v6(student: str, start: str) -> None:
    """The first word of each published sheet begins as published."""
    assert f"{next(words(KEY, student, 1, '-')):064x}"[:16] == start


def test_words_differ_by_counter() -> None:
    """Later words hash a higher counter, so they differ."""
    assert len(set(islice(words(KEY, "x1", 1, "-"), 5))) == 5


def test_below_rejects_as_v3() -> None:
    """A word in the incomplete last stretch is rejected and the next one counts."""
    assert below(10, iter([SPACE - 1, 7])) == 7


def test_below_of_abc_matches_v3() -> None:
    """The word SHA-256 of abc gives 1 below 6."""
    assert below(6, iter([int(sha256("abc"), 16)])) == 1


@given(n=st.integers(1, 10**6), word=st.integers(0, SPACE - 1))
def test_below_stays_below(n: int, word: int) -> None:
    """Every accepted word gives an integer from 0 to n-1."""
    assert 0 <= below(n, iter([word, 0])) < n


@given(n=st.integers(1, 10**6))
def test_below_accepts_whole_rounds_only(n: int) -> None:
    """The last accepted word gives n-1, and the one after it is rejected: no result is favoured."""
    limit = SPACE - SPACE % n
    assert below(n, iter([limit - 1])) == n - 1
    if limit < SPACE:
        assert below(n, iter([limit, 0])) == 0


def test_below_needs_room_and_words() -> None:
    """No integer lies below 0, and running out of words is an error, never a guess."""
    with pytest.raises(ValueError, match="no integer below"):
        below(0, iter([1]))
    with pytest.raises(ValueError, match="ran out"):
        below(10, iter([SPACE - 1]))
