"""The choice of a sheet: published sheets, brute force, relaxations, groups."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examrunner.domain.bank.banks import Question
from examrunner.domain.draw.sheets import (
    UNLIMITED_SECONDS,
    Item,
    NoSheet,
    Sheet,
    SheetRule,
    choose,
    in_order,
    items_of,
    rule_for,
)
from examrunner.domain.draw.ticket import words
from tests.domain.draw.vectors import BANK, KEY, RULE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KINDS = (("opening", 1), ("core", 1), ("detail", 1), ("critique", 1))
TAGS = ("recall", "explain", "apply", "critique", "other")


def keeps(sheet: Sequence[Item], rule: SheetRule) -> bool:
    """Say whether a set keeps a rule, straight from its words."""
    groups = [item.group for item in sheet if item.group is not None]
    tags = [item.depth for item in sheet]
    return (
        rule.nmin <= len(sheet) <= rule.nmax
        and rule.tmin <= sum(item.sec for item in sheet) <= rule.tmax
        and len(groups) == len(set(groups))
        and all(lo <= tags.count(tag) <= hi for tag, lo, hi in rule.depth)
    )


def brute(
    items: Sequence[Item], rule: SheetRule, uses: Mapping[str, int]
) -> tuple[int, set[frozenset[str]]]:
    """Return the least cost and every set that has it, by trying all sets."""
    found = [
        (sum(uses.get(item.id, 0) for item in sheet), frozenset(item.id for item in sheet))
        for size in range(len(items) + 1)
        for sheet in combinations(items, size)
        if keeps(sheet, rule)
    ]
    least = min((cost for cost, _ in found), default=0)
    return least, {ids for cost, ids in found if cost == least}


def with_rank(
    items: Sequence[Item], rule: SheetRule, rank: int, uses: Mapping[str, int] | None = None
) -> Sheet:
    """Return the sheet of a given rank: a word below the count is the rank itself."""
    return choose(items, rule, uses or {}, iter([rank]))


@st.composite
def banks(draw: st.DrawFn) -> tuple[Item, ...]:
    """Small banks with groups and tags that the rule may not name."""
    count = draw(st.integers(0, 8))
    return tuple(
        Item(
            f"q{index}",
            draw(st.sampled_from(TAGS)),
            draw(st.integers(0, 9)) * 10,
            draw(st.sampled_from([None, None, None, "g1", "g2"])),
        )
        for index in range(count)
    )


@st.composite
def rules(draw: st.DrawFn) -> SheetRule:
    """Rules, many of which small banks can keep."""
    depth = tuple(
        (tag, lo, lo + draw(st.integers(0, 2)))
        for tag in draw(st.permutations(TAGS[:4]))
        for lo in [draw(st.sampled_from([0, 0, 1, 2]))]
    )
    nmin, tmin = draw(st.integers(0, 4)), draw(st.integers(0, 15)) * 10
    return SheetRule(
        depth,
        nmin,
        nmin + draw(st.integers(0, 3)),
        tmin,
        tmin + draw(st.integers(0, 20)) * 10,
    )


USES = st.dictionaries(st.sampled_from([f"q{index}" for index in range(8)]), st.integers(0, 3))


def test_sheets_match_v6() -> None:
    """Three students in turn on one bank get the published counts, ranks and sheets."""
    expected = [
        Sheet(("q1", "q6", "q2", "q4", "q7"), 23, 34, 0, 0, 285),
        Sheet(("q6", "q3", "q8", "q4"), 4, 12, 2, 0, 245),
        Sheet(("q1", "q3", "q7", "q5"), 2, 3, 3, 0, 275),
    ]
    uses: dict[str, int] = {}
    for student, sheet in zip(("x1", "x2", "x3"), expected, strict=True):
        chosen = choose(BANK, RULE, uses, words(KEY, student, 1, "-"))
        assert chosen == sheet
        for name in chosen.ids:
            uses[name] = uses.get(name, 0) + 1


@settings(deadline=None)
@given(items=banks(), rule=rules(), uses=USES)
def test_a_sheet_is_one_of_those_that_brute_force_finds(
    items: tuple[Item, ...], rule: SheetRule, uses: dict[str, int]
) -> None:
    """The mildest relaxation needed is used, and ranks name its least-cost sets, each once.

    Maxima go first, then minima, then tmin.
    """
    no_maxima = replace(rule, depth=tuple((tag, lo, 99) for tag, lo, _ in rule.depth))
    no_depth = replace(rule, depth=())
    milder = [rule, no_maxima, no_depth, replace(no_depth, tmin=0)]
    found = [(relaxed, *brute(items, stage, uses)) for relaxed, stage in enumerate(milder)]
    feasible = [entry for entry in found if entry[2]]
    if not feasible:
        with pytest.raises(NoSheet):
            with_rank(items, rule, 0, uses)
        return
    relaxed, cost, sets = feasible[0]
    sheets = [with_rank(items, rule, rank, uses) for rank in range(len(sets))]
    assert {(s.relaxed, s.cost, s.count) for s in sheets} == {(relaxed, cost, len(sets))}
    named = [frozenset(sheet.ids) for sheet in sheets]
    assert set(named) == sets
    assert len(named) == len(set(named))


@settings(deadline=None)
@given(items=banks(), rule=rules(), data=st.data())
def test_the_order_of_a_bank_does_not_matter(
    items: tuple[Item, ...], rule: SheetRule, data: st.DataObject
) -> None:
    """A bank in any order gives the same sheet, or the same reason why there is none."""

    def outcome(bank: Sequence[Item]) -> Sheet | str:
        try:
            return with_rank(bank, rule, 0)
        except NoSheet as missing:
            return missing.message

    assert outcome(data.draw(st.permutations(items))) == outcome(items)


def test_two_hundred_sets_of_twelve_questions() -> None:
    """A bank of twelve has exactly as many sheets as trying all 4096 sets finds."""
    kinds = ("recall", "explain", "apply", "critique")
    items = [Item(f"q{i:02}", kinds[i % 4], 40 + 7 * i % 50) for i in range(12)]
    _, sets = brute(items, RULE, {})
    assert len(sets) > 200
    assert with_rank(items, RULE, 0).count == len(sets)


def test_a_large_bank_is_counted_exactly() -> None:
    """Forty questions in four kinds, one of each, make ten to the fourth sheets."""
    seconds = {"opening": 60, "core": 90, "detail": 60, "critique": 75}
    items = [Item(f"{kind}{i}", kind, seconds[kind]) for kind in seconds for i in range(10)]
    assert with_rank(items, rule_for(KINDS, 300), 9_999).count == 10_000


def test_questions_come_in_the_order_of_the_kinds() -> None:
    """A sheet is asked by the rule's kinds, then by id; other kinds come last."""
    items = [Item("z", "core", 1), Item("b", "opening", 1), Item("a", "x", 1), Item("c", "core", 1)]
    shown = in_order(items, rule_for((("opening", 1), ("core", 2)), None))
    assert [item.id for item in shown] == ["b", "c", "z", "a"]


