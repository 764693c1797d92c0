"""A filled paper sheet is keyed in: what it says is on record, and nothing that it does not say."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examrunner.domain.errors import Refused, WrongUsage
from examrunner.domain.exam.events import FromPaper, Help, Origin, Rating, Revealed, Verdict
from examrunner.domain.exam.phases import Phase
from examrunner.services import kit
from examrunner.services.enter_paper import Answer, Filled, find_sheet, plan_entry, write_entry
from tests.services.desks import SETTINGS, Room, write_small
from tests.services.paper import POINTS, key_in, kit_room, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXTS = st.text("abc äö&<>'\"{}[]", max_size=12)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """Give a session of which a kit was made."""
    made = kit_room(tmp_path)
    yield made
    made.leave()


# --- the round trip ------------------------------------------------------------------------


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    """Give what an examiner may have ticked for one question."""
    if draw(st.booleans()) and draw(st.booleans()):
        return Answer(is_not_asked=True, note=draw(TEXTS))
    return Answer(
        draw(st.none() | st.sampled_from(Rating)),
        draw(st.none() | st.sampled_from(Help)),
        tuple(sorted(draw(st.sets(st.integers(1, POINTS))))),
        draw(st.booleans()),
        note=draw(TEXTS),
    )


@st.composite
def filled_sheets(draw: st.DrawFn, number: int) -> Filled:
    """Give a filled sheet."""
    places = draw(st.sets(st.integers(1, 4)))
    return Filled(
        number,
        draw(st.sampled_from(Verdict)),
        {place: draw(answers()) for place in sorted(places)},
        None,
        draw(st.none() | st.integers(0, 900)),
        draw(TEXTS),
        draw(TEXTS),
    )


def tidied(text: str) -> str | None:
    """Return a text as it is kept; None where nothing is."""
    return " ".join(text.split()) or None


def expected(answer: Answer) -> dict[str, Any]:
    """Return what the results must say of a question whose sheet says this."""
    asked = answer.is_marked or (answer.note.strip() and not answer.is_not_asked)
    unasked = "not-noted" if answer.is_not_asked else None if asked else "not-reached"
    return {
        "rating": answer.rating,
        "help": str(answer.help or Help.UNAIDED) if asked else None,
        "points": list(answer.points),
        "flags": int(answer.is_flagged),
        "not_asked": unasked,
        "seconds": None,
    }


@settings(max_examples=40)
@given(data=st.data(), seed=st.text("0123456789", min_size=1, max_size=6))
def test_what_was_filled_in_is_what_the_results_say(data: st.DataObject, seed: str) -> None:
    """Kit, filled at random, keyed in: verdict, marks, notes and time come out as they went in."""
    with tempfile.TemporaryDirectory() as parent:
        room = kit_room(Path(parent), seed=seed)
        sheets = kit.paper_sheets(room.desk)
        for number in (1, 2):
            filled = data.draw(filled_sheets(number))
            entry = key_in(room, filled)
            assert entry.paper.origin is Origin.DRAWN
            student = room.desk.row(entry.attempt.student).student.student_id
            (found,) = room.record(student)["attempts"]
            printed = sheets[number - 1]
            assert found["from_paper"] == number
            assert [one["id"] for one in found["questions"]] == list(printed.questions)
            assert (found["verdict"], found["seconds"]) == (filled.verdict, filled.seconds)
            assert found["verdicts"][0]["reason"] == tidied(filled.reason)
            for place, asked in enumerate(found["questions"], 1):
                wanted = expected(filled.answers.get(place, Answer()))
                assert {**asked, "flags": len(asked["flags"])} == {**asked, **wanted}
            notes = {one["question"]: one["text"] for one in found["notes"]}
            assert notes == {
                printed.questions[place - 1]: tidied(answer.note)
                for place, answer in filled.answers.items()
                if tidied(answer.note)
            }
            whole = next(
                one for one in room.ledger.events(entry.attempt.id) if one.kind == "from-paper"
            )
            assert room.ledger.texts([whole.id]).get(whole.id) == tidied(filled.note)
        assert room.ledger.verify() == []
        room.leave()


def test_a_sheet_is_written_as_the_app_would_have_written_it(room: Room) -> None:
    """One event says that it comes from paper; the usual ones follow, in the usual order."""
    marks = {1: Answer(Rating.WEAK, Help.LED, (2,), note="a note"), 4: Answer(is_not_asked=True)}
    filled = passed(answers=marks, seconds=280, note="from 9:42")
    assert room.wrote(lambda: key_in(room, filled)) == [
        "from-paper",
        "called",
        "present",
        "revealed",
        "sheet-chosen",
        "started",
        "ticked",
        "helped",
        "rated",
        "noted",
        "not-asked",
        "stopped",
        "decided",
    ]
    (first,) = [one for one in room.ledger.events() if one.kind == "from-paper"]
    assert isinstance(first.what, FromPaper)
    assert (first.what.number, first.what.seconds) == (1, 280)
    assert room.desk.text(first.id) == "from 9:42"
    assert room.attempt().used == 280
    assert room.record()["score"] == 10


def test_a_time_that_nobody_noted_stays_unknown(room: Room) -> None:
    """The clock of the keying is not the exam's: without a time there is none, not zero."""
    key_in(room, passed())
    (found,) = room.record()["attempts"]
    assert found["seconds"] is None
    assert found["allowed"] == 300
    assert room.attempt().used is None


