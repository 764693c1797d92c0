"""Reveal: the paper is drawn, assigned or chosen by hand, and its sheet comes from the commit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.draw.log import DrawLog
from examrunner.domain.errors import Environment, Refused
from examrunner.domain.exam import events as ev
from examrunner.domain.exam.events import Origin
from examrunner.domain.exam.phases import Phase
from examrunner.services import conduct, draws
from tests.services.desks import SETTINGS, USUAL_KINDS, Room, bank, write_small

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

TWO_PAPERS = f"{SETTINGS}exam: {{papers_per_student: 2}}\n"


def lines(room: Room) -> list[dict[str, Any]]:
    """Return the lines of the public log as data."""
    return [json.loads(line) for line in room.ledger.lines()]


def said(room: Room) -> list[str]:
    """Return what Ana's questions say, in order."""
    return [question.say for question in draws.sheet(room.desk, room.attempt())]


# --- drawn ---------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", ["one", "two", "three", "four", "five"])
def test_a_drawn_paper_is_one_of_the_students_own(folder: Path, seed: str) -> None:
    """Whatever the secret, the paper is eligible, and its line in the log says the same."""
    room = Room(folder, seed)
    attempt = room.revealed()
    assert attempt.phase is Phase.REVEALED
    assert attempt.origin is Origin.DRAWN
    assert attempt.reading in room.desk.stored_session().eligible[attempt.student]
    _, drawn, sheet = lines(room)
    assert (drawn["s"], drawn["a"], drawn["paper"]) == (attempt.student, 1, attempt.reading)
    assert sheet["q"] == [one.id for one in attempt.questions]
    room.leave()


def test_every_paper_of_a_student_can_come(tmp_path: Path) -> None:
    """With other secrets Ana gets either of her papers."""
    seen = set()
    for seed in range(8):
        (tmp_path / str(seed)).mkdir()
        room = Room(write_small(tmp_path / str(seed)), str(seed))
        seen.add(room.revealed().reading)
        room.leave()
    assert seen == {"paper-a", "paper-b"}


def test_a_sheet_has_one_question_of_each_kind_in_order(room: Room) -> None:
    """The sheet follows the session's kinds, and all of its questions are of the paper's bank."""
    attempt = room.revealed("chi")
    assert tuple(one.kind for one in attempt.questions) == USUAL_KINDS
    assert {one.id[0] for one in attempt.questions} == {"a"}
    assert not attempt.is_fallback


def test_the_log_replays_after_a_day(room: Room) -> None:
    """The public log, read from the ledger, follows from commit and secret."""
    for student in ("ana", "chi", "eli"):
        room.decided(student)
    stored = room.desk.stored_session()
    secret = (room.folder / "secret.txt").read_text(encoding="ascii").strip()
    replayed = DrawLog.replay(stored.commitment, secret, room.ledger.lines())
    assert list(replayed.lines) == room.ledger.lines()
    assert [one["e"] for one in lines(room)] == ["start"] + ["draw", "sheet"] * 3


def test_a_paper_without_a_bank_has_general_questions(room: Room) -> None:
    """The fallback's questions are asked, and the attempt says so."""
    attempt = room.revealed("eli")
    assert attempt.reading == "paper-c"
    assert attempt.is_fallback
    assert all(one.id.startswith("fallback-") for one in attempt.questions)
    assert len(draws.sheet(room.desk, attempt)) == 4


def test_questions_are_used_up_before_one_comes_again(room: Room) -> None:
    """Two students on one paper with two questions of each kind share none."""
    conduct.call(room.desk, room.key("chi"))
    conduct.present(room.desk, room.attempt("chi"))
    first = draws.reveal(room.desk, room.attempt("chi"))
    conduct.stop(room.desk, first)
    conduct.decide(room.desk, room.attempt("chi"), ev.Verdict.PASS)
    second = room.revealed("ana", "paper-a")
    assert not {one.id for one in first.questions} & {one.id for one in second.questions}


def test_what_was_shown_is_counted(room: Room) -> None:
    """Each question on a sheet is an exposure of its course, drawn or chosen."""
    name = room.decided("chi").id
    shown = [one.id for one in room.desk.attempt(name).questions]
    shown += [one.id for one in room.revealed("zoe", "paper-b").questions]
    assert room.ledger.exposures("tiny") == dict.fromkeys(shown, 1)


