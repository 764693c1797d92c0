"""The automatic h."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.draw.spacing import spacing

SAME = [tuple("abcdefghij")]


@pytest.mark.parametrize(
    ("lists", "h"),
    [
        ([], 0),
        (["ab"], 0),
        ([(), "ab", ()], 0),
        (["a", "a"], 0),
        (["ab", "ab"], 1),
        (["ab", "cd"], 1),
        (["ab", "bc", "ca"], 1),
        (SAME * 12, 6),
        (SAME * 13, 4),
        (["ab", "cd", "ef", "gh"], 3),
    ],
)
def test_h_by_hand(lists: list[tuple[str, ...]], h: int) -> None:
    """Small classes get the h that the formula gives on paper, at most n-1."""
    assert spacing(lists) == h


def test_the_factor_changes_at_a_load_of_five_quarters() -> None:
    """A heaviest load of exactly 1.25 still has the wide factor, the next above the narrow one."""
    quarters = [tuple("abcd")]
    assert spacing(quarters * 5) == 2  # 0.6 * 5 / 1.25 = 2.4
    assert spacing(quarters * 6) == 1  # 0.4 * 6 / 1.5 = 1.6


def test_a_paper_given_twice_counts_once() -> None:
    """Lists are sets: naming a paper again changes nothing."""
    assert spacing([("a", "a", "b"), ("a", "b")]) == spacing([("a", "b"), ("a", "b")])


@given(st.lists(st.sets(st.sampled_from("abcdefgh")), max_size=12))
def test_students_without_papers_do_not_count(lists: list[set[str]]) -> None:
    """H depends on the students with papers alone and stays from 0 to n-1."""
    counted = [papers for papers in lists if papers]
    assert spacing(lists) == spacing(counted)
    assert 0 <= spacing(lists) <= max(0, len(counted) - 1)
