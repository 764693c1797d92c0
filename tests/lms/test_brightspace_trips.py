"""Scores out into Brightspace."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.course.people import Student
from examrunner.services import export_into
from examrunner.services.export_into import Into
from examrunner.services.results import read_results
from tests.classes import VERDICTS
from tests.lms import brightspace_rules
from tests.lms.days import examined, fixture, points, upload

if TYPE_CHECKING:
    from pathlib import Path

MADE = """\
OrgDefinedId,Username,Last Name,First Name,\
Quiz Points Grade <Numeric MaxPoints:5>,\
Oral exam Points Grade <Numeric MaxPoints:{most} Weight:100 Category:Exams>,\
Oral exam Grade Symbol,Calculated Final Grade Numerator,Adjusted Final Grade Points Grade,\
End-of-Line Indicator
#0012,#ana,Rivera,Ana,5,,,3,,#
#0013,#chi,Okafor,Chi,5,4,,3,,#
#0014,#eli,Lane,Eli,5,,,3,,#
#0015,#zoe,Núñez,Zoë,5,,,3,,#
"""
USERS = [(f"00{n}", who) for n, who in enumerate(VERDICTS, 12)]
ANA, CHI, *_ = USERS


@pytest.fixture
def grades(tmp_path: Path) -> Path:
    """Return a grade file as Brightspace exports it."""
    file = tmp_path / "grades.csv"
    file.write_text(MADE.format(most=10), encoding="utf-8")
    return file


def test_into_an_export(session: Path, grades: Path, tmp_path: Path) -> None:
    """Ids lose their sign and keep their zeros, and the item's header its name alone."""
    made = upload(session, Into("brightspace", grades, force=True), tmp_path / "up.csv")
    header = "OrgDefinedId,Username,Oral exam Points Grade,End-of-Line Indicator"
    assert made.decode().splitlines() == [header, "0012,ana,10,#", "0013,chi,0,#"]
    found = brightspace_rules.load(made, USERS, {"Oral exam": 10})
    assert found == {ANA: {"Oral exam": 10.0}, CHI: {"Oral exam": 0.0}}


def test_another_score_is_held_back(session: Path, grades: Path) -> None:
    """Without force Chi's other score stays, and is told of."""
    plan = export_into.plan(session, read_results(session), Into("brightspace", grades))
    assert [one.student.student_id for one in plan.upload.changes] == ["ana"]
    assert "Brightspace has 4, not 0" in {one.why for one in plan.left_out}


def test_a_score_above_the_maximum_is_warned_of(session: Path, grades: Path) -> None:
    """Brightspace caps what is above the item's maximum, and says nothing."""
    grades.write_text(MADE.format(most=8), encoding="utf-8")
    plan = export_into.plan(session, read_results(session), Into("brightspace", grades))
    assert [one.hint for one in plan.remarks] == [
        "Brightspace caps it, unless the item can exceed its maximum"
    ]


@pytest.mark.parametrize(
    "column",
    [
        "Oral exam Grade Symbol",
        "Calculated Final Grade Numerator",
        "Adjusted Final Grade Points Grade",
    ],
)
def test_columns_without_points_are_refused(session: Path, grades: Path, column: str) -> None:
    """Symbols and final grades take no points."""
    plan = export_into.plan(session, read_results(session), Into("brightspace", grades, column))
    assert plan.errors
    assert not plan.upload.changes


def test_the_fixture_of_another_program(tmp_path: Path) -> None:
    """A file that a converter wrote for Brightspace takes the score of its only student."""
    path = fixture("brightspace-mapleta/d2l_import_3_items_a.csv")
    with path.open(newline="", encoding="utf-8") as stream:
        (row,) = csv.DictReader(stream)
    student = Student(row["OrgDefinedId"], "Some One", login=row["Username"])
    folder, given = examined(tmp_path, [student])
    into = Into("brightspace", path, "name2", force=True)
    made = upload(folder, into, tmp_path / "up.csv")
    found = brightspace_rules.load(made, [(row["OrgDefinedId"], row["Username"])], {"name2": 100})
    assert found == {(row["OrgDefinedId"], row["Username"]): {"name2": points(given)["123456"]}}


@pytest.mark.parametrize("item", ["Oral exam", "Oral exam Points Grade"])
def test_without_a_file_the_roster_says_who_is_who(tmp_path: Path, item: str) -> None:
    """From the class list alone the ids and the usernames of the roster are written."""
    students = [Student(f"00{n}", who.title(), login=who) for n, who in enumerate(VERDICTS, 12)]
    folder, given = examined(tmp_path, students)
    made = upload(folder, Into("brightspace", column=item), tmp_path / "up.csv")
    found = brightspace_rules.load(made, USERS, {"Oral exam": 10})
    assert {org: one["Oral exam"] for (org, _), one in found.items()} == points(given)


def test_the_rules_themselves_abort_as_brightspace_does() -> None:
    """The restatement knows a lost line end, an unknown item and a lost zero; it caps."""
    head = "OrgDefinedId,Oral Points Grade,End-of-Line Indicator\n"
    for bad in (head + "0012,1,\n", head + "12,1,#\n", head.replace("Oral", "X") + "0012,1,#\n"):
        with pytest.raises(brightspace_rules.Aborted):
            brightspace_rules.load(bad.encode(), USERS, {"Oral": 10})
    found = brightspace_rules.load(f"{head}0012,11,#\n".encode(), USERS, {"Oral": 10})
    assert found == {ANA: {"Oral": 10.0}}
