"""Sheet lines of the public log."""

from __future__ import annotations

import json

import pytest

from examrunner.domain.draw.log import DrawLog
from examrunner.domain.draw.sheets import BY_HAND, Item, NoSheet, Sheet
from examrunner.domain.errors import Refused
from examrunner.domain.problems import BadInput
from tests.domain.draw.vectors import BANK, SECRET, commitment, started


def test_sheet_costs_count_earlier_sheets() -> None:
    """The cost of a sheet is how often its questions stood on earlier sheets, void or not."""
    log = started()
    first = log.sheet(log.draw("ann", 1).n, BANK)
    log.void(1, [], "other")
    assert first.sheet.cost == 0
    assert log.uses() == dict.fromkeys(first.sheet.ids, 1)
    second = log.sheet(log.draw("bob", 1).n, BANK)
    assert second.sheet.cost == sum(name in first.sheet.ids for name in second.sheet.ids)


def test_a_sheet_line_has_the_keys_of_the_spec() -> None:
    """A sheet line names its draw, rank, count, cost, relaxation and questions as asked."""
    log = started()
    log.draw("ann", 1)
    expected = log.sheet_for(1, BANK)
    made = log.sheet(1, BANK)
    assert made.sheet == expected
    assert json.loads(made.line) == {
        "e": "sheet",
        "n": 2,
        "prev": log.draws[0].head,
        "draw": 1,
        "rank": expected.rank,
        "count": expected.count,
        "cost": 0,
        "relaxed": 0,
        "q": list(expected.ids),
    }


def test_a_second_sheet_of_a_draw_needs_a_reason() -> None:
    """Choosing again for the same draw is Refused without `why`."""
    log = started()
    log.draw("ann", 1)
    log.sheet(1, BANK)
    with pytest.raises(Refused, match="reason must be given"):
        log.sheet(1, BANK)
    made = log.sheet(1, BANK, {"bank": "0" * 64, "why": "other"})
    assert json.loads(made.line)["bank"] == "0" * 64


@pytest.mark.parametrize("name", ["q", "prev", "relaxed"])
def test_extra_keys_cannot_replace_the_spec_s(name: str) -> None:
    """An extra key with the name of a key of the line is a bug."""
    log = started()
    log.draw("ann", 1)
    with pytest.raises(ValueError, match="keys of its own"):
        log.sheet(1, BANK, {name: "x"})


def test_a_sheet_by_hand_is_relaxation_four() -> None:
    """Questions that a person chose stand in the order given, with the reason."""
    log = started()
    log.draw("ann", 1)
    with pytest.raises(NoSheet):
        log.sheet(1, BANK[:1])
    made = log.sheet_by_hand(1, (BANK[4], BANK[0]), "other")
    assert made.sheet == Sheet(("q5", "q1"), 0, 0, 0, BY_HAND, 130)
    assert json.loads(made.line)["why"] == "other"
    with pytest.raises(Refused, match="reason must be given"):
        log.sheet_by_hand(1, BANK[:1], " ")


def test_a_line_that_could_not_be_read_back_is_not_made() -> None:
    """Questions given twice or with a bad id never get into the log."""
    log = started()
    log.draw("ann", 1)
    for items in ((BANK[0], BANK[0]), (Item("a b", "core", 1),)):
        with pytest.raises(BadInput):
            log.sheet_by_hand(1, items, "other")
    assert len(log.lines) == 2


def test_relaxed_sheets_say_so() -> None:
    """The number of the relaxation that was needed stands in the line."""
    log = DrawLog(commitment(), SECRET)
    log.start("-")
    log.draw("ann", 1)
    made = log.sheet(1, [Item(f"r{i}", "recall", 80) for i in range(3)])
    assert json.loads(made.line)["relaxed"] == made.sheet.relaxed == 2
