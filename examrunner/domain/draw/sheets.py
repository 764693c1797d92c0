"""The choice of a question sheet: the fewest reused questions, then exactly uniform.

Section 3.9 of examrunner-draw/1. A dynamic programme counts, from the last stage back, the sets
that keep the rule at least cost; one random rank below that count names the sheet.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from examrunner.domain.draw.ticket import below
from examrunner.domain.errors import ExamError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from examrunner.domain.bank.banks import Question

UNLIMITED_SECONDS = 10**9
"""tmax of a session without a time limit: about 30 years, never reached."""
BY_HAND = 4
"""`relaxed` of a sheet that a person chose, since no relaxation made one feasible."""
_TMIN_SHARE = (48, 60)
"""A sheet fills at least 48 of every 60 seconds (design, sheet rule)."""


class NoSheet(ExamError):
    """No set of the questions keeps even the most relaxed rule; a person has to choose."""


@dataclass(frozen=True, slots=True)
class Item:
    """A question as far as the choice of a sheet depends on it."""

    id: str
    depth: str
    """The question's kind; the spec says depth."""
    sec: int
    """Seconds, at least 0."""
    group: str | None = None
    """Items that share a group exclude each other."""


@dataclass(frozen=True, slots=True)
class SheetRule:
    """What a sheet must keep. Times in seconds, every bound inclusive."""

    depth: tuple[tuple[str, int, int], ...]
    """(tag, lo, hi) in the order in which the questions are asked."""
    nmin: int
    nmax: int
    tmin: int
    tmax: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """The questions chosen for one attempt and how they were chosen."""

    ids: tuple[str, ...]
    """In the order they are asked."""
    rank: int
    """Which of the `count` sets it is, from 0."""
    count: int
    """How many sets keep the rule at the least cost."""
    cost: int
    """How often its questions stood on earlier sheets, added up."""
    relaxed: int
    """0, or the relaxation that was needed: 1 no depth maxima, 2 no depth bounds, 3 also tmin 0."""
    seconds: int


def rule_for(kinds: tuple[tuple[str, int], ...], talk_seconds: int | None) -> SheetRule:
    """Return the rule of a session's sheet: kinds with their counts, and the time of an attempt.

    None means no time limit: tmin is 0 and tmax never binds.
    """
    total = sum(count for _, count in kinds)
    if talk_seconds is None:
        tmin, tmax = 0, UNLIMITED_SECONDS
    else:
        part, whole = _TMIN_SHARE
        tmin, tmax = talk_seconds * part // whole, talk_seconds
    return SheetRule(tuple((kind, count, count) for kind, count in kinds), total, total, tmin, tmax)


def items_of(questions: Iterable[Question]) -> tuple[Item, ...]:
    """Return the questions as items, sorted by id.

    `not_with` among them makes groups: the connected components, named by their smallest id. A
    `not_with` that names a question outside the set means nothing.
    """
    by_id = {question.id: question for question in questions}
    leader = {name: name for name in by_id}

    def find(name: str) -> str:
        while leader[name] != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    for question in by_id.values():
        for other in question.not_with:
            if other in by_id:
                first, second = sorted((find(question.id), find(other)))
                leader[second] = first
    sizes = Counter(find(name) for name in by_id)
    items = []
    for name, question in sorted(by_id.items()):
        group = find(name) if sizes[find(name)] > 1 else None
        items.append(Item(name, question.kind, question.seconds, group))
    return tuple(items)


def choose(
    items: Iterable[Item], rule: SheetRule, uses: Mapping[str, int], words: Iterator[int]
) -> Sheet:
    """Return the sheet that the words name among the least used sets that keep the rule.

    `uses` says on how many earlier sheets an id stood. Raises NoSheet, saying what is missing, if
    no relaxation helps, and ValueError if an id is given twice or seconds are negative.
    """
    stages = _stages(items)
    for relaxed, milder in enumerate(_relaxations(rule)):
        table = _Table(stages, milder, uses)
        cost, count = table.root
        if count:
            rank = below(count, words)
            chosen = table.unrank(rank)
            ids = tuple(item.id for item in in_order(chosen, rule))
            seconds = sum(item.sec for item in chosen)
            return Sheet(ids, rank, count, cost, relaxed, seconds)
    raise NoSheet(_what_is_missing(stages, rule), "choose the questions by hand")


def in_order(items: Iterable[Item], rule: SheetRule) -> list[Item]:
    """Return items in the order they are asked: by the rule's tags, then by id.

    Tags that the rule does not name come last.
    """
    place = {tag: index for index, (tag, _, _) in enumerate(rule.depth)}
    return sorted(items, key=lambda item: (place.get(item.depth, len(place)), item.id))


def _stages(items: Iterable[Item]) -> list[list[Item]]:
    """Return the items by stage: a group is one stage, at the place of its smallest member."""
    stages: dict[tuple[bool, str], list[Item]] = {}
    seen: set[str] = set()
    for item in sorted(items, key=lambda item: item.id):
        if item.id in seen or item.sec < 0:
            raise ValueError(f"question {item.id} is given twice or has negative seconds")
        seen.add(item.id)
        stages.setdefault((item.group is not None, item.group or item.id), []).append(item)
    return list(stages.values())


