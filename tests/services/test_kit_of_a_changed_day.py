"""A kit on a day that did not go as planned: order changed, attempts voided, the day closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from examrunner.domain.errors import Refused
from examrunner.services import conduct, day_acts, draws, kit
from tests.services.paper import key_in, kit_room, passed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.services.desks import Room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """Open a session of which a kit was made."""
    made = kit_room(tmp_path)
    yield made
    made.leave()


def numbers(room: Room) -> dict[int, str]:
    """Return to whom each sheet of a kit made now belongs."""
    return {one.number: one.attempt.student for one in kit.paper_sheets(room.desk)}


def test_a_changed_order_changes_no_number(room: Room) -> None:
    """Sheet 1 stays the sheet of the first on the list, in old kits and new, blank ones too."""
    before = numbers(room)
    blank = [(one.number, one.attempt.student) for one in kit.blank_sheets(room.desk)]
    assert day_acts.move(room.desk, room.key("ana"), 2)
    assert numbers(room) == before
    assert [(one.number, one.attempt.student) for one in kit.blank_sheets(room.desk)] == blank
    assert key_in(room, passed(1)).attempt.student == room.key("ana")


def test_a_voided_attempt_hands_its_number_on(room: Room) -> None:
    """The sheet of the student who is examined again is the one that the app draws next."""
    first = room.running("ana")
    day_acts.void(room.desk, first, "interrupted")
    (sheet,) = [one for one in kit.paper_sheets(room.desk) if one.number == 1]
    assert sheet.attempt.id == room.attempt("ana").id != first.id
    assert sheet.paper is not None
    conduct.call(room.desk, room.key("ana"))
    conduct.present(room.desk, room.attempt("ana"))
    drawn = draws.reveal(room.desk, room.attempt("ana"))
    assert drawn.reading == sheet.paper.reading != first.reading
    assert tuple(one.id for one in drawn.questions) == sheet.questions


def test_who_is_excused_gets_no_page(room: Room) -> None:
    """A student whose attempt is void and not taken again has no sheet to fill in."""
    day_acts.void(room.desk, room.running("ana"), "illness", again=False)
    made = kit.make_kit(room.desk)
    assert made.sheets == len(room.desk.rows()) - 1


def test_a_day_that_is_closed_takes_no_paper(room: Room) -> None:
    """A sheet found after the close is refused until the day is opened again."""
    day_acts.close(room.desk)
    before = room.ledger.head()
    with pytest.raises(Refused, match="closed"):
        key_in(room, passed(1))
    assert room.ledger.head() == before
    day_acts.reopen(room.desk)
    key_in(room, passed(1))
