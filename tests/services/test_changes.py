"""Late students, corrected lists and corrected names, taken into a day that has begun."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.draw.log import DrawLog
from examrunner.domain.errors import Refused
from examrunner.domain.exam.events import Verdict
from examrunner.domain.exam.phases import Phase
from examrunner.domain.problems import BadInput
from examrunner.services import conduct, day_acts, draws
from examrunner.services.begin import commit_session
from examrunner.services.changes import changes_of, take_in
from examrunner.services.proof import verify_session
from examrunner.services.secret import read_secret
from tests.services.desks import REVIEWS, ROSTER, SETTINGS, Room, bank, write_small

if TYPE_CHECKING:
    from typing import Any


def write(room: Room, roster: str = ROSTER, reviews: str = REVIEWS) -> None:
    """Write the session's files anew, as a TA would."""
    (room.folder / "roster.csv").write_text(roster, encoding="utf-8")
    (room.folder / "reviews.csv").write_text(reviews, encoding="utf-8")


def last_line(room: Room) -> dict[str, Any]:
    """Return the newest line of the public log."""
    found: dict[str, Any] = json.loads(room.ledger.lines()[-1])
    return found


def replayed(room: Room) -> DrawLog:
    """Read the public log again, deriving every line."""
    stored = room.desk.stored_session()
    secret = read_secret(room.folder, stored.commitment)
    return DrawLog.replay(stored.commitment, secret, room.ledger.lines())


def test_files_as_committed_change_nothing(room: Room) -> None:
    """Unchanged files have nothing to take in, and taking it in writes nothing."""
    room.called()
    changes = changes_of(room.desk)
    assert changes.to_take == 0
    assert room.wrote(lambda: take_in(room.desk, changes)) == []


def test_a_late_student_is_examined_on_a_paper_of_their_own(room: Room) -> None:
    """A student added after the first call is drawn at the end of the order, and stays."""
    room.decided("ana")
    write(room, ROSTER + "kim,Kim\n", REVIEWS + "kim,Paper B,2024-11-01\n")
    assert room.wrote(lambda: take_in(room.desk, changes_of(room.desk))) == ["added"]
    line = last_line(room)
    assert (line["e"], line["p"], line["pos"], line["why"]) == ("add", ["paper-b"], 3, "late")
    attempt = room.revealed("kim")
    assert attempt.reading == "paper-b"
    assert [row.student.student_id for row in room.reopen().rows()][-1] == "kim"
    assert room.desk.stored_session().reviewed[attempt.student]["paper-b"] is not None
    assert room.ledger.verify() == []
    replayed(room)


def test_a_late_student_may_bring_a_reading_that_nobody_had(room: Room) -> None:
    """Its bank is kept with the student, and the sheet's line names it as not committed."""
    room.called()
    (room.folder / "banks" / "paper-d.yaml").write_text(
        bank("d", "opening", "core", "detail", "critique"), encoding="utf-8"
    )
    course = room.folder / "course.yaml"
    course.write_text(
        course.read_text(encoding="utf-8") + "  - {id: paper-d, title: Paper D}\n",
        encoding="utf-8",
    )
    conduct.send_back(room.desk, room.attempt())
    write(room, ROSTER + "kim,Kim\n", REVIEWS + "kim,Paper D,\n")
    take_in(room.desk, changes_of(room.desk))
    attempt = room.revealed("kim")
    assert {question.id for question in draws.sheet(room.desk, attempt)} == {"d1", "d2", "d3", "d4"}
    assert room.desk.stored_session().title("paper-d") == "Paper D"
    line = last_line(room)
    assert line["why"] == "late"
    assert len(line["bank"]) == 64
    replayed(room)


