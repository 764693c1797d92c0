"""Settled scores into a Canvas course, as it is typed, against recorded answers."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from examrunner.cli.output import Output
from examrunner.domain.exam.events import Exported, Verdict
from examrunner.services.results import read_results
from examrunner.storage.database.ledger import Ledger
from tests.classes import close_day, examine
from tests.fakes import FakeClock
from tests.lms.canvas_server import EXAM, Fault, Recorded
from tests.lms.test_canvas_live import Captured, data, typed

if TYPE_CHECKING:
    from pathlib import Path


def scores(session: Path, *words: object) -> list[object]:
    """Return the words that hand scores over."""
    return ["canvas", "scores", session, "--course", 42, *words]


def exports(folder: Path) -> list[Exported]:
    """Return what the ledger says of exports."""
    with Ledger.open(folder / "exam.db", "small", create=False) as ledger:
        return [one.what for one in ledger.events() if isinstance(one.what, Exported)]


def test_scores_are_shown_sent_and_recorded(
    canvas: Recorded, session: Path, capsys: Captured, naps: list[float]
) -> None:
    """The difference comes first; what was sent stands in Canvas, in the receipt and on record."""
    assert typed(*scores(session)) == 3
    said = capsys.readouterr()
    assert "Rivera, Ana" in said.out
    assert "Canvas has 4, not 0" in said.out
    assert "edge: to be decided in a second look" in said.out
    assert "--yes" in said.err
    assert canvas.posts() == []
    head = read_results(session).head
    found = data(capsys, *scores(session, "--yes"))
    assert (found["ok"], found["form"], found["not_shown"]) == (True, "canvas-live", [])
    assert [(one["student"], one["old"], one["new"]) for one in found["changes"]] == [
        ("ana", "", "10")
    ]
    (post,) = canvas.posts()
    assert post.path == f"courses/42/assignments/{EXAM}/submissions/update_grades"
    assert dict(post.fields) == {"grade_data[101][posted_grade]": "10"}
    assert [canvas.cell(number) for number in (101, 102, 103, 104)] == [10.0, 4.0, None, None]
    (event,) = exports(session)
    (receipt,) = session.glob("exports/canvas-live-*.json")
    digest = hashlib.sha256(receipt.read_bytes()).hexdigest()
    assert event == Exported("canvas-live", receipt.name, digest, 1, head, "yes")
    told = json.loads(receipt.read_text(encoding="utf-8"))
    assert told["sent"] == [{"student": "ana", "canvas_id": "101", "old": "", "new": "10"}]
    assert receipt.stat().st_mode & 0o777 == 0o600
    assert len(naps) == 2


def test_scores_that_are_there_are_not_sent_again(
    canvas: Recorded, session: Path, capsys: Captured
) -> None:
    """A second run has nothing to send and says so."""
    assert typed(*scores(session, "--yes")) == 0
    assert typed(*scores(session, "--yes")) == 3
    assert "--force overwrites them." in capsys.readouterr().err
    assert len(canvas.posts()) == 1


def test_overwriting_and_excusing_need_to_be_said(
    canvas: Recorded, session: Path, capsys: Captured
) -> None:
    """--force replaces another score, --absent excused excuses, and the record says force."""
    assert typed(*scores(session, "--yes", "--force", "--absent", "excused")) == 0
    assert [canvas.cell(number) for number in (101, 102, 103, 104)] == [10.0, 0.0, None, "excused"]
    assert [one.confirmed for one in exports(session)] == ["force"]
    assert [one.scores for one in exports(session)] == [3]


def test_a_preview_sends_nothing(canvas: Recorded, session: Path, capsys: Captured) -> None:
    """--preview shows and ends well, with nothing sent or recorded."""
    assert typed(*scores(session, "--preview", "--yes")) == 0
    assert "Rivera, Ana" in capsys.readouterr().out
    assert canvas.posts() == []
    assert exports(session) == []


@pytest.mark.parametrize("there", [True, False])
def test_what_changed_since_it_was_shown_is_shown_again(
    canvas: Recorded,
    session: Path,
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
    *,
    there: bool,
) -> None:
    """A score entered meanwhile, in Canvas or here, stops the sending."""

    def while_asked(_: str) -> str:
        if there:
            canvas.submissions[0] |= {"score": 7.0, "entered_score": 7.0}
        else:
            examine(session, {"zoe": Verdict.PASS}, FakeClock(boot_id="boot-2"))
        return "y"

    monkeypatch.setattr(Output, "is_terminal", staticmethod(lambda: True))
    monkeypatch.setattr("builtins.input", while_asked)
    assert typed(*scores(session)) == 3
    assert "Look at them again." in capsys.readouterr().err
    assert canvas.posts() == []
    assert exports(session) == []


def test_a_score_that_does_not_arrive_is_named(
    canvas: Recorded, session: Path, capsys: Captured
) -> None:
    """After the job Canvas is read again: whose score is not there is said, with exit code 1."""
    canvas.spoil = lambda who, _: "[101]" in f"[{who}]"
    assert typed(*scores(session, "--yes", "--force")) == 1
    assert "does not show the new score of: Rivera, Ana" in capsys.readouterr().out
    assert canvas.cell(102) == 0.0


def test_a_failed_job_is_told_in_canvas_own_words(
    canvas: Recorded, session: Path, capsys: Captured
) -> None:
    """A job that fails ends with 1 and what Canvas says; that scores left stays on record."""
    canvas.states, canvas.message = ["running", "failed"], "Couldn't find User(s) with IDs 101"
    canvas.spoil = lambda *_: True
    assert typed(*scores(session, "--yes")) == 1
    assert "Couldn't find User(s) with IDs 101" in capsys.readouterr().err
    assert len(exports(session)) == 1


def test_a_job_without_an_end_is_left(
    canvas: Recorded, session: Path, capsys: Captured, naps: list[float]
) -> None:
    """After five minutes the program no longer waits and says how to look again."""
    canvas.states = ["queued"]
    assert typed(*scores(session, "--yes")) == 4
    assert "still entering" in capsys.readouterr().err
    assert 290 < sum(naps) < 310


def test_an_answer_that_gets_lost_is_recorded_and_told(
    canvas: Recorded, session: Path, capsys: Captured
) -> None:
    """Scores that left without an answer are on record; they are not sent twice by themselves."""
    canvas.faults = [Fault("update_grades", 0, is_lost=True, does_act=True)]
    assert typed(*scores(session, "--yes")) == 4
    assert "It is not known whether Canvas took the scores." in capsys.readouterr().err
    assert len(canvas.posts()) == 1
    assert [one.scores for one in exports(session)] == [1]


@pytest.mark.parametrize(("status", "code"), [(403, 3), (400, 3), (404, 2)])
def test_scores_that_are_refused_leave_no_record(
    canvas: Recorded, session: Path, capsys: Captured, status: int, code: int
) -> None:
    """Where Canvas says no, nothing has left: no receipt, no event."""
    canvas.faults = [Fault("update_grades", status, b'{"message": "no"}')]
    assert typed(*scores(session, "--yes")) == code
    assert len(capsys.readouterr().err.splitlines()) <= 2
    assert exports(session) == []
    assert list(session.glob("exports/*")) == []


def test_large_classes_go_in_parts(
    canvas: Recorded, session: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """Scores go in requests of a bearable size; what left before a refusal is on record."""
    monkeypatch.setattr("examrunner.storage.live.course.AT_ONCE", 1)
    canvas.faults = [
        Fault("update_grades", 200, b'{"id": 31}', does_act=True),
        Fault("update_grades", 403, b"no"),
    ]
    assert typed(*scores(session, "--yes", "--force")) == 3
    assert [one.scores for one in exports(session)] == [1]
    assert (canvas.cell(101), canvas.cell(102)) == (10.0, 4.0)


def test_no_receipt_means_no_sending(canvas: Recorded, session: Path, capsys: Captured) -> None:
    """Where the receipt could not be written nothing is sent."""
    (session / "exports").write_text("in the way", encoding="utf-8")
    assert typed(*scores(session, "--yes")) == 4
    assert canvas.posts() == []


def test_the_assignment_must_be_clear(canvas: Recorded, session: Path, capsys: Captured) -> None:
    """Where several or none is an oral exam they are listed; a title or an id names one."""
    canvas.assignments[0]["name"] = "Talk"
    assert typed(*scores(session, "--yes")) == 2
    assert "--assignment 7   Talk" in capsys.readouterr().err
    assert typed(*scores(session, "--yes", "--assignment", "Tlk")) == 2
    for named in ("Talk", "7"):
        assert typed(*scores(session, "--preview", "--assignment", named)) == 0


@pytest.mark.parametrize(
    ("field", "value", "code", "words"),
    [
        ("grading_type", "not_graded", 1, "keeps no scores"),
        ("points_possible", 0.0, 0, "worth 0 points"),
        ("published", False, 0, "not published"),
        ("points_possible", 5.0, 0, "more than the 5 points possible"),
        ("anonymize_students", True, 3, "hides whose work"),
    ],
)
def test_assignments_that_take_scores_otherwise(  # noqa: PLR0917  fixtures and cases
    canvas: Recorded,
    session: Path,
    capsys: Captured,
    field: str,
    value: object,
    code: int,
    words: str,
) -> None:
    """An assignment without scores is refused, one that shows them otherwise remarked on."""
    canvas.assignments[0][field] = value
    assert typed(*scores(session, "--preview")) == code
    told = capsys.readouterr()
    assert words in told.out + told.err


def test_a_student_without_the_assignment_is_left_out(
    canvas: Recorded, session: Path, capsys: Captured
) -> None:
    """Who is not assigned the exam gets no score, and it is said."""
    canvas.submissions = [one for one in canvas.submissions if one["user_id"] != 101]
    found = data(capsys, *scores(session, "--preview", "--force"))
    assert found["not_in_file"] == ["ana"]
    assert [one["student"] for one in found["changes"]] == ["chi"]


def test_who_is_forgotten_is_in_no_receipt(canvas: Recorded, session: Path) -> None:
    """A receipt that names a forgotten student goes with the other exports."""
    assert typed(*scores(session, "--yes")) == 0
    assert list(session.glob("exports/canvas-live-*.json"))
    close_day(session)
    assert typed("forget", session, "ana", "--yes") == 0
    assert list(session.glob("exports/canvas-live-*.json")) == []
