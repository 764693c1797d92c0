"""Results: all that is on record of each student, as the JSON of `results --json`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.errors import WrongUsage
from examrunner.domain.exam.events import Rating, Verdict
from examrunner.domain.exam.phases import Phase
from examrunner.domain.plain import instant_text
from examrunner.domain.problems import BadInput
from examrunner.services import conduct, draws
from examrunner.services.results import as_json, read_results
from examrunner.storage.database import engine
from examrunner.storage.database.ledger import Ledger
from tests.services.desks import SETTINGS, Room, bring, write_small
from tests.storage.ledgers import raw

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

ONE_QUESTION = """\
session: quiz
course: course.yaml
banks: [banks]
exam: {minutes: none, verdict: optional}
sheet: {core: 1}
"""


def in_time(room: Room, seconds: float) -> str:
    """Let time pass. Returns the time it is then, as results write it."""
    room.clock.advance(seconds)
    return instant_text(room.clock.at)


def test_a_draft_session_has_its_class_and_no_results(folder: Path) -> None:
    """Before the commit every student waits, and a blank is no zero."""
    found = as_json(read_results(folder))
    assert (found["phase"], found["events"], found["head"]) == ("draft", 0, "")
    assert [one["student"] for one in found["students"]] == ["ana", "chi", "eli", "zoe"]
    assert {one["status"] for one in found["students"]} == {"waiting"}
    assert {one["score"] for one in found["students"]} == {None}
    assert all(one["attempts"] == [] for one in found["students"])


def examined(room: Room) -> dict[str, str]:
    """Let Ana's attempt have marks of every kind. Returns when it happened, by name."""
    room.called()
    at = {"revealed": in_time(room, 1)}
    draws.reveal(room.desk, room.attempt(), "paper-a", "by hand")
    at["started"] = in_time(room, 2)
    conduct.start(room.desk, room.attempt())
    first, second, third, _ = (one.id for one in room.attempt().questions)
    at["asked"] = in_time(room, 10)
    conduct.tick(room.desk, room.attempt(), first, 2, 10)
    at["flagged"] = in_time(room, 5)
    conduct.flag(room.desk, room.attempt(), first, 15)
    conduct.give_help(room.desk, room.attempt(), first, 16)
    at["noted"] = in_time(room, 5)
    conduct.note(room.desk, room.attempt(), first, "Tom & <b>", 20)
    conduct.rate(room.desk, room.attempt(), first, Rating.ENOUGH, 21)
    conduct.not_asked(room.desk, room.attempt(), second, 0)
    conduct.rate(room.desk, room.attempt(), third, Rating.WEAK, 9)
    conduct.undo(room.desk, room.attempt())
    conduct.stop(room.desk, room.attempt())
    at["decided"] = in_time(room, 30)
    conduct.decide(room.desk, room.attempt(), Verdict.PASS, "a reason")
    return at


def test_every_mark_is_in_the_results_with_its_time(room: Room) -> None:
    """Ratings, ticks, help, flags, not asked and undo come out as they happened."""
    at = examined(room)
    (found,) = room.record()["attempts"]
    first, *rest = found["questions"]
    assert first == {
        "id": room.attempt().questions[0].id,
        "kind": "opening",
        "asked_at": at["asked"],
        "seconds": 21,
        "rating": "enough",
        "help": "clarified",
        "probes": 0,
        "hints": 0,
        "points": [2],
        "flags": [at["flagged"]],
        "not_asked": None,
    }
    assert [one["kind"] for one in rest] == ["core", "detail", "critique"]
    assert [one["not_asked"] for one in rest] == ["no-time", "not-reached", "not-reached"]
    for name in ("asked_at", "seconds", "rating", "help"):
        assert [one[name] for one in rest] == [None] * 3
    assert all(one["points"] == one["flags"] == [] for one in rest)


