"""Real exports and hostile files from the shared fixtures: read rightly or refused with a place."""

import base64
import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from examrunner.domain.problems import has_errors
from examrunner.domain.text import bad_character, tidy
from examrunner.storage.readers.canvas import propose_column, read_gradebook
from examrunner.storage.readers.review_lists import ReviewShape, read_reviews
from examrunner.storage.readers.rosters import RosterKind, read_roster
from examrunner.storage.writers.canvas import plan_upload, render_upload
from examrunner.storage.writers.score_tables import render_roster, render_scores

FIXTURES = Path(__file__).parents[3] / "shared" / "fixtures"

pytestmark = pytest.mark.skipif(
    not FIXTURES.is_dir(), reason="the shared fixtures do not lie beside this checkout"
)


def fixture(*parts: str) -> Path:
    """Return the path of a fixture."""
    return FIXTURES.joinpath(*parts)


def cases(name: str) -> list[dict[str, Any]]:
    """Return the entries of a hostile collection, none where it is absent."""
    path = fixture("hostile", name)
    found: list[dict[str, Any]] = json.loads(path.read_text()) if path.is_file() else []
    return found


def column(path: Path, index: int, first_row: int) -> list[str]:
    """Return a column of a fixture as plain csv gives it, without blank rows."""
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    return [row[index] for row in rows[first_row:] if row]


def case_bytes(case: dict[str, Any]) -> bytes:
    """Return the file of a hostile roster case."""
    if "b64" in case:
        return base64.b64decode(case["b64"])
    if "gen" in case:
        made = case["gen"]
        return f"{made['prefix']}{made['unit'] * made['times']}{made['suffix']}".encode()
    return str(case["csv"]).encode()


def test_a_full_canvas_export() -> None:
    """The export of 38 columns gives nine students, a score column and a note."""
    path = fixture("canvas-gradebook-nemogb", "canvas_demo_data.csv")
    gradebook = read_gradebook(path)
    proposed = propose_column(gradebook)
    assert len(gradebook.header) == 38
    assert proposed == gradebook.assignments()[-1]
    assert proposed.points == "100.00"
    roster = read_roster(path)
    assert roster.kind is RosterKind.CANVAS
    assert [student.student_id for student in roster.students] == column(path, 2, 2)[:-1]
    assert [problem.rule for problem in roster.problems] == ["canvas-test-student"]


def test_a_full_canvas_export_there_and_back() -> None:
    """Export, upload and export again agree on students and scores."""
    path = fixture("canvas-gradebook-nemogb", "canvas_demo_data.csv")
    gradebook = read_gradebook(path)
    students = read_roster(path).students
    proposed = propose_column(gradebook)
    assert proposed is not None
    scores = {student.student_id: Decimal(place) for place, student in enumerate(students)}
    upload = plan_upload(gradebook, proposed, students, scores, force=True)
    data = render_upload(gradebook, upload)
    again = read_gradebook(data)
    rows = list(csv.reader(io.StringIO(data.decode(), newline="")))
    assert {len(row) for row in rows} == {6}
    assert [row.cells[:5] for row in again.rows] == [c.row.cells[:5] for c in upload.changes]
    assert [row.cells[5] for row in again.rows] == [change.new for change in upload.changes]
    assert len(upload.changes) + len(upload.unchanged) == 9


def test_canvas_own_files() -> None:
    """The files of Canvas's own tests are read, warned about or refused as each deserves."""
    folder = fixture("canvas-gradebook-spec")
    plain = read_roster(folder / "basic_course.csv")
    ids = column(folder / "basic_course.csv", 1, 2)
    assert [student.student_id for student in plain.students] == ids
    assert not plain.problems
    ragged = read_roster(folder / "basic_course_with_sis_login_id.csv")
    assert not ragged.students
    assert [problem.line for problem in ragged.problems] == list(range(3, 10))
    shifted = read_roster(folder / "valid_gradebook_contents_with_last_and_first_names.csv")
    assert len(shifted.students) == 7
    assert all(", " in student.name for student in shifted.students)
    assert {student.login for student in shifted.students} == {None}
    assert [problem.rule for problem in shifted.problems] == ["canvas-points-row", "roster-alike"]
    old = read_roster(folder / "default_gradebook.csv")
    assert [problem.rule for problem in old.problems] == ["csv-header"]


@pytest.mark.parametrize(("name", "index"), [("chico_canvas.csv", 2), ("egrades.csv", 1)])
def test_class_lists_of_two_universities(name: str, index: int) -> None:
    """A Canvas roster report and a registrar's list give three students under their own ids."""
    path = fixture("rosters-us-frontiers", name)
    roster = read_roster(path)
    assert [student.student_id for student in roster.students] == column(path, index, 1)
    assert not has_errors(roster.problems)


def test_a_gradebook_gives_reviews() -> None:
    """Each score above zero of the full export is a row under its assignment's title."""
    path = fixture("canvas-gradebook-nemogb", "canvas_demo_data.csv")
    found = read_reviews(path)
    assert found.shape is ReviewShape.GRADEBOOK
    titles = {item.title for item in read_gradebook(path).assignments()}
    assert {row.paper for row in found.rows} == titles
    assert all(row.graded and len(row.who) == 4 for row in found.rows)


EXPECTED = {
    "r01": ["1"], "r02": ["1"], "r03": ["1"], "r04": ["1"], "r07": ["007", "7"],
    "r08": ["0012345"], "r09": ["1E5"], "r10": ["1.23457E+19"], "r17": ["1", "2"], "r18": ["1"],
    "r19": ["1"], "r27": ["1", "2"], "r28": ["2"],
}  # fmt: skip
"""The cases that are read. All others are refused."""
WARNED = {"r07", "r10", "r27", "r29"}


@pytest.mark.parametrize("case", cases("roster_csv.json"), ids=lambda case: str(case["id"]))
def test_hostile_rosters(case: dict[str, Any]) -> None:
    """Each hostile roster is read exactly or refused with a line, and never raises."""
    roster = read_roster(case_bytes(case), "roster.csv")
    assert [student.student_id for student in roster.students] == EXPECTED.get(case["id"], [])
    assert has_errors(roster.problems) is (case["id"] not in EXPECTED)
    assert all(problem.line for problem in roster.problems)
    assert bool(roster.problems) is (case["id"] not in EXPECTED or case["id"] in WARNED)
    if roster.students:
        assert read_roster(render_roster(roster.students)).students == roster.students
    read_reviews(case_bytes(case))


@pytest.mark.parametrize("case", cases("names.json"), ids=lambda case: str(case["id"]))
def test_hostile_names(case: dict[str, Any]) -> None:
    """Each hostile name arrives exactly, in NFC, or is refused with its line."""
    stream = io.StringIO(newline="")
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([["name", "id"], [case["value"], "7"]])
    roster = read_roster(stream.getvalue().encode("utf-8", "surrogatepass"), "roster.csv")
    if case["must"].startswith("refuse"):
        assert not roster.students
        assert [problem.line for problem in roster.problems] == [2]
        return
    (student,) = roster.students
    assert student.name == tidy(case["value"])
    assert bad_character(student.name) is None
    shown = list(csv.reader(io.StringIO(render_scores(["name"], [[student.name]]).decode(), "")))
    assert shown[1][0].removeprefix("'") == student.name
    assert shown[1][0].startswith("'") is (case["must"] == "neutral-in-spreadsheet-export")
