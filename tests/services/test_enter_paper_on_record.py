"""A sheet is keyed in on top of what the record holds, or refused without a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from examrunner.domain.errors import Environment, ExamError, Refused
from examrunner.domain.exam.events import Help, Rating, Verdict
from examrunner.domain.exam.phases import Phase
from examrunner.services import conduct, kit
from examrunner.services.enter_paper import (
    Answer,
    Filled,
    entry_lines,
    find_sheet,
    plan_entry,
    write_entry,
)
from examrunner.services.results import as_json, read_results
from tests.services.desks import Room, bring, fill_disk
from tests.services.paper import key_in, kit_room, passed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

BUSY = (Phase.CALLED, Phase.REVEALED, Phase.RUNNING, Phase.PAUSED, Phase.STOPPED)
IDLE = (Phase.WAITING, Phase.POSTPONED, Phase.ABSENT)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """Give a session of which a kit was made."""
    made = kit_room(tmp_path)
    yield made
    made.leave()


# --- what the record holds already ---------------------------------------------------------


@pytest.mark.parametrize("phase", [*IDLE, *BUSY])
def test_a_sheet_goes_on_where_the_record_ends(room: Room, phase: Phase) -> None:
    """Whatever the app had saved before it was gone stays; the rest comes from the sheet."""
    bring(room, phase)
    kit.make_kit(room.desk)
    before = room.desk.events(room.attempt().id)[:]
    filled = passed(answers={1: Answer(Rating.STRONG, Help.PROBED)}, seconds=222)
    key_in(room, filled, kit=2)
    attempt = room.attempt()
    assert room.ledger.events(attempt.id)[: len(before)] == before
    assert (attempt.phase, attempt.verdict, attempt.used) == (Phase.DECIDED, Verdict.PASS, 222)
    assert attempt.questions[0].rating is Rating.STRONG
    assert attempt.clock.elapsed(room.clock.now()) == 222
    assert room.ledger.verify() == []


def test_marks_of_the_app_are_kept(room: Room) -> None:
    """Ticks, seconds and ratings from before the crash stay unless the sheet says otherwise."""
    attempt = room.running()
    first, second = (one.id for one in attempt.questions[:2])
    conduct.tick(room.desk, attempt, first, 1, 12)
    conduct.rate(room.desk, room.attempt(), second, Rating.WEAK, 30)
    key_in(room, passed(answers={1: Answer(points=(1, 2))}))
    done = room.attempt()
    assert (done.question(first).points, done.question(first).spent) == ((1, 2), 12)
    assert done.question(second).rating is Rating.WEAK


def test_a_revealed_paper_is_not_exchanged(room: Room) -> None:
    """Where the record has another paper than the sheet, that is refused with a way out."""
    other = "paper-c"
    attempt = room.revealed("ana", other)
    with pytest.raises(Refused, match="another paper") as caught:
        key_in(room, passed())
    assert caught.value.hint.startswith(f"--paper {other} ")
    key_in(room, passed(reading=other, answers={1: Answer(Rating.WEAK)}))
    assert room.desk.attempt(attempt.id).questions[0].rating is Rating.WEAK


# --- refusals ------------------------------------------------------------------------------


def _decided(room: Room) -> None:
    room.decided("ana")


def _busy(room: Room) -> None:
    room.running("eli")


def _nothing(_room: Room) -> None:
    pass


@pytest.mark.parametrize(
    ("prepare", "filled", "words"),
    [
        (_nothing, passed(99), "There is no sheet 99"),
        (_nothing, passed(0), "There is no sheet 0"),
        (_decided, passed(), "Ana is decided already: pass"),
        (_busy, passed(), "Eli is with the examiner"),
        (_nothing, Filled(1, None), "needs a verdict"),
        (_nothing, passed(answers={5: Answer(Rating.WEAK)}), "there is no question 5"),
        (_nothing, passed(answers={0: Answer(Rating.WEAK)}), "there is no question 0"),
        (_nothing, passed(answers={1: Answer(points=(1, 9))}), "there is no point 9"),
        (
            _nothing,
            passed(answers={1: Answer(Rating.WEAK, is_not_asked=True)}),
            "Question 1 has marks and was not asked",
        ),
        (_nothing, passed(seconds=-1), "between 0 and 24 hours"),
        (_nothing, passed(seconds=10**9), "between 0 and 24 hours"),
        (_nothing, passed(reading="../etc"), "no reading '../etc'"),
        (_nothing, passed(note="a\x1b[31mb"), "cannot be kept"),
        (_nothing, passed(answers={1: Answer(note="a\u202eb")}), "cannot be kept"),
    ],
)
def test_what_cannot_be_is_refused(
    room: Room, prepare: Callable[[Room], None], filled: Filled, words: str
) -> None:
    """Each refusal is one clear message, and nothing has been written."""
    prepare(room)
    before, attempts = room.ledger.head(), room.desk.attempts()
    with pytest.raises(ExamError, match=words):
        key_in(room, filled)
    assert room.ledger.head() == before
    assert room.desk.attempts() == attempts


def test_kits_that_differ_are_told_apart(room: Room) -> None:
    """Where two kits have other sheets of a number, it must be said which one was used."""
    first = find_sheet(room.desk, 1)
    room.revealed("ana", "paper-c")
    kit.make_kit(room.desk)
    with pytest.raises(Refused, match="not the same in all 2 kits"):
        find_sheet(room.desk, 1)
    assert find_sheet(room.desk, 1, kit=1) == first
    assert find_sheet(room.desk, 1, kit=2).questions != first.questions
    assert find_sheet(room.desk, 3) == find_sheet(room.desk, 3, kit=2)
    with pytest.raises(Refused, match="no kit 3"):
        find_sheet(room.desk, 2, kit=3)


def test_a_full_disk_takes_all_or_nothing(room: Room) -> None:
    """What the disk does not take is told of, does not wait, and can be keyed in again."""
    before = room.ledger.head()
    sheet = find_sheet(room.desk, 1)
    filled = passed(answers={1: Answer(Rating.WEAK, note="x" * 100_000)})
    full = fill_disk(room.ledger)
    next(full)
    with pytest.raises(Environment):
        write_entry(room.desk, plan_entry(room.desk, sheet, filled))
    next(full)
    assert not room.desk.waiting
    assert room.ledger.head() == before
    room.reopen()
    key_in(room, filled)
    assert room.attempt().verdict is Verdict.PASS


def test_planning_writes_nothing(room: Room) -> None:
    """A plan tells in words what would be written, and leaves record and log alone."""
    before, lines = room.ledger.head(), room.desk.log().lines
    marks = {1: Answer(Rating.WEAK, Help.LED, (1, 3), is_flagged=True, note="why")}
    sheet = find_sheet(room.desk, 1)
    entry = plan_entry(room.desk, sheet, passed(answers=marks, seconds=280, reason="clear"))
    said = entry_lines(room.desk, entry)
    assert said[0] == "sheet 1, Ana (ana)"
    assert said[2] == "  1 opening   weak, led, points 1 3, flagged, note: why"
    assert said[-2:] == ["time     4:40", "verdict  pass, clear"]
    assert (room.ledger.head(), room.desk.log().lines) == (before, lines)


def test_results_count_it_like_any_other(room: Room) -> None:
    """Scores and status do not care where a verdict came from."""
    key_in(room, passed())
    room.decided("chi", Verdict.FAIL)
    found = {one["student"]: one for one in as_json(read_results(room.folder))["students"]}
    assert (found["ana"]["score"], found["chi"]["score"]) == (10, 0)
    assert [one["attempts"][0]["from_paper"] for one in (found["ana"], found["chi"])] == [1, None]