def test_an_attempt_is_in_the_results_with_its_times(room: Room) -> None:
    """Paper, origin, verdict, notes and times come out as they happened."""
    at = examined(room)
    (found,) = room.record()["attempts"]
    del found["questions"], found["suggested"]
    note = {"at": at["noted"], "question": room.attempt().questions[0].id, "text": "Tom & <b>"}
    assert found.pop("notes") == [note]
    assert found.pop("second_readings") == []
    assert found.pop("verdicts") == [
        {"at": at["decided"], "verdict": "pass", "reason": "a reason", "examiner": "ann"}
    ]
    assert found == {
        "number": 1,
        "from_paper": None,
        "reading": "paper-a",
        "title": "Paper A",
        "origin": "chosen by hand",
        "phase": "decided",
        "follows": None,
        "granted": None,
        "void": None,
        "verdict": "pass",
        "points": 10,
        "revealed_at": at["revealed"],
        "started_at": at["started"],
        "seconds": 20.0,
        "allowed": 300,
        "fallback": False,
        "examiner": "ann",
    }


def test_the_suggested_verdict_is_in_the_results(tmp_path: Path) -> None:
    """It is derived from marks and must points, beside the verdict that was given."""
    first = """\
bank_version: 1
reading: paper-a
questions:
  - {id: a1, kind: core, say: Why?, look_for: [{must: one}, {must: two}, {also: three}]}
  - {id: a2, kind: detail, say: Which?}
"""
    room = Room(write_small(tmp_path, f"{SETTINGS}sheet: {{core: 1, detail: 1}}\n", a=first))
    desk, name = room.desk, room.running("chi").id
    assert room.record("chi")["attempts"][0]["suggested"] == {
        "verdict": None,
        "reasons": ["no core answer rated", "no detail answer rated", "0 of 2 questions asked"],
    }
    conduct.tick(desk, desk.attempt(name), "a1", 1, 10)
    conduct.tick(desk, desk.attempt(name), "a1", 2, 10)
    conduct.rate(desk, desk.attempt(name), "a2", Rating.WEAK, 10)
    conduct.stop(desk, desk.attempt(name))
    conduct.decide(desk, desk.attempt(name), Verdict.PASS)
    (found,) = room.record("chi")["attempts"]
    assert (found["verdict"], found["suggested"]["verdict"]) == ("pass", "edge")
    assert found["suggested"]["reasons"] == [
        "core not rated, 2 of 2 must points, counts as enough",
        "detail weak unaided",
        "rests on 2 answers, 2 of 2 questions asked",
    ]
    room.leave()


def test_results_are_plain_json(room: Room) -> None:
    """What comes out can be written and read as JSON without loss."""
    room.decided()
    found = as_json(read_results(room.folder))
    assert json.loads(json.dumps(found)) == found
    assert (found["events"], found["head"]) == room.ledger.head()


def test_a_correction_keeps_both_verdicts(room: Room) -> None:
    """The later verdict counts, and the earlier one stays with its time and reason."""
    room.decided(verdict=Verdict.FAIL)
    first = instant_text(room.clock.at)
    second = in_time(room, 600)
    conduct.correct(room.desk, room.attempt(), Verdict.PASS, "looked again")
    found = room.record()
    (attempt,) = found["attempts"]
    assert (found["score"], attempt["verdict"]) == (10, "pass")
    assert [(one["at"], one["verdict"], one["reason"]) for one in attempt["verdicts"]] == [
        (first, "fail", None),
        (second, "pass", "looked again"),
    ]
    decided_at = room.attempt().decided_at
    assert decided_at is not None
    assert instant_text(decided_at) == first


@pytest.mark.parametrize(
    ("verdict", "score"), [(Verdict.PASS, 10), (Verdict.FAIL, 0), (Verdict.EDGE, None)]
)
def test_a_score_is_what_the_verdict_is_worth(
    room: Room, verdict: Verdict, score: int | None
) -> None:
    """A verdict without points leaves the score open; it is never a zero."""
    room.decided(verdict=verdict)
    assert room.record()["score"] == score


def test_two_papers_share_the_points(tmp_path: Path) -> None:
    """A student with one of two papers decided has no score yet; then each counts half."""
    room = Room(write_small(tmp_path, f"{SETTINGS}exam: {{papers_per_student: 2}}\n"))
    room.decided()
    assert (room.record()["score"], room.record()["status"]) == (None, "waiting")
    room.decided(verdict=Verdict.FAIL)
    assert (room.record()["score"], room.record()["status"]) == (5, "done")
    assert [one["number"] for one in room.record()["attempts"]] == [1, 2]
    room.leave()


