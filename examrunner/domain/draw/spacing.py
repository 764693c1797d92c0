"""The automatic choice of h, the number of places within which a paper seldom repeats."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_EVEN_LOAD = Fraction(5, 4)
_WIDE = Fraction(3, 5)
_NARROW = Fraction(2, 5)


def spacing(lists: Iterable[Collection[str]]) -> int:
    """Return the h that section 3.10 recommends for the students' lists of papers.

    Where some paper's expected use exceeds 1.25 the narrow factor applies. Students without
    papers do not count; a single student or an empty class gives 0.
    """
    counted = [set(papers) for papers in lists if papers]
    students = len(counted)
    if students <= 1:
        return 0
    loads: dict[str, Fraction] = {}
    for papers in counted:
        share = Fraction(1, len(papers))
        for paper in papers:
            loads[paper] = loads.get(paper, Fraction(0)) + share
    heaviest = max(loads.values())
    factor = _WIDE if heaviest <= _EVEN_LOAD else _NARROW
    return min(factor * students // heaviest, students - 1)