def test_reveal_waits_for_the_student(room: Room) -> None:
    """Before the student is marked present nothing is revealed."""
    conduct.call(room.desk, "ana")
    before = room.ledger.head()
    with pytest.raises(Refused, match="not marked present"):
        draws.reveal(room.desk, room.attempt())
    assert room.ledger.head() == before


def test_a_paper_is_revealed_once(room: Room) -> None:
    """A revealed attempt cannot be revealed again, nor sent back."""
    attempt = room.revealed()
    for act in (draws.reveal, conduct.send_back):
        with pytest.raises(Refused, match="the attempt is revealed"):
            act(room.desk, attempt)
    assert room.attempt() == attempt


# --- two papers ----------------------------------------------------------------------------


def test_a_second_paper_leaves_the_first_out(tmp_path: Path) -> None:
    """Before the second draw a list line takes the first paper off, and the odds sum to it."""
    room = Room(write_small(tmp_path, TWO_PAPERS))
    first = room.decided()
    assert room.attempt().number == 2
    kinds = room.wrote(room.revealed)
    assert kinds == ["called", "present", "relisted", "revealed", "sheet-chosen"]
    second = room.attempt()
    assert {first.reading, second.reading} == {"paper-a", "paper-b"}
    listed = next(line for line in lines(room) if line["e"] == "list")
    assert (listed["s"], listed["p"], listed["why"]) == (
        first.student,
        [second.reading],
        "second-paper",
    )
    assert lines(room)[-2]["a"] == 2
    room.reopen()
    assert room.attempt() == second
    assert room.ledger.verify() == []
    room.leave()


def test_a_first_paper_by_hand_is_left_out_as_well(tmp_path: Path) -> None:
    """A paper that was chosen by hand is not drawn again for the second attempt."""
    room = Room(write_small(tmp_path, TWO_PAPERS))
    conduct.stop(room.desk, room.revealed("ana", "paper-a"))
    conduct.decide(room.desk, room.attempt(), ev.Verdict.PASS)
    assert room.revealed().reading == "paper-b"
    assert room.attempt().origin is Origin.DRAWN
    assert [line["e"] for line in lines(room)] == ["start", "list", "draw", "sheet"]
    room.leave()


def test_a_student_whose_papers_are_used_up_can_be_given_one(tmp_path: Path) -> None:
    """With one paper and two to draw the second draw is refused and writes nothing."""
    room = Room(write_small(tmp_path, TWO_PAPERS))
    room.decided("chi")
    attempt = room.called("chi")
    before = room.ledger.head(), room.desk.log().lines
    with pytest.raises(Refused, match="no paper"):
        draws.reveal(room.desk, attempt)
    assert (room.ledger.head(), room.desk.log().lines) == before
    assert draws.reveal(room.desk, attempt, "paper-b").origin is Origin.CHOSEN
    room.leave()


# --- assigned and chosen by hand -----------------------------------------------------------


def test_an_assigned_paper_comes_without_a_draw(tmp_path: Path) -> None:
    """The roster's paper is revealed as assigned, with a sheet and without a line of the log."""
    roster = "student_id,name,assigned\nana,Ana,\nchi,Chi,\neli,Eli,\nzoe,Zoe,paper-b\n"
    room = Room(write_small(tmp_path, roster=roster))
    assert not room.desk.has_no_paper("zoe")
    attempt = room.revealed("zoe")
    assert (attempt.reading, attempt.origin) == ("paper-b", Origin.ASSIGNED)
    assert tuple(one.kind for one in attempt.questions) == USUAL_KINDS
    assert len(lines(room)) == 1
    room.leave()


def test_a_session_may_assign_every_paper(tmp_path: Path) -> None:
    """Nobody is in the draw, and the session still opens and is examined."""
    roster = "student_id,name,assigned\nana,Ana,paper-a\nchi,Chi,\neli,Eli,\nzoe,Zoe,paper-c\n"
    room = Room(write_small(tmp_path, f"{SETTINGS}eligible: {{types: [blog]}}\n", roster=roster))
    assert room.decided("ana").origin is Origin.ASSIGNED
    room.reopen()
    assert room.decided("zoe").is_fallback
    assert room.ledger.verify() == []
    room.leave()


def test_a_paper_chosen_by_hand_says_so_and_why(room: Room) -> None:
    """The origin is on record, the reason lies apart, and the log has no line."""
    attempt = draws.reveal(room.desk, room.called(), "paper-b", "asked for it")
    assert (attempt.reading, attempt.origin) == ("paper-b", Origin.CHOSEN)
    event = room.ledger.last("revealed")
    assert event is not None
    assert isinstance(event.what, ev.Revealed)
    assert event.what.line is None
    assert "asked" not in event.body()
    assert room.desk.text(event.id) == "asked for it"
    assert len(lines(room)) == 1
    assert room.ledger.verify() == []