def test_least_used_questions_come_first() -> None:
    """A question that stood on a sheet is left out while another can stand in."""
    items = [Item("a", "core", 60), Item("b", "core", 60)]
    rule = rule_for((("core", 1),), 60)
    assert with_rank(items, rule, 0, {"a": 1}).ids == ("b",)
    assert with_rank(items, rule, 0, {"a": 1}).count == 1


def test_relaxation_one_drops_the_maxima() -> None:
    """With one kind too many for its maximum, the maxima go and the minima stay."""
    items = [Item(f"q{i}", "core", 50) for i in range(3)] + [Item("d", "detail", 50)]
    rule = SheetRule((("core", 1, 1), ("detail", 1, 1)), 3, 3, 0, 300)
    sheet = with_rank(items, rule, 0)
    assert (sheet.relaxed, sheet.count) == (1, 3)
    assert "d" in sheet.ids


def test_relaxation_two_also_drops_the_minima() -> None:
    """With a kind missing, other kinds fill the sheet."""
    items = [Item(f"q{i}", "core", 75) for i in range(4)]
    sheet = with_rank(items, rule_for(KINDS, 300), 0)
    assert (sheet.relaxed, sheet.seconds) == (2, 300)


def test_relaxation_three_also_drops_the_least_time() -> None:
    """With short questions only, the sheet may be short."""
    items = [Item(f"q{i}", "core", 10) for i in range(4)]
    sheet = with_rank(items, rule_for(KINDS, 300), 0)
    assert (sheet.relaxed, sheet.seconds) == (3, 40)


