"""Many sessions of one class at once: the draws of examrunner-draw/1 in 64-bit integers.

The same bits as `odds.start`, `odds.couple` and `odds.pick` (sections 3.5 to 3.7), for sessions
in lockstep: same lists, called in exam order, each with a key of its own. Every array of odds is
papers x sessions, so that one operation serves all sessions of a chunk. A paper that falls out of
a row stays in it with odds 0. No product exceeds 2^62 (section 3.6).
"""

from __future__ import annotations

import hashlib
from collections import deque
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from examrunner.domain.draw.odds import W, start
from examrunner.domain.draw.ticket import NONE, VERSION
from examrunner.domain.plain import sha256

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    Roster: TypeAlias = Sequence[tuple[str, Collection[str]]]
    """Student and papers that may be drawn, in exam order, as a commitment has them."""

Numbers: TypeAlias = NDArray[np.int64]

_SHIFT = 30
"""W is 2^30: dividing by it is a shift."""
_NEAR_CERTAIN = 3 * (W >> 2)
_DIGEST_WORDS = 8
"""A SHA-256 is eight 32-bit words; the first one holds the ticket."""
_SPARE_BITS = 2
_ENTRIES = 1 << 14
"""About so many odds (papers x sessions) are kept in hand: what fits a processor's cache."""
_HELD = 1 << 24
"""At most so many numbers are held for a chunk: the rows within h places, and its draws."""
_LEAST, _MOST = 64, 4096
"""Sessions of a chunk; fewer only where `_HELD` asks for that."""


@dataclass(frozen=True, slots=True)
class Shared:
    """Where two lists meet, a student's own (r) and an earlier neighbour's (t); both sorted."""

    own: NDArray[np.intp]
    """Shared papers as places in r's list."""
    other: NDArray[np.intp]
    """The same papers as places in t's list."""
    among: NDArray[np.intp]
    """Place in t's list to place among the shared papers; their number for a paper not shared."""
    back: NDArray[np.intp]
    """Place in t's list to place in r's list; r's length for a paper not shared."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a number of sessions drew. Arrays are sessions x students."""

    papers: NDArray[np.int32]
    """Place of the paper drawn in the student's sorted list."""
    best: NDArray[np.int32]
    """Largest entry of the odds at that draw, of W: the best guess that anyone could make."""


def keys_from(seed: int, sessions: int) -> Iterator[str]:
    """Yield a key K for each of a number of sessions that stand for no real one."""
    return (sha256(f"{VERSION}\nsimulated\n{seed}\n{number}\n") for number in range(sessions))


def shared(own: Sequence[str], other: Sequence[str]) -> Shared:
    """Return where two sorted lists meet."""
    place = {paper: index for index, paper in enumerate(own)}
    pairs = [(place[paper], index) for index, paper in enumerate(other) if paper in place]
    among = np.full(len(other), len(pairs), dtype=np.intp)
    back = np.full(len(other), len(own), dtype=np.intp)
    for index, (mine, theirs) in enumerate(pairs):
        among[theirs], back[theirs] = index, mine
    mine_of, theirs_of = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    return Shared(mine_of, theirs_of, among, back)


def couple(q: Numbers, p: Numbers, j: NDArray[np.intp], where: Shared) -> Numbers:
    """Return r's odds after a neighbour whose odds were p drew paper j (section 3.6).

    q and p are papers x sessions, j is a place in the neighbour's list for each session. The
    result is a new array, or q itself where no session moves.
    """
    if not where.own.size:
        return q
    moves = q.max(axis=0) <= _NEAR_CERTAIN
    moves &= p.max(axis=0) <= _NEAR_CERTAIN
    both = p[where.other]
    both *= q[where.own] > 0
    if moves.all():
        return _coupled(q, both, j, where)
    live = np.flatnonzero(moves)
    if not live.size:
        return q
    row = q.copy()
    row[:, live] = _coupled(q.take(live, axis=1), both.take(live, axis=1), j[live], where)
    return row


