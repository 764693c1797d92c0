"""Scores leave the program: shown first, confirmed, recorded."""

from __future__ import annotations

import csv
import hashlib
import io
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.errors import Environment, Refused, WrongUsage
from examrunner.domain.exam.events import Exported, Verdict
from examrunner.domain.exam.phases import Phase
from examrunner.domain.problems import BadInput
from examrunner.services import conduct, export, export_into
from examrunner.services.export_into import Into
from examrunner.services.opening import open_desk
from examrunner.services.results import Results, read_results
from examrunner.storage.database.drafts import NotSaved
from examrunner.storage.database.ledger import Ledger
from examrunner.storage.readers.canvas import read_gradebook
from tests.classes import GRADEBOOK, examine, write_session
from tests.fakes import FakeClock, FakeEntropy

if TYPE_CHECKING:
    from pathlib import Path


def exports(folder: Path) -> list[Exported]:
    """Return what the ledger says of exports."""
    with Ledger.open(folder / "exam.db", "small", create=False) as ledger:
        return [one.what for one in ledger.events() if isinstance(one.what, Exported)]


def plan_canvas(
    folder: Path,
    results: Results,
    gradebook: Path,
    column: str | None = None,
    *,
    force: bool = False,
) -> export_into.Plan:
    """Plan an upload for Canvas."""
    return export_into.plan(folder, results, Into("canvas", gradebook, column, force=force))


def write_csv(
    folder: Path, results: Results, out: Path, actor: str = "ann", *, asked: bool = False
) -> export.Written:
    """Write the table for people."""
    return export.write_table(
        folder, results, export.Table(), out, clock=FakeClock(), actor=actor, asked=asked
    )


def write(plan: export_into.Plan, out: Path, *, asked: bool = True) -> export.Written:
    """Write an upload."""
    return export_into.write(plan, out, FakeClock(), "ann", asked=asked)


def test_only_settled_scores_are_planned(session: Path, gradebook: Path) -> None:
    """An edge and an absent student have no score, and the plan says why."""
    plan = plan_canvas(session, read_results(session), gradebook, force=True)
    assert plan.diff() == [("Rivera, Ana", "-", "10"), ("Chi Okafor", "4.00", "0")]
    assert {one.student.student_id: one.why for one in plan.left_out} == {
        "eli": "edge: to be decided in a second look",
        "zoe": "absent",
    }


def test_another_score_is_kept_unless_forced(session: Path, gradebook: Path) -> None:
    """Canvas's own score stays unless overwriting is asked for."""
    plan = plan_canvas(session, read_results(session), gradebook)
    assert [one.student.student_id for one in plan.upload.changes] == ["ana"]
    assert ("Chi Okafor", "Canvas has 4.00, not 0") in [
        (one.student.name, one.why) for one in plan.left_out
    ]


def test_the_file_changes_one_column_of_the_students_shown(
    session: Path, gradebook: Path, tmp_path: Path
) -> None:
    """The written file reads back as the plan, with identities as Canvas gave them."""
    plan = plan_canvas(session, read_results(session), gradebook)
    write(plan, tmp_path / "out.csv")
    book = read_gradebook(tmp_path / "out.csv")
    assert [one.header for one in book.assignments()] == ["Oral exam (7)"]
    assert [book.name(row) for row in book.rows] == ["Rivera, Ana"]
    assert (tmp_path / "out.csv").stat().st_mode & 0o777 == 0o600


def test_an_upload_is_recorded(session: Path, gradebook: Path, tmp_path: Path) -> None:
    """The ledger says which bytes left, on which record they rest, and who confirmed it how."""
    results = read_results(session)
    plan = plan_canvas(session, results, gradebook)
    write(plan, tmp_path / "out.csv")
    (event,) = exports(session)
    digest = hashlib.sha256((tmp_path / "out.csv").read_bytes()).hexdigest()
    assert event == Exported("canvas", "out.csv", digest, 1, results.head, "asked")


@pytest.mark.parametrize(
    ("force", "asked", "said"),
    [(False, False, "yes"), (True, True, "force"), (True, False, "force")],
)
def test_the_record_says_how_it_was_confirmed(
    session: Path, gradebook: Path, tmp_path: Path, *, force: bool, asked: bool, said: str
) -> None:
    """Skipping the question and overwriting scores are told apart from a plain yes."""
    plan = plan_canvas(session, read_results(session), gradebook, force=force)
    write(plan, tmp_path / "out.csv", asked=asked)
    assert [one.confirmed for one in exports(session)] == [said]