def test_a_corrected_list_counts_from_the_next_draw_on(room: Room) -> None:
    """A list that was wrong is replaced before the draw; the lines above stay as they are."""
    room.called("chi")
    before = room.ledger.lines()
    conduct.send_back(room.desk, room.attempt("chi"))
    write(room, reviews=REVIEWS.replace("chi,Paper A", "chi,Paper B"))
    assert room.wrote(lambda: take_in(room.desk, changes_of(room.desk))) == ["listed"]
    assert room.ledger.lines()[: len(before)] == before
    line = last_line(room)
    assert (line["e"], line["p"], line["why"]) == ("list", ["paper-b"], "import-error")
    assert room.revealed("chi").reading == "paper-b"
    replayed(room)


def test_a_student_without_papers_gets_some(room: Room) -> None:
    """Zoe had nothing to draw and is in no line; once her review is found she joins the draw."""
    room.called()
    conduct.send_back(room.desk, room.attempt())
    assert room.desk.has_no_paper(room.key("zoe"))
    write(room, reviews=REVIEWS + "zoe,Paper A,\n")
    take_in(room.desk, changes_of(room.desk), "other")
    assert (last_line(room)["e"], last_line(room)["why"]) == ("add", "other")
    assert room.revealed("zoe").reading == "paper-a"
    replayed(room)


def test_a_list_changes_no_more_once_its_paper_is_drawn(room: Room) -> None:
    """After the draw a changed list is shown and not taken; void and again, it is."""
    attempt = room.revealed("chi")
    write(room, reviews=REVIEWS + "chi,Paper B,\n")
    changes = changes_of(room.desk)
    assert [one.is_drawn for one in changes.lists] == [True]
    assert take_in(room.desk, changes) == 0
    day_acts.void(room.desk, attempt, "import-error")
    assert take_in(room.desk, changes_of(room.desk)) == 1
    assert room.revealed("chi").reading == "paper-b"
    replayed(room)


@pytest.mark.parametrize("is_retake", [False, True])
def test_a_list_leaves_out_the_papers_that_were_drawn(tmp_path: Path, *, is_retake: bool) -> None:
    """Who waits for another paper, or a retake, stands in nobody's way: the list changes, too.

    A late student of the same act joins, and the paper that was drawn does not come again.
    """
    settings = SETTINGS if is_retake else SETTINGS + "exam: {papers_per_student: 2}\n"
    room = Room(write_small(tmp_path, settings))
    first = room.decided("ana", Verdict.FAIL)
    if is_retake:
        day_acts.retake(room.desk, first)
    other = REVIEWS.replace("ana,Paper A,2024-10-01", "ana,Paper A,2024-10-09")
    write(room, ROSTER + "kim,Kim\n", other + "ana,Paper C,\nkim,Paper B,\n")
    assert take_in(room.desk, changes_of(room.desk)) == 2
    lines = [json.loads(line) for line in room.ledger.lines()[-2:]]
    rest = sorted({"paper-a", "paper-b", "paper-c"} - {first.reading})
    assert [(line["e"], line["p"]) for line in lines] == [("list", rest), ("add", ["paper-b"])]
    assert room.decided("ana").reading in rest
    assert room.revealed("kim").reading == "paper-b"
    assert room.ledger.verify() == []
    replayed(room)
    room.leave()


def test_a_corrected_name_is_kept_apart_from_the_events(room: Room) -> None:
    """The event names the field that was corrected, never what it holds."""
    room.called()
    write(room, ROSTER.replace("Zoe", "Zoë Núñez"))
    assert room.wrote(lambda: take_in(room.desk, changes_of(room.desk))) == ["person-changed"]
    assert room.desk.row(room.key("zoe")).student.name == "Zoë Núñez"
    assert room.attempt().phase is Phase.CALLED
    assert "Zoë" not in " ".join(event.body() for event in room.ledger.events())
    room.reopen()
    assert room.desk.row(room.key("zoe")).student.name == "Zoë Núñez"
    assert room.ledger.verify() == []


