"""Scores out into Moodle, which takes all of a file or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from examrunner.domain.course.people import Student
from examrunner.domain.errors import WrongUsage
from examrunner.domain.problems import BadInput
from examrunner.domain.text import tidy
from examrunner.services import export_into
from examrunner.services.export_into import Into
from examrunner.services.results import read_results
from examrunner.storage.readers.grade_files import System, read_grade_file
from examrunner.storage.readers.rosters import read_roster
from examrunner.storage.writers.grade_uploads import plan_scores, render_grades
from tests.classes import VERDICTS, examine, write_session
from tests.hostile_files import table
from tests.lms import moodle_rules
from tests.lms.days import examined, fixture, points, upload
from tests.lms.moodle_rules import User

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path

MADE = """\
First name,Last name,ID number,Email address,Quiz (Real),Oral exam (Real),Oral exam (Percentage),\
Course total (Real),Last downloaded from this course
Ana,Rivera,0012,ana@example.edu,5,-,-,50,1733000000
Chi,Okafor,0013,chi@example.edu,5,4.00,40 %,50,1733000000
Eli,Lane,0014,eli@example.edu,5,-,-,50,1733000000
Zoë,Núñez,0015,zoe@example.edu,5,-,-,50,1733000000
Sam,Stranger,0016,sam@example.edu,5,-,-,50,1733000000
"""
USERS = [User(f"{who}@example.edu", who, f"00{n}") for n, who in enumerate(VERDICTS, 12)]
ANA, CHI, *_ = USERS
KEYS = {
    "email": ("Email address", "email"),
    "sis": ("ID number", "idnumber"),
    "login": ("Username", "username"),
}


@pytest.fixture
def grades(tmp_path: Path) -> Path:
    """Return a grade file as Moodle exports it."""
    file = tmp_path / "grades.csv"
    file.write_text(MADE, encoding="utf-8")
    return file


def planned(folder: Path, into: Into) -> export_into.Plan:
    """Return what would change."""
    return export_into.plan(folder, read_results(folder), into)


@pytest.mark.parametrize("key", ["email", "sis"])
def test_into_an_export(session: Path, grades: Path, tmp_path: Path, key: str) -> None:
    """Ana's pass goes in; Chi's other score is held back, and Sam is nobody's row."""
    plan = planned(session, Into("moodle", grades, key=key))
    assert [one.student.name for one in plan.upload.overwrites] == ["Chi Okafor"]
    assert plan.strangers == ("Stranger, Sam",)
    made = upload(session, Into("moodle", grades, key=key), tmp_path / "up.csv")
    assert moodle_rules.load(made, USERS, KEYS[key], "Oral exam (Real)") == {ANA: 10.0}


def test_with_force_another_score_is_replaced(session: Path, grades: Path, tmp_path: Path) -> None:
    """What Moodle has otherwise is overwritten only on purpose."""
    made = upload(session, Into("moodle", grades, force=True), tmp_path / "up.csv")
    found = moodle_rules.load(made, USERS, KEYS["email"], "Oral exam (Real)")
    assert found == {ANA: 10.0, CHI: 0.0}


def test_the_fixture_of_moodle(tmp_path: Path) -> None:
    """Moodle's own test file takes the score, and its too high grade is held back until forced."""
    path = fixture("moodle-grade-import/grade_import.csv")
    students = read_roster(path).students
    folder, given = examined(tmp_path, students)
    into = Into("moodle", path, "Manual item 1")
    assert planned(folder, into).upload.overwrites
    made = upload(folder, Into("moodle", path, "Manual item 1", force=True), tmp_path / "up.csv")
    users = [User(one.email or "") for one in students]
    found = moodle_rules.load(made, users, KEYS["email"], "Manual item 1")
    assert {one.email: grade for one, grade in found.items()} == {
        one.email: points(given)[one.student_id] for one in students
    }