@pytest.mark.parametrize(
    ("phase", "status"),
    [
        (Phase.WAITING, "waiting"),
        (Phase.ABSENT, "absent"),
        (Phase.POSTPONED, "postponed"),
        (Phase.CALLED, "examining"),
        (Phase.STOPPED, "examining"),
        (Phase.DECIDED, "done"),
    ],
)
def test_a_student_has_a_status(room: Room, phase: Phase, status: str) -> None:
    """How a student stands follows from the attempt's phase."""
    bring(room, phase)
    assert room.record()["status"] == status


def test_one_question_on_an_assigned_paper_without_verdict_or_limit(tmp_path: Path) -> None:
    """Such an attempt goes through ledger, reopening and results without a made-up value."""
    roster = "student_id,name,assigned\nana,Ana,paper-b\n"
    reviews = "student_id,paper\nana,Paper A\n"
    room = Room(write_small(tmp_path, ONE_QUESTION, roster=roster, reviews=reviews))
    attempt = room.decided(verdict=None)
    room.reopen()
    assert room.attempt() == attempt
    assert attempt.clock.seconds is None
    found = room.record()
    (listed,) = found["attempts"]
    assert (found["status"], found["score"]) == ("done", None)
    assert [listed[name] for name in ("verdict", "points", "allowed")] == [None] * 3
    assert (listed["origin"], listed["reading"]) == ("assigned", "paper-b")
    assert [one["kind"] for one in listed["questions"]] == ["core"]
    assert [one["verdict"] for one in listed["verdicts"]] == [None]
    room.leave()


def test_a_forgotten_text_is_missing_and_nothing_else(room: Room) -> None:
    """Where a note was forgotten its time stays; the record is sound."""
    attempt = room.running()
    conduct.note(room.desk, attempt, attempt.questions[0].id, "private", 5)
    raw(room.folder / "exam.db", "DELETE FROM text")
    (found,) = room.record()["attempts"]
    assert [one["text"] for one in found["notes"]] == [None]
    assert room.ledger.verify() == []


def test_results_of_a_running_clock_have_no_time_used(room: Room) -> None:
    """Seconds are those of a clock that stands."""
    room.running()
    room.clock.advance(30)
    assert room.record()["attempts"][0]["seconds"] is None
    conduct.stop(room.desk, room.attempt())
    assert room.record()["attempts"][0]["seconds"] == 30


def test_head_and_results_are_of_one_moment(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written while results are read: the head vouches for what they show."""
    attempt = room.running()
    texts, refused = Ledger.texts, list[str]()

    def meanwhile(self: Ledger, *arguments: Any) -> dict[str, str]:
        if self is not room.ledger and not refused:
            conduct.stop(room.desk, attempt)
            refused.append(room.desk.waiting.reason)
        return texts(self, *arguments)

    monkeypatch.setitem(engine.SETTINGS, "busy_timeout", "0")
    room.ledger._writing.dispose()  # it connects again, and does not wait for readers
    monkeypatch.setattr(Ledger, "texts", meanwhile)
    found = read_results(room.folder)
    assert "locked" in refused[0]
    assert (found.count, found.head) == room.ledger.head()
    assert room.desk.save_waiting()
    assert room.attempt().phase is Phase.STOPPED
    assert room.ledger.verify() == []


def test_what_is_no_session_is_told(tmp_path: Path) -> None:
    """A folder without session files is a wrong use."""
    with pytest.raises(WrongUsage):
        read_results(tmp_path)
    with pytest.raises(WrongUsage):
        read_results(tmp_path / "nowhere")


def test_a_session_whose_files_cannot_be_read_is_told(folder: Path) -> None:
    """Before the commit a bad roster is bad input."""
    (folder / "roster.csv").write_text("name\nAna\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"roster\.csv"):
        read_results(folder)
