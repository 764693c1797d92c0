"""Troubles of a rehearsal by hand: whom they meet, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.errors import Refused, WrongUsage
from examrunner.domain.exam.events import Rating
from examrunner.services import conduct
from examrunner.services.troubles import (
    KINDS,
    Troubles,
    is_crash_due,
    kinds_of,
    latecomer,
    nobody_comes,
    troubles_for,
)

if TYPE_CHECKING:
    from tests.services.desks import Room


@given(st.integers(3, 30), st.integers(), st.sets(st.sampled_from(KINDS), min_size=1))
def test_each_trouble_meets_a_student_of_its_own(count: int, seed: int, kinds: set[str]) -> None:
    """Who it is follows from the seed alone; what was not asked for meets nobody."""
    ids = [f"s{number}" for number in range(count)]
    found, every = troubles_for(ids, sorted(kinds), seed), troubles_for(ids, KINDS, seed)
    pairs = zip(KINDS, ("no_show", "latecomer", "crash"), strict=True)
    for kind, name in pairs:
        assert getattr(found, name) == (getattr(every, name) if kind in kinds else None)
    assert len({every.no_show, every.latecomer, every.crash}) == 3
    assert every.after < count


def test_a_class_may_be_too_small() -> None:
    """Two students are no class to practise on."""
    with pytest.raises(Refused, match="too small"):
        troubles_for(["a", "b"], KINDS, 1)


@pytest.mark.parametrize("text", ["", "fire", "crash,no show", ","])
def test_only_known_troubles_are_taken(text: str) -> None:
    """A word that is none is told, with those there are."""
    with pytest.raises(WrongUsage) as fault:
        kinds_of(text)
    assert "no-show, latecomer, crash" in fault.value.hint


def test_troubles_are_written_with_commas() -> None:
    """Blanks and repeats do not matter."""
    assert kinds_of("crash, no-show,crash") == ("crash", "no-show")


def test_the_latecomer_comes_after_some_others(room: Room) -> None:
    """Not when called, but once two others are done or absent."""
    troubles = Troubles(latecomer="ana", after=2)
    key = conduct.call(room.desk, room.key("ana"))
    assert nobody_comes(room.desk, troubles, key)
    conduct.later(room.desk, key)
    room.decided("chi")
    assert latecomer(room.desk, troubles) is None
    conduct.absent(room.desk, room.key("eli"))
    row = latecomer(room.desk, troubles)
    assert row is not None
    assert row.key == key
    conduct.call(room.desk, key)
    assert not nobody_comes(room.desk, troubles, key)
    assert latecomer(room.desk, troubles) is None


def test_the_crash_comes_with_the_second_mark_that_stands(room: Room) -> None:
    """A mark taken back does not count, and another student's exam is left alone."""
    troubles = Troubles(crash="ana")
    attempt = room.running("ana")
    one, two = (question.id for question in attempt.questions[:2])
    conduct.rate(room.desk, attempt, one, Rating.STRONG, 1)
    conduct.undo(room.desk, room.attempt())
    conduct.rate(room.desk, room.attempt(), one, Rating.STRONG, 1)
    assert not is_crash_due(room.desk, troubles)
    conduct.rate(room.desk, room.attempt(), two, Rating.STRONG, 1)
    assert is_crash_due(room.desk, troubles)
    assert not is_crash_due(room.desk, Troubles(crash="chi"))
    assert not is_crash_due(room.desk, Troubles())
