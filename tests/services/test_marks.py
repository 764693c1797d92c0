"""Marks on answers as they are saved: offers, taking back and bringing back."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examrunner.domain.errors import Refused
from examrunner.domain.exam import events as ev
from examrunner.domain.exam.attempts import Attempt, fold
from examrunner.domain.exam.phases import Phase
from examrunner.services import conduct, draws
from tests.services.desks import Room, bring, write_small

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from examrunner.domain.bank.banks import Question

PREPARED = "probes: [Why so?, What then?], hints: [Think of the loss.]"
KINDS = ("opening", "core", "detail", "critique")
BANK = "bank_version: 1\nreading: paper-a\nquestions:\n" + "".join(
    f"  - {{id: a{place}, kind: {kind}, say: Why {place}?, {PREPARED}}}\n"
    for place, kind in enumerate(KINDS, 1)
)
STEPS: dict[str, Callable[[Room, str], object]] = {
    "rate": lambda r, q: conduct.rate(r.desk, r.attempt("chi"), q, ev.Rating.ENOUGH, 1),
    "tick": lambda r, q: conduct.tick(r.desk, r.attempt("chi"), q, 1, 2),
    "help": lambda r, q: conduct.give_help(r.desk, r.attempt("chi"), q, 3),
    "note": lambda r, q: conduct.note(r.desk, r.attempt("chi"), q, "a word", 4),
    "not asked": lambda r, q: conduct.not_asked(r.desk, r.attempt("chi"), q, 5),
    "offer": lambda r, q: conduct.offer(r.desk, r.attempt("chi"), question(r, q), 6),
    "undo": lambda r, _: conduct.undo(r.desk, r.attempt("chi")),
    "redo": lambda r, _: conduct.redo(r.desk, r.attempt("chi")),
}


@pytest.fixture
def prepared(tmp_path: Path) -> Iterator[Room]:
    """Give a session whose questions have two probes and a hint each; Chi is examined."""
    room = Room(write_small(tmp_path, a=BANK))
    room.running("chi")
    yield room
    room.leave()


def question(room: Room, name: str) -> Question:
    """Return a question of the sheet."""
    return next(one for one in draws.sheet(room.desk, room.attempt("chi")) if one.id == name)


def test_probes_come_first_then_hints_then_nothing(prepared: Room) -> None:
    """Each key offers one more, in the bank's order, and each is one event; at the end none."""
    seen = []
    for _ in range(3):
        what = conduct.offer(prepared.desk, prepared.attempt("chi"), question(prepared, "a1"), 7)
        assert what is not None
        help_now = prepared.attempt("chi").question("a1").help
        seen.append((str(what.what), what.number, str(help_now)))
    assert seen == [("probe", 1, "probed"), ("probe", 2, "probed"), ("hint", 1, "led")]
    assert prepared.wrote(lambda: STEPS["offer"](prepared, "a1")) == []
    assert prepared.attempt("chi").question("a2").probes == 0


def test_one_undo_takes_an_offer_with_its_help(prepared: Room) -> None:
    """Undo gives back probe and help level at once; redo brings both again."""
    STEPS["offer"](prepared, "a1")
    assert prepared.wrote(lambda: STEPS["undo"](prepared, "a1")) == ["undone"]
    asked = prepared.attempt("chi").question("a1")
    assert (asked.probes, asked.help, asked.asked_at) == (0, ev.Help.UNAIDED, None)
    assert prepared.wrote(lambda: STEPS["redo"](prepared, "a1")) == ["redone"]
    asked = prepared.attempt("chi").question("a1")
    assert (asked.probes, asked.help) == (1, ev.Help.PROBED)
    assert prepared.wrote(lambda: STEPS["redo"](prepared, "a1")) == []


def test_a_restart_keeps_what_may_be_brought_back(prepared: Room) -> None:
    """What was taken back before a crash is brought back by the same key after it."""
    STEPS["rate"](prepared, "a1")
    STEPS["undo"](prepared, "a1")
    prepared.crash()
    prepared.open_again()
    what = STEPS["redo"](prepared, "a1")
    assert isinstance(what, ev.Rated)
    assert prepared.attempt("chi").question("a1").rating is ev.Rating.ENOUGH


@pytest.mark.parametrize("why", ev.NotAskedWhy)
def test_a_question_not_asked_has_its_code_and_no_rating(
    prepared: Room, why: ev.NotAskedWhy
) -> None:
    """Each reason is on record as its code; none of them is a rating or a zero."""
    conduct.not_asked(prepared.desk, prepared.attempt("chi"), "a2", 3, why)
    asked = prepared.record("chi")["attempts"][0]["questions"]
    found = next(one for one in asked if one["id"] == "a2")
    assert (found["not_asked"], found["rating"], found["asked_at"]) == (str(why), None, None)


@pytest.mark.parametrize("phase", [Phase.STOPPED, Phase.DECIDED])
def test_nothing_is_offered_or_brought_back_once_the_clock_is_stopped(
    tmp_path: Path, phase: Phase
) -> None:
    """While deciding and afterwards marks do not change."""
    room = Room(write_small(tmp_path))
    attempt = bring(room, phase)
    asked = replace(draws.sheet(room.desk, attempt)[0], probes=("Why so?",))
    with pytest.raises(Refused):
        conduct.redo(room.desk, attempt)
    with pytest.raises(Refused):
        conduct.undo(room.desk, attempt)
    with pytest.raises(Refused):
        conduct.offer(room.desk, attempt, asked, 1)
    room.leave()


@settings(max_examples=15)
@given(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.sampled_from(["a1", "a2"]))))
def test_memory_and_ledger_agree_after_any_marks(steps: list[tuple[str, str]]) -> None:
    """Event by event or all at once, with undo and redo: the state is one, and the chain holds."""
    with tempfile.TemporaryDirectory() as parent:
        room = Room(write_small(Path(parent), a=BANK))
        room.running("chi")
        for name, on in steps:
            STEPS[name](room, on)
        attempt = room.attempt("chi")
        bare = Attempt(attempt.id, attempt.student, attempt.number)
        assert attempt == fold(bare, room.ledger.events(attempt.id))
        assert attempt == {one.id: one for one in room.ledger.attempts()}[attempt.id]
        assert room.ledger.verify() == []
        room.leave()