def test_who_has_no_paper_is_refused_and_can_be_given_one(room: Room) -> None:
    """A student without reviews draws nothing; any reading of the session may be chosen."""
    attempt = room.called("zoe")
    assert room.desk.has_no_paper(attempt.student)
    before = room.ledger.head()
    with pytest.raises(Refused, match="no paper that may be drawn"):
        draws.reveal(room.desk, attempt)
    assert room.ledger.head() == before
    assert draws.choices(room.desk, attempt) == ["paper-a", "paper-b", "paper-c"]
    assert draws.reveal(room.desk, attempt, "paper-c").origin is Origin.CHOSEN


def test_the_students_own_papers_are_offered_first(room: Room) -> None:
    """To choose from come the student's readings, then all others."""
    assert draws.choices(room.desk, room.called("eli")) == ["paper-c", "paper-a", "paper-b"]


def test_a_paper_known_from_an_earlier_attempt_is_offered_last(tmp_path: Path) -> None:
    """Who has had the only own paper is never offered it first for a further attempt."""
    room = Room(write_small(tmp_path, f"{SETTINGS}exam: {{papers_per_student: 2}}\n"))
    assert room.decided("eli").reading == "paper-c"
    assert draws.choices(room.desk, room.called("eli")) == ["paper-a", "paper-b", "paper-c"]
    room.leave()


def test_a_reading_that_was_not_committed_is_refused(room: Room) -> None:
    """Only what the commit holds can be chosen."""
    attempt = room.called()
    with pytest.raises(Refused, match="no reading 'other'"):
        draws.reveal(room.desk, attempt, "other")
    assert room.attempt() == attempt


# --- what stands at the commit -------------------------------------------------------------


def test_a_bank_edited_after_the_commit_changes_no_sheet(tmp_path: Path) -> None:
    """The questions are the ones committed, before the reveal and after, here and reopened."""
    room = Room(write_small(tmp_path, b=bank("b", *USUAL_KINDS)))
    room.called()
    banks = room.folder / "banks"
    (banks / "paper-b.yaml").write_text(bank("b", *USUAL_KINDS, say="New"), encoding="utf-8")
    draws.reveal(room.desk, room.attempt(), "paper-b")
    expected = ["Why 1?", "Why 2?", "Why 3?", "Why 4?"]
    assert said(room) == expected
    (banks / "paper-b.yaml").unlink()
    room.reopen()
    assert said(room) == expected
    room.leave()


def test_where_no_sheet_keeps_the_rule_the_first_of_each_kind_are_asked(tmp_path: Path) -> None:
    """A bank with too few questions still gives a sheet, drawn or not, and the log says so."""
    settings = f"{SETTINGS}sheet: {{core: 3}}\nwithout_bank: fallback\n"
    room = Room(write_small(tmp_path, settings, a=bank("a", "core")))
    drawn = room.revealed("chi")
    assert drawn.questions[0].id == "a1"
    assert {one.kind for one in drawn.questions} == {"core"}
    assert len(drawn.questions) < 3
    assert (lines(room)[-1]["relaxed"], lines(room)[-1]["why"]) == (4, "other")
    conduct.stop(room.desk, drawn)
    conduct.decide(room.desk, room.attempt("chi"), ev.Verdict.PASS)
    given = room.revealed("zoe", "paper-a")
    assert [one.id for one in given.questions] == [one.id for one in drawn.questions]
    assert room.reopen().log().lines
    room.leave()


@pytest.mark.parametrize("content", [None, "", "0" * 64, "ü", "not a secret"])
def test_a_lost_secret_stops_the_draw_and_nothing_else(room: Room, content: str | None) -> None:
    """Without the right secret.txt drawing is told why and writes nothing; by hand it goes on."""
    room.decided("chi")
    secret = room.folder / "secret.txt"
    secret.unlink()
    if content is not None:
        secret.write_text(content, encoding="utf-8")
    room.reopen()
    attempt = room.called()
    before = room.ledger.head()
    with pytest.raises(Environment, match=r"secret\.txt|secret of the draw") as told:
        draws.reveal(room.desk, attempt)
    assert "choose papers by hand" in told.value.hint
    assert room.ledger.head() == before
    assert draws.reveal(room.desk, attempt, "paper-a").phase is Phase.REVEALED