def test_the_clock_of_the_keying_never_runs(room: Room) -> None:
    """However long the keying takes, the time used is the one on the sheet."""
    sheet = find_sheet(room.desk, 1)
    entry = plan_entry(room.desk, sheet, passed(seconds=100))
    room.clock.advance(5_000)
    write_entry(room.desk, entry)
    assert room.desk.attempt(entry.attempt.id).clock.elapsed(room.clock.now()) == 100


def test_it_is_all_there_after_a_reopening(room: Room) -> None:
    """State and events on disk say the same as those in memory, and the log replays."""
    key_in(room, passed(answers={2: Answer(Rating.STRONG)}, seconds=61))
    before = room.attempt()
    room.reopen()
    assert room.desk.attempt(before.id) == before
    assert room.desk.log().lines == tuple(room.ledger.lines())
    assert (before.from_paper, before.used, before.phase) == (1, 61, Phase.DECIDED)


# --- drawn or chosen -----------------------------------------------------------------------


def test_in_order_every_paper_counts_as_drawn(room: Room) -> None:
    """Keyed in by number, the papers of the kit are the draws of the session."""
    sheets = kit.paper_sheets(room.desk)
    for number in (1, 2, 3):
        assert key_in(room, passed(number)).paper.origin is Origin.DRAWN
    lines = [json.loads(line) for line in room.ledger.lines()]
    drawn = [one["paper"] for one in lines if one["e"] == "draw"]
    assert drawn == [one.paper.reading for one in sheets if one.paper]
    assert {one["relaxed"] for one in lines if one["e"] == "sheet"} <= {0, 1, 2, 3}


def test_out_of_order_the_questions_asked_are_the_ones_on_record(tmp_path: Path) -> None:
    """Keyed in backwards: the printed paper and questions stand, drawn or chosen by hand."""
    origins, off_rule = set(), 0
    for seed in range(6):
        (tmp_path / str(seed)).mkdir()
        room = kit_room(tmp_path / str(seed), seed=str(seed))
        sheets = kit.paper_sheets(room.desk)
        for number in (3, 2, 1):
            entry = key_in(room, passed(number))
            attempt = room.desk.attempt(entry.attempt.id)
            printed = sheets[number - 1]
            assert printed.paper is not None
            assert attempt.reading == printed.paper.reading
            assert tuple(one.id for one in attempt.questions) == printed.questions
            origins.add(attempt.origin)
        lines = [json.loads(line) for line in room.ledger.lines()]
        off_rule += sum(one["e"] == "sheet" and one["relaxed"] == 4 for one in lines)
        assert room.ledger.verify() == []
        room.reopen()
        assert room.desk.log().lines == tuple(room.ledger.lines())
        room.leave()
    assert off_rule
    assert Origin.DRAWN in origins