def test_too_few_questions_are_named() -> None:
    """Where questions are missing the message says how many and of which kind."""
    items = [Item("a", "opening", 60), Item("b", "core", 60, "g"), Item("c", "core", 60, "g")]
    with pytest.raises(NoSheet) as caught:
        with_rank(items, rule_for(KINDS, 300), 0)
    assert caught.value.message == (
        "a sheet needs 4 questions and 2 can be asked together; missing: 1 detail, 1 critique"
    )


def test_too_little_time_is_named() -> None:
    """Where the shortest questions are too long the message gives both times."""
    items = [Item(kind, kind, 60) for kind, _ in KINDS]
    with pytest.raises(NoSheet) as caught:
        with_rank(items, rule_for(KINDS, 180), 0)
    assert caught.value.message == (
        "a sheet of 4 questions takes at least 240 s and there are 180 s"
    )


def test_an_id_given_twice_is_a_bug() -> None:
    """Two items of one id, or seconds below 0, are never chosen from."""
    with pytest.raises(ValueError, match="given twice"):
        with_rank([Item("a", "core", 1), Item("a", "core", 2)], rule_for((("core", 1),), None), 0)
    with pytest.raises(ValueError, match="negative"):
        with_rank([Item("a", "core", -1)], rule_for((("core", 1),), None), 0)


def test_rule_of_the_default_session() -> None:
    """Five minutes and one of each kind: four questions in 240 to 300 seconds."""
    rule = rule_for(KINDS, 300)
    assert rule == SheetRule(tuple((kind, 1, 1) for kind, _ in KINDS), 4, 4, 240, 300)


def test_rule_of_odd_minutes_rounds_down() -> None:
    """4:25 is 265 seconds, of which 48 in 60 are 212."""
    rule = rule_for(KINDS, 265)
    assert (rule.tmin, rule.tmax) == (212, 265)


def test_rule_without_time_never_binds() -> None:
    """Without a time limit any number of seconds will do."""
    rule = rule_for((("core", 2),), None)
    assert (rule.nmin, rule.nmax, rule.tmin, rule.tmax) == (2, 2, 0, UNLIMITED_SECONDS)
    items = [Item("a", "core", 86_400), Item("b", "core", 0)]
    assert with_rank(items, rule, 0).relaxed == 0


def question(name: str, *not_with: str) -> Question:
    """Return a question with an id and what it must not share a sheet with."""
    return Question(id=name, kind="core", say="Why?", seconds=90, marks=3, not_with=not_with)


def test_not_with_makes_groups_of_all_that_hang_together() -> None:
    """c-b and b-d put b, c and d in the group b, said by either side; a stays alone."""
    items = items_of([question("d", "b"), question("c", "b"), question("b"), question("a")])
    assert [(item.id, item.group) for item in items] == [
        ("a", None),
        ("b", "b"),
        ("c", "b"),
        ("d", "b"),
    ]


def test_not_with_an_unknown_question_means_nothing() -> None:
    """A question that is not in the set, or itself, makes no group."""
    items = items_of([question("a", "gone", "a"), question("b", "gone")])
    assert [item.group for item in items] == [None, None]


@given(
    pairs=st.lists(st.tuples(st.sampled_from("abcdefg"), st.sampled_from("abcdefg")), max_size=8),
    data=st.data(),
)
def test_groups_do_not_depend_on_order(pairs: list[tuple[str, str]], data: st.DataObject) -> None:
    """However the questions come, each group is a connected component named by its smallest id."""
    bank = [question(name, *(b for a, b in pairs if a == name)) for name in "abcdefg"]
    items = items_of(data.draw(st.permutations(bank)))
    near = {name: {name} for name in "abcdefg"}
    for _ in near:
        for a, b in pairs:
            near[a] = near[b] = near[a] | near[b]
            for name in near[a]:
                near[name] = near[a]
    expected = {name: min(near[name]) if len(near[name]) > 1 else None for name in near}
    assert {item.id: item.group for item in items} == expected
