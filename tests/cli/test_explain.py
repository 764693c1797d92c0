"""explain, as it is typed: what a student is told of list, draw and proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.exam.events import Verdict
from examrunner.main import main
from examrunner.services import conduct, day_acts, draws
from tests.cli.test_draw import DICE, Captured, data
from tests.services.desks import REVIEWS, ROSTER, Room, write_small

if TYPE_CHECKING:
    from pathlib import Path


def test_a_list_that_was_changed_is_told_as_it_was(draft: Path, capsys: Captured) -> None:
    """The chance before the day is that of the committed list; who joined later was not on any.

    Neither a slip nor a receipt calls the lists of today the committed ones.
    """
    room = Room(draft)
    room.decided("eli")
    room.leave()
    (draft / "roster.csv").write_text(f"{ROSTER}gus,Gus\n", encoding="utf-8")
    more = "chi,Paper B,\ngus,Paper A,\ngus,Paper B,\n"
    (draft / "reviews.csv").write_text(REVIEWS + more, encoding="utf-8")
    assert main(["slips", "chi", "--session", str(draft)]) == 0
    assert "changed since" not in capsys.readouterr().out
    assert data(capsys, "update", str(draft), "--yes")["taken"] == 2
    told = {}
    for who in ("ana", "chi", "gus"):
        assert main(["explain", who, "--session", str(draft)]) == 0
        told[who] = capsys.readouterr().out
    assert "2 papers may be drawn. Each has a chance of 1 in 2 before the day" in told["ana"]
    assert "In the commitment stood another list: Paper A." in told["chi"]
    assert "joined after the commitment" in told["gus"]
    for who in ("chi", "gus"):
        assert "before the day" not in told[who].split("WHAT WAS DRAWN")[0]
        assert main(["slips", who, "--session", str(draft)]) == 0
        assert "what was added or changed since stands in the public log" in capsys.readouterr().out


def test_a_student_is_told_in_plain_words(over: Path, capsys: Captured) -> None:
    """The words name list, chance, paper, ticket, spacing and the strength of the proof."""
    assert main(["explain", "Ana", "--session", str(over)]) == 0
    told = capsys.readouterr().out
    for words in ("1 in 2", "Paper A", "It was draw 1, on line 2", "Recorded:", "SPACING"):
        assert words in told
    assert main(["explain", "Chi", "--session", str(over)]) == 0
    told = capsys.readouterr().out
    assert "No paper was shown." in told
    assert "1 paper may be drawn: no other can come." in told
    assert "other papers" not in told


def test_a_draw_that_was_passed_over_is_told(draft: Path, capsys: Captured) -> None:
    """Drawn ahead and then examined on a paper by hand: the published draw names another one.

    While the day lasts that paper stays unsaid, since it may still be drawn.
    """
    data(capsys, "draw", str(draft), "--all", "--yes")
    room = Room(draft)
    attempt = room.called("ana")
    drawn = room.desk.log().draws[0].paper
    draws.reveal(room.desk, attempt, "paper-a" if drawn == "paper-b" else "paper-b")
    words = f"Draw 1, on line 2 of the log, had given Paper {drawn[-1].upper()}"
    assert main(["explain", "ana", "--session", str(draft)]) == 0
    assert words not in capsys.readouterr().out
    conduct.start(room.desk, room.attempt())
    conduct.stop(room.desk, room.attempt())
    conduct.decide(room.desk, room.attempt(), Verdict.PASS)
    day_acts.close(room.desk)
    room.leave()
    assert main(["explain", "ana", "--session", str(draft)]) == 0
    told = capsys.readouterr().out
    assert "chosen by hand, not drawn" in told
    assert words in told


def test_an_assigned_paper_is_not_told_as_a_draw(tmp_path: Path, capsys: Captured) -> None:
    """Whose paper the roster names is told that paper and no chances: nothing is drawn."""
    roster = "student_id,name,assigned\nana,Ana,paper-b\nchi,Chi,\n"
    reviews = "student_id,paper\nana,Paper A\nana,Paper B\nchi,Paper A\n"
    folder = write_small(tmp_path, roster=roster, reviews=reviews)
    data(capsys, "commit", str(folder))
    assert main(["explain", "Ana", "--session", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "The paper of this student is assigned, not drawn: Paper B." in told
    assert "a chance of" not in told
    assert "other papers" not in told


def test_a_value_that_is_still_to_come_is_said_to_be(tmp_path: Path, capsys: Captured) -> None:
    """After the commit of a session with a public value nobody is told that none takes part."""
    folder = write_small(tmp_path, DICE)
    assert main(["commit", str(folder)]) == 0
    capsys.readouterr()
    assert main(["explain", "Ana", "--session", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "a value that nobody knows yet (two dice) will take part" in told
    assert "No paper is known yet." in told
    assert "Sealed" not in told
