"""Public odds: how a row starts, how a neighbour's draw moves it, how a ticket picks from it.

Sections 3.5 to 3.7 of examrunner-draw/1. An odds row maps paper ids to positive integers, sorted
by the ids' UTF-8 bytes, with sum W. Integers only: every program must get the same bits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

Row: TypeAlias = Mapping[str, int]
"""Paper to its share of W, sorted by paper id."""

BITS = 30
W = 1 << BITS
"""What an odds row adds up to; a ticket lies in 0 <= ticket < W."""
_NEAR_CERTAIN = 3 * (W >> 2)
"""A row with a larger entry neither moves nor is moved (section 3.6)."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier draw by another student, as far as odds depend on it."""

    position: int
    """Index in the exam order, from 0."""
    odds: Row
    """The row in force at that draw."""
    paper: str


def start(papers: Collection[str]) -> Row:
    """Return equal odds over the papers (section 3.5); empty for no papers."""
    ordered = sorted(set(papers))
    count = len(ordered)
    return {
        paper: (index + 1) * W // count - index * W // count for index, paper in enumerate(ordered)
    }


def couple(q: Row, p: Row, j: str) -> Row:
    """Return a student's row q after a neighbour whose row was p drew paper j (section 3.6).

    Averaged over j by p the result is q again, within 1e-7: that keeps every paper of a student
    equally likely before the fact.
    """
    shared = [c for c in q if c in p]
    if not shared or max(q.values()) > _NEAR_CERTAIN or max(p.values()) > _NEAR_CERTAIN:
        return q
    rest = W - sum([p[c] for c in shared])
    rows = {c: W * W // (W - q[c]) for c in shared}
    row_parts = {c: rows[c] * p[c] >> BITS for c in shared}
    total = sum(row_parts.values()) + rest
    alone = W * W // total  # the column of every paper that is not shared
    columns = {c: W * W // (total - part) for c, part in row_parts.items()}
    column_parts = {c: columns.get(c, alone) * share >> BITS for c, share in q.items()}
    width = sum(column_parts.values())
    outside = W * W // width if width > W else W
    for c in shared:
        row_sum = rows[c] * (width - column_parts[c]) >> BITS
        if row_sum > W:
            rows[c] = rows[c] * W // row_sum
    row_parts = {c: rows[c] * p[c] >> BITS for c in shared}
    total = sum(row_parts.values()) + (outside * rest >> BITS)
    drawn = rows.get(j, outside)
    kept = {c: drawn * part >> BITS for c, part in column_parts.items()}
    if j in kept:
        kept[j] = 0
    missing = W - sum(kept.values())
    if missing > 0:
        left = max(0, W - (alone * total >> BITS))
        gaps = {c: share * left >> BITS for c, share in q.items()}
        for c, part in row_parts.items():
            gaps[c] = max(0, q[c] * (W - (columns[c] * (total - part) >> BITS)) >> BITS)
        gap = sum(gaps.values())
        if gap > 0:
            kept = {c: part + missing * gaps[c] // gap for c, part in kept.items()}
    return _scaled(kept)


def odds(papers: Collection[str], position: int, earlier: Iterable[Earlier], h: int) -> Row:
    """Return a student's odds given the draws so far of the others (section 3.7).

    `earlier` is in log order, voided draws included, the student's own left out; only draws at
    most h positions away count.
    """
    row = start(papers)
    for other in earlier:
        if abs(other.position - position) <= h:
            row = couple(row, other.odds, other.paper)
    return row


def pick(row: Row, ticket: int) -> str:
    """Return the paper on which a ticket falls (section 3.7).

    Raises ValueError if the ticket is outside 0 <= ticket < sum of the row.
    """
    left = ticket
    if left >= 0:
        for paper, share in row.items():
            left -= share
            if left < 0:
                return paper
    raise ValueError(f"ticket {ticket} falls on no paper")


def _scaled(parts: Mapping[str, int]) -> Row:
    """Scale parts to the sum W by rounding their running sum; papers left with 0 fall out."""
    total = sum(parts.values())
    row: dict[str, int] = {}
    running = before = 0
    for paper, part in parts.items():
        running += part
        upto = running * W // total
        if upto > before:
            row[paper] = upto - before
        before = upto
    return row