def test_without_a_file_the_roster_says_who_is_who(session: Path, tmp_path: Path) -> None:
    """From the class list alone the item is named by hand, and e-mail addresses are the key."""
    with pytest.raises(WrongUsage, match="What is the item called"):
        planned(session, Into("moodle"))
    made = upload(session, Into("moodle", column="Oral exam"), tmp_path / "up.csv")
    found = moodle_rules.load(made, USERS, KEYS["email"], "Oral exam")
    assert found == {ANA: 10.0, CHI: 0.0}


def test_feedback_stands_there_only_when_asked_for(session: Path, tmp_path: Path) -> None:
    """The extra column holds verdict and paper; notes and reasons never leave."""
    plain = upload(session, Into("moodle", column="Oral"), tmp_path / "a.csv").decode()
    assert plain.splitlines()[0] == "Email address,Oral"
    told = upload(session, Into("moodle", column="Oral", feedback=True), tmp_path / "b.csv")
    header, ana, _ = told.decode().splitlines()
    assert header == "Email address,Oral,Oral feedback"
    assert ana.startswith("ana@example.edu,10,pass: ")
    assert b"private" not in told
    assert moodle_rules.load(told, USERS, KEYS["email"], "Oral") == {ANA: 10.0, CHI: 0.0}


@pytest.mark.parametrize("column", ["Oral exam (Percentage)", "Course total (Real)"])
def test_columns_that_are_no_points_are_refused(session: Path, grades: Path, column: str) -> None:
    """A percentage, a total or a letter takes no scores."""
    plan = planned(session, Into("moodle", grades, column))
    assert "takes no points" in plan.errors[0].text
    assert not plan.upload.changes


@pytest.mark.parametrize(
    ("key", "lacking"),
    [("email", "Email address"), ("sis", "ID number"), ("login", "Username")],
)
def test_a_key_that_the_file_lacks_is_told(
    session: Path, grades: Path, key: str, lacking: str
) -> None:
    """A column that Moodle is to know the students by and that is not there: another one helps."""
    grades.write_text(MADE.replace(lacking, "Department"), encoding="utf-8")
    plan = planned(session, Into("moodle", grades, key=key))
    (problem,) = plan.errors
    assert problem.text == f"the file has no column {lacking}"
    assert (problem.line, problem.hint) == (1, "choose another --key")
    assert not plan.upload.changes


@pytest.mark.parametrize("has_file", [True, False])
def test_more_than_a_hundred_points_are_told(
    tmp_path: Path, grades: Path, *, has_file: bool
) -> None:
    """Moodle would refuse the whole file for such a grade, so that is said before it is written."""
    points = "exam: {points: {pass: 120, fail: 100}}\n"
    folder = write_session(tmp_path / "small", f"session: small\n{points}")
    examine(folder, VERDICTS)
    plan = planned(folder, Into("moodle", grades if has_file else None, "Oral exam", force=True))
    (told,) = plan.remarks
    assert told.text == "Rivera, Ana: 120 is more than the 100 points possible"
    assert told.hint == "Moodle refuses the whole file for it, unless the site allows more"
    assert len(plan.upload.changes) == 2


def test_settled_scores_without_any_row_are_no_lack_of_scores(
    session: Path, tmp_path: Path
) -> None:
    """Where no row is anybody's, that is said, and not that nothing is settled."""
    other = tmp_path / "other.csv"
    other.write_text("Full name,Email address,Oral exam\nSam Stranger,sam@x.edu,-\n")
    plan = planned(session, Into("moodle", other))
    assert plan.refusal() == (
        "No settled score has a row to go to: see why each student is left out."
    )


def test_a_row_without_a_key_is_left_out(session: Path, grades: Path) -> None:
    """Moodle would book such a row to the student above, so it is never written."""
    grades.write_text(MADE.replace("ana@example.edu", ""), encoding="utf-8")
    plan = planned(session, Into("moodle", grades, force=True))
    assert {one.student.name: one.why for one in plan.left_out}["Rivera, Ana"] == "no Email address"
    assert [one.student.name for one in plan.upload.changes] == ["Chi Okafor"]


