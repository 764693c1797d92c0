"""Class list in from Canvas, an examined day, scores out, and what Canvas makes of them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from examrunner.domain.errors import ExamError
from examrunner.domain.problems import BadInput
from examrunner.domain.text import is_blank, tidy, without_hidden
from examrunner.services import export_into
from examrunner.services.export_into import Into
from examrunner.services.results import read_results
from examrunner.storage.readers.canvas import read_gradebook
from examrunner.storage.readers.rosters import read_roster
from examrunner.storage.writers.canvas import plan_upload, render_upload
from tests.classes import GRADEBOOK, SETTINGS
from tests.hostile_files import table
from tests.lms import canvas_rules
from tests.lms.days import examined, fixture, points, upload

if TYPE_CHECKING:
    from pathlib import Path

OWN = """\
Student,ID,SIS User ID,SIS Login ID,Section,Notes,Quiz (1),Oral exam (7),Current Score
,,,,,,,Manual Posting,
    Points Possible,,,,,,5.00,10.00,(read only)
"Rivera, Ana",101,0012,ana,"A, and B",late,3.00,,1
"=""=Okafor, Chi""\",102,0013,chi,A,,3.00,4.00,1
"Lane, ""Eli""\",103,0014,eli,A,,3.00,,1
"Núñez, Zoë",104,0015,zoe,A,,3.00,EX,1
"Adams, Bo",105,0016,bo,A,,3.00,,1
"""
CUT = {"\r\n": "CRLF", "\n": "LF", "\r": "CR"}


def trip(parent: Path, book: Path, column: str, *, force: bool = False) -> None:
    """Go there and back: the right students get the right scores, and nothing else happens."""
    students = read_roster(book).students
    assert students
    folder, given = examined(parent, students)
    course = canvas_rules.course_of(book.read_bytes())
    made = upload(folder, Into("canvas", book, column, force=force), parent / "out.csv")
    outcome = canvas_rules.upload(made, course)
    (wanted,) = [key for key in course.assignments if f"({key})" in column]
    ids = {one.student_id: one.canvas_id or "" for one in students}
    before = {one.canvas_id: one.scores.get(wanted, "") for one in course.people}
    expected = {
        (ids[who], wanted): Decimal(score)
        for who, score in points(given).items()
        if before[ids[who]] in ("", "-") or (force and _number(before[ids[who]]) != score)
    }
    assert expected
    assert outcome.graded == expected
    assert outcome.asked == []


def _number(cell: str) -> float | None:
    return None if cell == "EX" else float(cell)


@pytest.mark.parametrize("end", CUT, ids=CUT.values())
@pytest.mark.parametrize("force", [False, True])
def test_an_own_gradebook(tmp_path: Path, end: str, *, force: bool) -> None:
    """Custom columns, totals, a posting row and guarded names come back as they should."""
    book = tmp_path / "book.csv"
    book.write_bytes(OWN.replace("\n", end).encode())
    trip(tmp_path, book, "Oral exam (7)", force=force)


def test_a_whole_export_of_canvas(tmp_path: Path) -> None:
    """A full export with groups of totals and a test student takes the scores of the examined."""
    book = fixture("canvas-gradebook-nemogb/canvas_demo_data.csv")
    trip(tmp_path, book, "final exam (8677368)", force=True)


@pytest.mark.parametrize(
    "name", ["basic_course.csv", "valid_gradebook_contents_with_last_and_first_names.csv"]
)
def test_files_of_canvas_s_own_tests(tmp_path: Path, name: str) -> None:
    """Bare CR line ends and split names come back; a column without an id is refused first."""
    path = fixture(f"canvas-gradebook-spec/{name}")
    folder, _ = examined(tmp_path / "refused", read_roster(path).students)
    planned = export_into.plan(folder, read_results(folder), Into("canvas", path, "Assignment 1"))
    assert "would make a new, published one" in planned.errors[0].text
    book = tmp_path / "book.csv"
    book.write_bytes(path.read_bytes().replace(b"Assignment 1", b"Assignment 1 (12)"))
    trip(tmp_path, book, "Assignment 1 (12)")


@pytest.mark.parametrize("name", ["basic_course_with_sis_login_id.csv", "default_gradebook.csv"])
def test_files_that_nobody_can_trust_take_no_scores(tmp_path: Path, name: str) -> None:
    """Rows that do not fit their header, and a table without ids, are refused."""
    book = fixture(f"canvas-gradebook-spec/{name}")
    students = read_roster(GRADEBOOK.encode()).students
    folder, _ = examined(tmp_path, students)
    with pytest.raises(BadInput):
        export_into.plan(folder, read_results(folder), Into("canvas", book, "1"))


def test_absent_students_are_excused_where_the_session_says_so(tmp_path: Path) -> None:
    """`absent: excused` writes EX, which Canvas takes for excused and for no score."""
    book = tmp_path / "book.csv"
    book.write_text(OWN.replace("EX", ""), encoding="utf-8")
    students = read_roster(book).students
    settings = f"{SETTINGS}export: {{absent: excused}}\n"
    folder, given = examined(tmp_path, students, settings)
    absent = [one.canvas_id for one in students if given[one.student_id] is None]
    made = upload(folder, Into("canvas", book, "7"), tmp_path / "out.csv")
    graded = canvas_rules.upload(made, canvas_rules.course_of(book.read_bytes())).graded
    assert absent
    assert [graded[who or "", "7"] for who in absent] == ["EX"] * len(absent)


@pytest.mark.parametrize("rule", ["blank", "zero"])
def test_a_blank_is_a_zero_only_where_the_session_says_so(tmp_path: Path, rule: str) -> None:
    """An absent student is left out of the file unless the session asks for a zero."""
    book = tmp_path / "book.csv"
    book.write_text(OWN.replace("EX", ""), encoding="utf-8")
    students = read_roster(book).students
    folder, given = examined(tmp_path, students, f"{SETTINGS}export: {{absent: {rule}}}\n")
    absent = [one.canvas_id for one in students if given[one.student_id] is None]
    made = upload(folder, Into("canvas", book, "7"), tmp_path / "out.csv")
    graded = canvas_rules.upload(made, canvas_rules.course_of(book.read_bytes())).graded
    found = [graded.get((who or "", "7")) for who in absent]
    assert found == [Decimal(0) if rule == "zero" else None] * len(absent)


names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30).map(
    lambda text: tidy(without_hidden(text))
)


@for_all(
    st.lists(names, min_size=1, max_size=5),
    st.lists(st.decimals(0, 100, places=2), min_size=5, max_size=5),
)
def test_any_names_come_back_exactly(people: list[str], scores: list[Decimal]) -> None:
    """Whatever a name holds, Canvas finds each person and reads each score, and asks nothing."""
    people = [f"N{place} {name}".strip() for place, name in enumerate(people)]
    course = canvas_rules.Course(
        [canvas_rules.Person(f"{n}1", name) for n, name in enumerate(people)],
        {"7": ("Oral", "100")},
    )
    rows = [[name, f"{n}1", "S", ""] for n, name in enumerate(people)]
    head = ["    Points Possible", "", "", "100"]
    text = table(["Student", "ID", "Section", "Oral (7)"], head, *rows)
    book, students = read_gradebook(text), read_roster(text).students
    assert len(students) == len(people)
    assert not any(is_blank(one.name) for one in students)
    given = dict(zip((one.student_id for one in students), scores, strict=False))
    made = render_upload(book, plan_upload(book, book.assignments()[0], students, given))
    outcome = canvas_rules.upload(made, course)
    assert outcome.asked == []
    assert outcome.graded == {
        (f"{n}1", "7"): score for n, score in zip(range(len(people)), scores, strict=False)
    }
    written = canvas_rules.rows_of(made)
    assert [row[0] for row in written[2:]] == people


def test_the_rules_themselves_refuse_what_canvas_refuses() -> None:
    """The restatement knows the traps: marks before quotes, ragged rows, swapped id columns."""
    course = canvas_rules.course_of(OWN.encode())
    with pytest.raises(canvas_rules.Refused):
        canvas_rules.upload(b'\xef\xbb\xbf"Student",ID,Section,Oral exam (7)\n', course)
    with pytest.raises(canvas_rules.Refused):
        canvas_rules.upload(b"Student,ID,Section,Oral exam (7)\nA,1\nB,2,S,3\n", course)
    for middle in ("SIS Login ID,SIS User ID", "SIS User ID"):
        assert not canvas_rules.header_is_valid(f"Student,ID,{middle},Section,X".split(","))
    words = b"Student,ID,Section,Oral exam (7)\nA,101,S,complete\nB,102,S,\nC,103,S,1;000\n"
    graded = canvas_rules.upload(words.replace(b";", b"."), course).graded
    assert graded["101", "7"] == 0
    assert graded["102", "7"] is None
    asked = canvas_rules.upload(b"Student,ID,Section,Paper\nQ,999,S,1\n", course).asked
    assert asked == ["Paper", "Q"]


def test_a_file_of_canvas_that_is_missing_is_told(tmp_path: Path) -> None:
    """A path that leads nowhere is one message and no file."""
    folder, _ = examined(tmp_path, read_roster(GRADEBOOK.encode()).students)
    with pytest.raises(ExamError, match="cannot be read"):
        export_into.plan(folder, read_results(folder), Into("canvas", tmp_path / "none.csv", "7"))