def _coupled(q: Numbers, p: Numbers, j: NDArray[np.intp], where: Shared) -> Numbers:
    """Couple where no row is nearly settled; p holds the shared papers alone, 0 where q has none.

    A shared paper that fell out of q must count among those outside q; with p set to 0 it does,
    and its row is then `outside` by the same formulas. Where all of them fell out of q or p, the
    formulas give q back.
    """
    every = np.arange(q.shape[1])
    own = q[where.own]
    rest = W - p.sum(axis=0)
    rows = W * W // (W - own)
    row_parts = _over_w(rows * p)
    total = row_parts.sum(axis=0) + rest
    common = W * W // total  # the column of a paper that is not shared
    columns = W * W // (total - row_parts)
    parts = _over_w(q * common)
    parts[where.own] = _over_w(columns * own)
    width = parts.sum(axis=0)
    ceiling = np.maximum(width, W)
    outside = W * W // ceiling
    row_sums = _over_w(rows * (width - parts[where.own]))
    rows = rows * W // np.maximum(row_sums, W)
    row_parts = _over_w(rows * p)
    total = row_parts.sum(axis=0) + (outside * rest >> _SHIFT)
    taken = np.concatenate((rows, outside[None]))[where.among[j], every]
    # One row more than q has, for a drawn paper that r does not have. The drawn paper is emptied
    # before it is multiplied: its product is the only one that could exceed 2^62.
    kept = np.zeros((len(q) + 1, len(every)), dtype=q.dtype)
    kept[:-1] = parts
    kept[where.back[j], every] = 0
    kept *= taken
    kept >>= _SHIFT
    kept = kept[:-1]
    missing = np.maximum(W - kept.sum(axis=0), 0)
    gaps = q * np.maximum(W - (common * total >> _SHIFT), 0)
    gaps[where.own] = own * np.maximum(W - _over_w(columns * (total - row_parts)), 0)
    gaps >>= _SHIFT
    gap = np.maximum(gaps.sum(axis=0), 1)
    gaps *= missing
    gaps //= gap
    kept += gaps
    return _scaled(kept)


def _over_w(products: Numbers) -> Numbers:
    products >>= _SHIFT
    return products


def _scaled(parts: Numbers) -> Numbers:
    """Scale parts to the sum W by rounding their running sum, in place."""
    for before, part in pairwise(parts):
        np.add(part, before, out=part)
    total = parts[-1].copy()
    parts <<= _SHIFT
    parts //= total
    parts[1:] -= parts[:-1].copy()
    return parts


def pick(row: Numbers, tickets: Numbers) -> NDArray[np.intp]:
    """Return the place on which each session's ticket falls (section 3.7)."""
    upto = np.zeros_like(tickets)
    place = np.zeros(len(tickets), dtype=np.intp)
    for share in row:
        upto += share
        place += upto <= tickets
    return place


def tickets(keys: Sequence[str], students: Iterable[str]) -> Numbers:
    """Return the tickets (section 3.3) of attempt 1 without a nonce: students x sessions."""
    tails = [f"{student}\n1\n{NONE}\n".encode() for student in students]
    hashed, made = hashlib.sha256, []
    for key in keys:
        head = f"{VERSION}\npaper\n{key}\n".encode()
        made += [hashed(head + tail).digest() for tail in tails]
    words = np.frombuffer(b"".join(made), dtype=">u4").reshape(len(keys), len(tails), -1)
    assert not made or words.shape[2] == _DIGEST_WORDS
    return np.ascontiguousarray(words[:, :, 0].T.astype(np.int64) >> _SPARE_BITS)


def draw_sessions(roster: Roster, h: int, keys: Iterable[str]) -> Iterator[Drawn]:
    """Yield the draws of sessions in the order of their keys, a chunk at a time.

    Every student of the roster is called once, in exam order. Raises ValueError for an empty
    roster or list.
    """
    lists = [sorted(set(papers)) for _, papers in roster]
    if not lists or not all(lists):
        raise ValueError("every student needs a paper that may be drawn")
    students = [student for student, _ in roster]
    rest, most = iter(keys), _chunk(lists, h)
    while chunk := list(islice(rest, most)):
        yield _chunk_drawn(lists, h, tickets(chunk, students))


def _chunk(lists: Sequence[Sequence[str]], h: int) -> int:
    """Return how many sessions are drawn at a time."""
    longest, students = max(map(len, lists)), len(lists)
    held = longest * min(h + 1, students) + 2 * students
    return max(1, min(_MOST, max(_LEAST, _ENTRIES // longest), _HELD // held))


def _chunk_drawn(lists: Sequence[Sequence[str]], h: int, fallen: Numbers) -> Drawn:
    papers, best = np.empty((2, *fallen.shape), dtype=np.int32)
    for place, (row, mine) in enumerate(steps(lists, h, fallen)):
        papers[place], best[place] = mine, row.max(axis=0)
    return Drawn(papers.T, best.T)


def steps(
    lists: Sequence[Sequence[str]], h: int, fallen: Numbers
) -> Iterator[tuple[Numbers, NDArray[np.intp]]]:
    """Yield each student's odds (papers x sessions) and the place of the paper drawn.

    `lists` are sorted and in exam order, `fallen` are the tickets, students x sessions. The last h
    rows stay in hand.
    """
    near: deque[tuple[Numbers, NDArray[np.intp]]] = deque(maxlen=h)
    for place, own in enumerate(lists):
        even = np.fromiter(start(own).values(), dtype=np.int64)
        row: Numbers = np.broadcast_to(even[:, None], (len(own), fallen.shape[1]))
        for theirs, (other, j) in zip(lists[max(0, place - h) : place], near, strict=True):
            row = couple(row, other, j, shared(own, theirs))
        mine = pick(row, fallen[place])
        near.append((row, mine))
        yield row, mine