def test_a_paper_that_the_draw_does_not_give_now_is_chosen_by_hand(tmp_path: Path) -> None:
    """Where another paper would be drawn now, the record says by hand, from the kit, no line."""
    found = []
    for seed in range(8):
        (tmp_path / str(seed)).mkdir()
        written = f"{SETTINGS}draw: {{spacing: 3}}\n"
        reviews = "student_id,paper\n" + "".join(
            f"{who},Paper {letter}\n" for who in ("ana", "chi", "eli", "zoe") for letter in "ABC"
        )
        room = kit_room(tmp_path / str(seed), written, str(seed), reviews=reviews)
        for number in (4, 3, 2, 1):
            entry = key_in(room, passed(number))
            if entry.paper.origin is Origin.CHOSEN:
                (event,) = [
                    one
                    for one in room.desk.events(entry.attempt.id)
                    if isinstance(one.what, Revealed)
                ]
                assert isinstance(event.what, Revealed)
                found.append((event.what.line, room.desk.text(event.id)))
                assert find_sheet(room.desk, number).paper is not None
        assert room.ledger.verify() == []
        room.leave()
    assert found
    assert {line for line, _ in found} == {None}
    assert all(text.startswith("from paper sheet ") for _, text in found)


def test_a_further_paper_is_keyed_in_after_the_first(tmp_path: Path) -> None:
    """With two papers each has a sheet; the second waits for the first."""
    room = kit_room(tmp_path, f"{SETTINGS}exam: {{papers_per_student: 2}}\n")
    with pytest.raises(Refused, match="Paper 1 of Ana comes first"):
        key_in(room, passed(2))
    first, second = key_in(room, passed(1)), key_in(room, passed(2))
    assert first.attempt.student == second.attempt.student
    assert {first.paper.reading, second.paper.reading} == {"paper-a", "paper-b"}
    assert second.paper.origin is Origin.DRAWN
    assert room.ledger.verify() == []
    room.leave()


def test_a_paper_chosen_on_paper(room: Room) -> None:
    """A sheet without a printed paper takes one, and its general questions can be rated."""
    with pytest.raises(WrongUsage, match="Which paper was it"):
        key_in(room, passed(4))
    entry = key_in(room, passed(4, reading="paper-a", answers={1: Answer(Rating.ENOUGH)}))
    attempt = room.desk.attempt(entry.attempt.id)
    assert (attempt.origin, attempt.reading, attempt.is_fallback) == (
        Origin.CHOSEN,
        "paper-a",
        True,
    )
    assert attempt.questions[0].rating is Rating.ENOUGH


def test_another_paper_than_the_printed_one_has_no_printed_questions(room: Room) -> None:
    """The sheet's questions were about its own paper: for another one nothing is rated."""
    other = "paper-c"
    with pytest.raises(WrongUsage, match="has no printed questions"):
        key_in(room, passed(reading=other, answers={1: Answer(Rating.WEAK)}))
    key_in(room, passed(reading=other))
    attempt = room.attempt()
    assert (attempt.reading, attempt.origin, attempt.questions) == (other, Origin.CHOSEN, ())


def test_a_blank_sheet(tmp_path: Path) -> None:
    """A blank kit of a draft can be keyed in: the paper is named, and no question made up."""
    room = Room(write_small(tmp_path))
    kit.make_kit(room.desk, blank=True)
    kit.open_session(room.desk)
    with pytest.raises(Refused, match="No kit with papers"):
        find_sheet(room.desk, 1)
    key_in(room, passed(2, reading="paper-a", seconds=200), blank=True)
    attempt = room.attempt("chi")
    assert (attempt.from_paper, attempt.used, attempt.questions) == (2, 200, ())
    assert room.record("chi")["score"] == 10
    room.leave()