def _relaxations(rule: SheetRule) -> Iterator[SheetRule]:
    """Yield the rule and its ever milder forms, in the spec's order."""
    yield rule
    rule = replace(rule, depth=tuple((tag, lo, rule.nmax) for tag, lo, _ in rule.depth))
    yield rule
    rule = replace(rule, depth=tuple((tag, 0, hi) for tag, _, hi in rule.depth))
    yield rule
    yield replace(rule, tmin=0)


class _Table:
    """Least cost and number of completions with it, for every stage and every state reached.

    A state packs seconds, number of questions and the number per tag into one integer, so that
    taking an item is one addition. A stage's branches are skip first, then its members by id.
    """

    def __init__(
        self, stages: Sequence[Sequence[Item]], rule: SheetRule, uses: Mapping[str, int]
    ) -> None:
        self._rule = rule
        time_bits = rule.tmax.bit_length() + 1
        self._bits = rule.nmax.bit_length() + 1
        self._time_mask = (1 << time_bits) - 1
        self._mask = (1 << self._bits) - 1
        self._n_at = time_bits
        self._at = {
            tag: time_bits + self._bits * index
            for index, (tag, _, _) in enumerate(rule.depth, start=1)
        }
        self._hi = {tag: min(hi, rule.nmax) for tag, _, hi in rule.depth}
        self._steps = [
            [(item, self._step(item), uses.get(item.id, 0)) for item in stage] for stage in stages
        ]
        self._best = self._count()

    @property
    def root(self) -> tuple[int, int]:
        """Least cost of a sheet and number of sheets with it; (0, 0) if there is none."""
        return self._best[0].get(0, (0, 0))

    def unrank(self, rank: int) -> list[Item]:
        """Return the set with this rank, 0 <= rank < count."""
        chosen: list[Item] = []
        state = 0
        for index, steps in enumerate(self._steps):
            after = self._best[index + 1]
            least, _ = self._best[index][state]
            branches: list[tuple[Item | None, int, int]] = [(None, 0, 0), *steps]
            for item, step, cost in branches:
                if item is not None and not self._fits(item, state):
                    continue
                further, count = after.get(state + step, (0, 0))
                if not count or cost + further != least:
                    continue
                if rank < count:
                    state += step
                    if item is not None:
                        chosen.append(item)
                    break
                rank -= count
        return chosen

    def _step(self, item: Item) -> int:
        tag_at = self._at.get(item.depth)
        return item.sec + (1 << self._n_at) + (1 << tag_at if tag_at is not None else 0)

    def _fits(self, item: Item, state: int) -> bool:
        """Say whether the item can join without breaking a maximum."""
        if (state & self._time_mask) + item.sec > self._rule.tmax:
            return False
        if (state >> self._n_at) & self._mask >= self._rule.nmax:
            return False
        tag_at = self._at.get(item.depth)
        return tag_at is None or (state >> tag_at) & self._mask < self._hi[item.depth]

    def _valid(self, state: int) -> bool:
        """Say whether a state after the last stage is a sheet; maxima were kept on the way."""
        return (
            (state & self._time_mask) >= self._rule.tmin
            and (state >> self._n_at) & self._mask >= self._rule.nmin
            and all((state >> self._at[tag]) & self._mask >= lo for tag, lo, _ in self._rule.depth)
        )

    def _count(self) -> list[dict[int, tuple[int, int]]]:
        reached = [{0}]
        for steps in self._steps:
            states = reached[-1]
            further = set(states)
            for item, step, _ in steps:
                further.update([state + step for state in states if self._fits(item, state)])
            reached.append(further)
        best = [{state: (0, 1) for state in reached[-1] if self._valid(state)}]
        for steps, states in zip(reversed(self._steps), reversed(reached[:-1]), strict=True):
            best.append(self._before(steps, states, best[-1]))
        best.reverse()
        return best

    def _before(
        self,
        steps: Sequence[tuple[Item, int, int]],
        states: set[int],
        after: Mapping[int, tuple[int, int]],
    ) -> dict[int, tuple[int, int]]:
        """Return the entries of one stage from those of the next."""
        best = {state: after[state] for state in states if state in after}
        for item, step, cost in steps:
            for state in states:
                entry = after.get(state + step)
                if entry is None or not self._fits(item, state):
                    continue
                total = cost + entry[0]
                known = best.get(state)
                if known is None or total < known[0]:
                    best[state] = (total, entry[1])
                elif total == known[0]:
                    best[state] = (total, known[1] + entry[1])
        return best


def _what_is_missing(stages: Sequence[Sequence[Item]], rule: SheetRule) -> str:
    """Say why not even the mildest rule can be kept: too few questions, or too long ones."""
    counts = Counter(tag for stage in stages for tag in {item.depth for item in stage})
    lacks = [f"{lo - counts[tag]} {tag}" for tag, lo, _ in rule.depth if lo > counts[tag]]
    tail = f"; missing: {', '.join(lacks)}" if lacks else ""
    if len(stages) < rule.nmin:
        return f"a sheet needs {rule.nmin} questions and {len(stages)} can be asked together{tail}"
    shortest = sum(sorted(min(item.sec for item in stage) for stage in stages)[: rule.nmin])
    return (
        f"a sheet of {rule.nmin} questions takes at least {shortest} s"
        f" and there are {rule.tmax} s{tail}"
    )