def test_an_address_that_two_rows_have_is_nobody_s(session: Path, grades: Path) -> None:
    """Two rows with one key are left out both: Moodle would refuse the file or mix them up."""
    grades.write_text(MADE.replace("sam@example.edu", "ANA@example.edu"), encoding="utf-8")
    plan = planned(session, Into("moodle", grades))
    assert "ana" not in {one.student.student_id for one in plan.upload.changes}


def test_an_address_that_disagrees_is_a_conflict(session: Path, grades: Path) -> None:
    """A right name with another address is told and left out."""
    grades.write_text(MADE.replace("ana@example.edu", "ana@other.edu"), encoding="utf-8")
    plan = planned(session, Into("moodle", grades, force=True))
    whys = {one.student.name: one.why for one in plan.left_out}
    assert whys["Rivera, Ana"] == (
        "the file says Email address ana@other.edu, the roster ana@example.edu"
    )


def test_absent_and_excused_are_told_of(tmp_path: Path, grades: Path) -> None:
    """A Moodle file cannot excuse anybody: whoever is to be excused is named with what to do."""
    folder = write_session(tmp_path / "small", "session: small\nexport: {absent: excused}\n")
    examine(folder, VERDICTS)
    whys = {one.student.name: one.why for one in planned(folder, Into("moodle", grades)).left_out}
    assert whys["Zoë Núñez"].startswith("excused: a file for Moodle cannot say so")


def test_the_rules_themselves_abort_as_moodle_does() -> None:
    """The restatement knows the traps: unknown users, ragged rows, words, and blank keys."""
    good = b"Email address,Oral\nana@example.edu,10\n"
    for bad in (b"x@example.edu,1\n", b"chi@example.edu\n", b"chi@example.edu,pass\n",
                b"chi@example.edu,101\n"):  # fmt: skip
        with pytest.raises(moodle_rules.Aborted):
            moodle_rules.load(good + bad, USERS, KEYS["email"], "Oral")
    assert moodle_rules.load(good + b",3\n", USERS, KEYS["email"], "Oral") == {ANA: 3.0}


def test_another_table_is_no_grade_file() -> None:
    """A file without any key of Moodle is refused with the way to the right one."""
    with pytest.raises(BadInput, match="no grade file of Moodle"):
        read_grade_file(System.MOODLE, b"name,score\nAna,1\n")


addresses = st.text("abcdefgh.'+=-_é\u0301", min_size=1, max_size=12).map(
    lambda text: f"a{text}@x.edu"
)


@for_all(
    st.lists(addresses, min_size=1, max_size=6, unique_by=lambda one: tidy(one).casefold()),
    st.lists(st.decimals(0, 100, places=2), min_size=6, max_size=6),
    st.sampled_from(["Oral", "=Oral", "Oral, part 1", 'The "oral"', "@viva"]),
)
def test_any_address_and_item_come_back_exactly(
    people: list[str], scores: list[Decimal], item: str
) -> None:
    """Machine files alter nothing: each grade reaches its user under the item's exact name."""
    rows = [[f"Person {n}", address, "-"] for n, address in enumerate(people)]
    grades = read_grade_file(System.MOODLE, table(["Full name", "Email address", item], *rows))
    students = [Student(f"s{n}", f"Person {n}", email=tidy(one)) for n, one in enumerate(people)]
    given = {f"s{n}": score for n, score in zip(range(len(people)), scores, strict=False)}
    column = grades.book.assignments()[0]
    made = render_grades(grades, plan_scores(grades, column, students, given))
    found = moodle_rules.load(made, [User(one) for one in people], KEYS["email"], item)
    assert found == {User(one): float(given[f"s{n}"]) for n, one in enumerate(people)}
