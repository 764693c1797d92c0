"""How many questions of a sheet were asked before, on the same paper, in the same session.

The sheet rule (section 3.9) takes the least used questions first, so the second student on a
paper meets old ones only where the bank is small. The numbers come from simulated sheets.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from examrunner.domain.draw.sheets import Item, NoSheet, SheetRule, choose
from examrunner.domain.draw.ticket import NONE, words
from examrunner.domain.plain import sha256

if TYPE_CHECKING:
    from collections.abc import Iterable

USES = 4
"""How many students on one paper are looked at, unless more are asked for."""
RUNS = 100
"""Runs of a simulation: the mean is then good to about a tenth of a question."""


def expected_repeats(
    items: Iterable[Item], rule: SheetRule, *, uses: int = USES, runs: int = RUNS, seed: int = 0
) -> tuple[float, ...]:
    """Return the expected number of repeated questions for the 1st, 2nd, ... student on a paper.

    `uses` numbers come back, the first of them 0. A question counts once for a student, however
    often it was asked before. Where no sheet keeps the rule the same questions are asked each
    time. Raises ValueError for fewer than one use or run.
    """
    if uses < 1 or runs < 1:
        raise ValueError("at least one use and one run are needed")
    return _simulated(_nameless(items), rule, uses, runs, seed)


def _nameless(items: Iterable[Item]) -> tuple[Item, ...]:
    """Return items by number: what banks have in common when only their words differ."""
    groups: dict[str | None, str | None] = {None: None}
    listed = sorted(items, key=lambda item: item.id)
    for item in listed:
        groups.setdefault(item.group, str(len(groups)))
    digits = len(str(len(listed)))
    return tuple(
        Item(f"{number:0{digits}d}", item.depth, item.sec, groups[item.group])
        for number, item in enumerate(listed)
    )


@cache
def _simulated(
    items: tuple[Item, ...], rule: SheetRule, uses: int, runs: int, seed: int
) -> tuple[float, ...]:
    repeats = [0] * uses
    for run in range(runs):
        key = sha256(f"reuse\n{seed}\n{run}\n")
        used: Counter[str] = Counter()
        for use in range(uses):
            try:
                sheet = choose(items, rule, used, words(key, "student", use + 1, NONE))
            except NoSheet:
                asked = min(rule.nmin, len(items))
                return (0.0, *[float(asked)] * (uses - 1))
            repeats[use] += sum(used[name] > 0 for name in sheet.ids)
            used.update(sheet.ids)
    return tuple(count / runs for count in repeats)