def test_questions_written_later_are_used_by_an_act_of_their_own(room: Room) -> None:
    """A bank written after the commit counts once it is taken in, and each sheet's line says so."""
    room.called("chi")
    conduct.send_back(room.desk, room.attempt("chi"))
    path = room.folder / "banks" / "paper-c.yaml"
    path.write_text(bank("c", "opening", "core", "detail", "critique"), encoding="utf-8")
    changes = changes_of(room.desk)
    assert (changes.banks, changes.to_take) == (("paper-c",), 0)
    assert room.wrote(lambda: take_in(room.desk, changes)) == []
    assert room.wrote(lambda: take_in(room.desk, changes, banks=True)) == ["rebanked"]
    assert changes_of(room.desk).banks == ()
    attempt = room.revealed("eli")
    assert {question.id for question in attempt.questions} == {"c1", "c2", "c3", "c4"}
    line = last_line(room)
    assert (line["why"], len(line["bank"])) == ("late", 64)
    room.reopen()
    assert room.desk.stored_session().banks["paper-c"] == attempt.bank
    replayed(room)
    assert verify_session(room.folder).problems == ()


def test_who_left_the_class_list_stays_on_record(room: Room) -> None:
    """Nobody is taken off the record by a file."""
    room.called()
    write(room, ROSTER.replace("eli,Eli\n", ""), REVIEWS.replace("eli,Paper C,\n", ""))
    changes = changes_of(room.desk)
    assert [row.student.student_id for row in changes.gone] == ["eli"]
    assert changes.to_take == 0


def test_a_session_that_has_not_begun_is_committed_again_instead(room: Room) -> None:
    """Before the day begins a late student belongs into the commit."""
    with pytest.raises(Refused, match="not committed"):
        changes_of(room.desk)
    commit_session(room.desk)
    write(room, ROSTER + "kim,Kim\n")
    with pytest.raises(Refused, match="committed") as refused:
        take_in(room.desk, changes_of(room.desk))
    assert "commit --why" in refused.value.hint


def test_files_with_errors_are_told_and_nothing_is_taken(room: Room) -> None:
    """A class list that cannot be read stops the act, not the day."""
    room.called()
    write(room, ROSTER + "ana,Another Ana\n")
    with pytest.raises(BadInput):
        changes_of(room.desk)
    assert room.attempt().phase is Phase.CALLED


def test_a_half_written_bank_keeps_no_late_student_out(room: Room) -> None:
    """The record has the questions: a bank in the files stops only the act that takes it in."""
    room.decided("ana")
    (room.folder / "banks" / "paper-a.yaml").write_text("questions: [", encoding="utf-8")
    (room.folder / "banks" / "paper-c.yaml").write_text(
        "reading: paper-c\nquestions: []\n", encoding="utf-8"
    )
    write(room, ROSTER + "kim,Kim\n", REVIEWS + "kim,Paper B,2024-11-01\n")
    changes = changes_of(room.desk)
    with pytest.raises(BadInput) as wanted:
        take_in(room.desk, changes, banks=True)
    assert {one.rule for one in wanted.value.problems} == {"yaml", "empty-bank"}
    with pytest.raises(BadInput):
        changes_of(room.desk, banks=True)
    assert room.wrote(lambda: take_in(room.desk, changes)) == ["added"]
    replayed(room)


def test_a_late_student_s_own_reading_needs_a_bank_that_can_be_used(room: Room) -> None:
    """On a reading that the record does not have, a broken bank is told, and only its errors."""
    room.called()
    (room.folder / "banks" / "paper-a.yaml").write_text("questions: [", encoding="utf-8")
    (room.folder / "banks" / "paper-d.yaml").write_text("questions: [", encoding="utf-8")
    course = room.folder / "course.yaml"
    text = course.read_text(encoding="utf-8")
    course.write_text(text + "  - {id: paper-d, title: Paper D}\n", encoding="utf-8")
    write(room, ROSTER + "kim,Kim\n", REVIEWS + "kim,Paper D,\n")
    with pytest.raises(BadInput) as wanted:
        changes_of(room.desk)
    assert [Path(one.file or "").stem for one in wanted.value.problems] == ["paper-d"]