def test_forcing_where_nothing_is_overwritten_is_no_force(
    session: Path, gradebook: Path, tmp_path: Path
) -> None:
    """What counts is what happens to Canvas, not what was typed."""
    gradebook.write_text(GRADEBOOK.replace("4.00", ""), encoding="utf-8")
    plan = plan_canvas(session, read_results(session), gradebook, force=True)
    write(plan, tmp_path / "out.csv")
    assert [one.confirmed for one in exports(session)] == ["asked"]


def test_an_existing_file_is_never_overwritten(
    session: Path, gradebook: Path, tmp_path: Path
) -> None:
    """The file that is there stays, and nothing is recorded."""
    out = tmp_path / "out.csv"
    out.write_text("mine", encoding="utf-8")
    plan = plan_canvas(session, read_results(session), gradebook)
    with pytest.raises(Refused):
        write(plan, out)
    assert out.read_text(encoding="utf-8") == "mine"
    assert exports(session) == []


def test_scores_that_changed_meanwhile_are_shown_again(
    session: Path, gradebook: Path, tmp_path: Path
) -> None:
    """What was confirmed is what is written: a later score needs another look."""
    plan = plan_canvas(session, read_results(session), gradebook)
    examine(session, {"zoe": Verdict.PASS}, FakeClock(boot_id="boot-2"))
    with pytest.raises(Refused, match="have changed"):
        write(plan, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_a_file_without_a_record_is_taken_back(
    session: Path, gradebook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the ledger cannot be written the file does not stay either."""

    def full(*_: object, **__: object) -> None:
        raise Environment("NOT SAVED")

    monkeypatch.setattr(Ledger, "append", full)
    plan = plan_canvas(session, read_results(session), gradebook)
    with pytest.raises(Environment):
        write(plan, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_a_record_that_cannot_be_written_is_told_as_such(
    session: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever exports is told which file is missing and why, not to note a mark on paper."""

    def locked(*_: object, **__: object) -> None:
        raise NotSaved("NOT SAVED: a readonly database.", "Write it on paper.", [])

    monkeypatch.setattr(Ledger, "append", locked)
    out = tmp_path / "out.csv"
    with pytest.raises(Environment) as told:
        write_csv(session, read_results(session), out)
    assert told.value.message == f"{out} was not written: a readonly database."
    assert "session's folder" in told.value.hint
    assert not out.exists()


def test_an_export_beside_a_running_exam_disturbs_nothing(session: Path, tmp_path: Path) -> None:
    """While the session is open the file is written and recorded, and the exam goes on."""
    desk = open_desk(session, FakeClock(boot_id="boot-2"), FakeEntropy("other"), "ann")
    try:
        results = read_results(session)
        write_csv(session, results, tmp_path / "o.csv", "bob", asked=False)
        (zoe,) = [row.key for row in desk.rows() if row.student.student_id == "zoe"]
        conduct.absent(desk, zoe)
        assert desk.row(zoe).attempt.phase is Phase.WAITING
    finally:
        desk.close()
    assert [one.form for one in exports(session)] == ["csv"]


def test_a_place_that_cannot_be_written_is_named(
    session: Path, gradebook: Path, tmp_path: Path
) -> None:
    """A missing folder is a fault of the environment, told by its name."""
    plan = plan_canvas(session, read_results(session), gradebook)
    with pytest.raises(Environment, match="nowhere"):
        write(plan, tmp_path / "nowhere" / "out.csv")
    assert exports(session) == []


@pytest.mark.parametrize("named", ["Oral exam (7)", "7", "Oral exam"])
def test_a_column_is_meant_by_header_id_or_title(
    session: Path, gradebook: Path, named: str
) -> None:
    """Any of the three names the column, as long as it names only one."""
    plan = plan_canvas(session, read_results(session), gradebook, named)
    assert plan.column == "Oral exam (7)"


def test_an_unknown_column_lists_those_there_are(session: Path, gradebook: Path) -> None:
    """Whoever mistypes a column is shown what to type."""
    with pytest.raises(WrongUsage) as wrong:
        plan_canvas(session, read_results(session), gradebook, "Orl exam")
    assert '--column "Oral exam (7)"' in wrong.value.hint


def test_without_an_exam_in_sight_the_column_is_asked_for(session: Path, gradebook: Path) -> None:
    """Only one column that speaks of an oral or final exam is proposed unasked."""
    gradebook.write_text(GRADEBOOK.replace("Oral exam (7)", "Talk (7)"), encoding="utf-8")
    with pytest.raises(WrongUsage, match="Which column"):
        plan_canvas(session, read_results(session), gradebook)


def test_columns_are_offered_only_where_none_is_clear(gradebook: Path) -> None:
    """The columns to choose from are the assignments, unless one is named or only one fits."""
    into = Into("canvas", gradebook)
    assert export_into.choice(into) is None
    gradebook.write_text(GRADEBOOK.replace("Oral exam (7)", "Talk (7)"), encoding="utf-8")
    asked = export_into.choice(into)
    assert asked is not None
    assert [words for words, _ in asked.answers] == ["Quiz (1)", "Talk (7)"]
    assert export_into.choice(asked.answers[1][1]) is None


def test_a_total_is_refused(session: Path, gradebook: Path, tmp_path: Path) -> None:
    """A column that Canvas would drop without a word takes no scores."""
    results = read_results(session)
    plan = plan_canvas(session, results, gradebook, "Oral exam Final Score")
    with pytest.raises(BadInput, match="drops it"):
        write(plan, tmp_path / "out.csv")


def test_scores_that_canvas_has_need_no_file(
    session: Path, gradebook: Path, tmp_path: Path
) -> None:
    """A second upload of the same scores would change nothing and is not written."""
    gradebook.write_text(GRADEBOOK.replace("3.00,,1", "3.00,10.00,1", 1), encoding="utf-8")
    plan = plan_canvas(session, read_results(session), gradebook)
    assert [one.student.student_id for one in plan.upload.unchanged] == ["ana"]
    with pytest.raises(Refused, match="other scores"):
        write(plan, tmp_path / "out.csv")


def test_a_draft_has_nothing_to_export(tmp_path: Path, gradebook: Path) -> None:
    """Before the first student there is no record, so neither form can be written."""
    folder = write_session(tmp_path / "draft")
    results = read_results(folder)
    with pytest.raises(Refused, match="Nothing has been examined"):
        plan_canvas(folder, results, gradebook)
    with pytest.raises(Refused, match="Nothing has been examined"):
        write_csv(folder, results, tmp_path / "o.csv", "ann", asked=False)


def test_the_table_has_everyone_and_blanks_are_no_zeros(session: Path, tmp_path: Path) -> None:
    """Each student has a row; a score that is not settled is an empty cell."""
    out = tmp_path / "out.csv"
    write_csv(session, read_results(session), out, "ann", asked=False)
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    assert [row["score"] for row in rows] == ["10", "0", "", ""]
    assert [row["status"] for row in rows] == ["done", "done", "done", "absent"]
    assert rows[0]["seconds"] == "261"
    assert rows[0]["decided_at"] == "2024-12-13T09:04:21-06:00"
    assert [one.form for one in exports(session)] == ["csv"]


def test_notes_and_reasons_never_leave(session: Path) -> None:
    """What the examiner wrote for himself is in no exported byte."""
    assert b"private" not in export.csv_bytes(read_results(session))


def test_no_text_is_a_formula(tmp_path: Path) -> None:
    """A name that a spreadsheet would run is made harmless."""
    roster = 'student_id,name,email\nana,"=cmd(1)",ana@example.edu\n'
    reviews = "student_id,paper\nana,+Paper\n"
    folder = write_session(tmp_path / "small", roster=roster, reviews=reviews)
    examine(folder, {"ana": Verdict.PASS})
    text = export.csv_bytes(read_results(folder)).decode("utf-8-sig")
    assert "'=cmd(1)" in text
    assert "'+Paper" in text


def test_a_fresh_name_is_found(tmp_path: Path) -> None:
    """The proposed file is not there yet, and tells form and time."""
    now = FakeClock().now().at
    first = export.default_out(tmp_path, export_into.CANVAS, now)
    first.parent.mkdir()
    first.touch()
    second = export.default_out(tmp_path, export_into.CANVAS, now)
    assert first.parent == tmp_path / "exports"
    assert first.name.startswith("canvas-2024-12-1")
    assert second.name == first.stem + "-2.csv"


def test_the_folder_of_exports_is_private(session: Path) -> None:
    """A file of scores lies where only the user can look."""
    out = export.default_out(session, export.CSV, FakeClock().now().at)
    write_csv(session, read_results(session), out, "ann", asked=True)
    assert out.parent.stat().st_mode & 0o777 == 0o700
    assert [one.confirmed for one in exports(session)] == ["asked"]
