"""Attempts that are not the usual one: assigned, without verdict, second papers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.errors import Environment, Refused
from examrunner.domain.exam.events import Origin, Rating, Verdict
from examrunner.domain.exam.phases import Phase
from examrunner.services import conduct, draws
from examrunner.services.opening import open_desk
from examrunner.services.results import as_json, read_results
from tests.classes import write_session
from tests.fakes import FakeClock, FakeEntropy

if TYPE_CHECKING:
    from pathlib import Path

    from examrunner.domain.exam.attempts import Attempt
    from examrunner.services.desk import Desk

QUIZ = """\
session: quiz
kind: quiz
exam: {minutes: none, verdict: optional}
sheet: {core: 1}
"""
TWO_PAPERS = "session: two\nexam: {papers_per_student: 2, points: {pass: 20, fail: 0}}\n"


def revealed(desk: Desk, place: int = 0, reading: str | None = None) -> Attempt:
    """Call a student in and reveal the paper."""
    key = conduct.call(desk, desk.rows()[place].key)
    conduct.present(desk, desk.row(key).attempt)
    return draws.reveal(desk, desk.row(key).attempt, reading)


def opened(folder: Path, clock: FakeClock) -> Desk:
    """Open a session."""
    return open_desk(folder, clock, FakeEntropy(), "ann")


def test_one_question_on_an_assigned_paper_without_verdict_or_limit(tmp_path: Path) -> None:
    """It round-trips through ledger, a crash, resume and results."""
    roster = "student_id,name,assigned\nana,Ana,solo-paper\n"
    reviews = "student_id,paper\nana,Solo Paper\n"
    folder = write_session(tmp_path / "quiz", QUIZ, roster=roster, reviews=reviews)
    clock = FakeClock()
    desk = opened(folder, clock)
    attempt = revealed(desk)
    conduct.start(desk, attempt)
    conduct.rate(desk, desk.attempt(attempt.id), attempt.questions[0].id, Rating.ENOUGH, 5)
    clock.advance(90)
    desk.close()
    desk = opened(folder, clock)
    busy = desk.under_way()
    assert busy is not None
    assert busy.phase is Phase.RUNNING
    conduct.recover(desk, busy, counted=True)
    assert desk.attempt(busy.id).clock.elapsed(clock.now()) == 90
    assert desk.attempt(busy.id).clock.left(clock.now()) is None
    conduct.stop(desk, desk.attempt(busy.id))
    conduct.decide(desk, desk.attempt(busy.id), None)
    desk.close()
    found = json.loads(json.dumps(as_json(read_results(folder))))["students"][0]
    (result,) = found["attempts"]
    assert (found["status"], found["score"]) == ("done", None)
    assert (result["origin"], result["verdict"], result["allowed"]) == ("assigned", None, None)
    assert result["seconds"] == 90
    assert [one["rating"] for one in result["questions"]] == ["enough"]


def test_a_second_paper_is_another_one(tmp_path: Path) -> None:
    """Where a term examines two papers, the second draw leaves the first paper out."""
    folder = write_session(tmp_path / "two", TWO_PAPERS)
    desk = opened(folder, FakeClock())
    papers = []
    for _ in range(2):
        attempt = revealed(desk)
        papers.append(attempt.reading)
        conduct.start(desk, attempt)
        conduct.stop(desk, desk.attempt(attempt.id))
        verdict = Verdict.PASS if len(papers) == 1 else Verdict.FAIL
        conduct.decide(desk, desk.attempt(attempt.id), verdict)
    kinds = [json.loads(line)["e"] for line in desk.log().lines]
    desk.close()
    assert len(set(papers)) == 2
    assert kinds == ["start", "draw", "sheet", "list", "draw", "sheet"]
    assert as_json(read_results(folder))["students"][0]["score"] == 10


def test_a_student_without_a_paper_can_be_given_one(tmp_path: Path) -> None:
    """Nothing is drawn for a student without reviews; a paper chosen by hand is recorded so."""
    reviews = "student_id,paper\nana,Solo Paper\n"
    folder = write_session(tmp_path / "none", reviews=reviews)
    desk = opened(folder, FakeClock())
    with pytest.raises(Refused, match="no paper"):
        revealed(desk, 1)
    busy = desk.under_way()
    assert busy is not None
    given = draws.reveal(desk, busy, "solo-paper")
    desk.close()
    assert given.origin is Origin.CHOSEN
    assert given.questions


def test_a_lost_secret_stops_the_draw_and_nothing_else(tmp_path: Path) -> None:
    """Without secret.txt nothing is drawn, nothing is written, and a paper can be chosen."""
    folder = write_session(tmp_path / "lost")
    desk = opened(folder, FakeClock())
    conduct.send_back(desk, desk.row(conduct.call(desk, desk.rows()[0].key)).attempt)
    (folder / "secret.txt").unlink()
    desk.draw_log = None
    with pytest.raises(Environment, match="secret"):
        revealed(desk)
    busy = desk.under_way()
    assert busy is not None
    assert busy.phase is Phase.CALLED
    assert draws.reveal(desk, busy, "image-gpt").origin is Origin.CHOSEN
    desk.close()
