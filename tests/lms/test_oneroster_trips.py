"""Scores out as OneRoster results."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.errors import WrongUsage
from examrunner.domain.exam.settings import Absent
from examrunner.domain.problems import BadInput
from examrunner.services import export_into
from examrunner.services.export_into import Into
from examrunner.services.results import read_results
from examrunner.storage.readers.oneroster_scores import read_roster_set
from examrunner.storage.readers.rosters import read_roster
from tests.classes import VERDICTS
from tests.lms import oneroster_rules
from tests.lms.days import examined, fixture, points, upload

if TYPE_CHECKING:
    from pathlib import Path

SET = {
    "users.csv": (
        "sourcedId,status,givenName,familyName,username,identifier,email,password\n"
        "u1,active,Ana,Rivera,ana,7001,ana@example.edu,secret\n"
        "u2,active,Chi,Okafor,chi,7002,chi@example.edu,secret\n"
        "u3,active,Eli,Lane,eli,7003,eli@example.edu,secret\n"
        "u4,active,Zoë,Núñez,zoe,7004,zoe@example.edu,secret\n"
        "u5,tobedeleted,Old,One,old,7005,old@example.edu,secret\n"
        "u9,active,Ann,Teach,ann,7009,ann@example.edu,secret\n"
    ),
    "enrollments.csv": (
        "sourcedId,status,role,classSourcedId,userSourcedId\n"
        + "".join(f"e{n},active,student,c1,u{n}\n" for n in (1, 2, 3, 4, 5))
        + "e9,active,teacher,c1,u9\n"
    ),
    "classes.csv": "sourcedId,title\nc1,CS 1\n",
    "categories.csv": "sourcedId,title\nk1,Exams\n",
    "academicSessions.csv": "sourcedId,title,type\ng1,Autumn,gradingPeriod\nt1,Term,term\n",
}
ITEMS = (
    "sourcedId,title,classSourcedId,categorySourcedId,gradingPeriodSourcedId,resultValueMin,"
    "resultValueMax,assignDate,dueDate\nL1,Oral exam,c1,k1,g1,0,10,2024-12-01,2024-12-13\n"
)
OLD = "sourcedId,lineItemSourcedId,studentSourcedId,score\nR2,L1,u2,4\n"
STUDENTS = {"u1", "u2", "u3", "u4"}


def write(folder: Path, **more: str) -> Path:
    """Write a set into a folder; more files are given without their ending."""
    folder.mkdir()
    for name, text in (SET | {f"{key}.csv": text for key, text in more.items()}).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("is_zip", [False, True])
def test_a_new_line_item(session: Path, tmp_path: Path, *, is_zip: bool) -> None:
    """A title that the class does not have makes an item with the only category and period."""
    source = write(tmp_path / "set")
    if is_zip:
        with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
            for path in source.iterdir():
                archive.write(path, f"inner/{path.name}")
        source = tmp_path / "set.zip"
    made = upload(session, Into("oneroster", source, "Oral"), tmp_path / "up.zip")
    found = oneroster_rules.load(made, STUDENTS, {"c1"})
    assert found == {"Oral": {"u1": 10.0, "u2": 0.0}}
    assert b"secret" not in made


def test_an_item_that_is_there_keeps_its_ids(session: Path, tmp_path: Path) -> None:
    """The item that speaks of an oral exam is proposed; a result that is there is held back."""
    source = write(tmp_path / "set", lineItems=ITEMS, results=OLD)
    plan = export_into.plan(session, read_results(session), Into("oneroster", source))
    assert [one.student.student_id for one in plan.upload.overwrites] == ["chi"]
    made = upload(session, Into("oneroster", source, force=True), tmp_path / "up.zip")
    assert oneroster_rules.load(made, STUDENTS, {"c1"}) == {"Oral exam": {"u1": 10.0, "u2": 0.0}}
    with zipfile.ZipFile(tmp_path / "up.zip") as archive:
        rows = archive.read("results.csv").decode().splitlines()
        assert archive.read("lineItems.csv").decode().splitlines()[1].startswith("L1,active,")
    assert [row.split(",")[0] for row in rows if ",u2," in row] == ["R2"]


def test_an_exemption_is_held_back_like_a_score(session: Path, tmp_path: Path) -> None:
    """Whom the system exempts gets a score only on purpose, as one whom Canvas excuses does."""
    exempt = "sourcedId,lineItemSourcedId,studentSourcedId,scoreStatus,score\nR1,L1,u1,Exempt,\n"
    source = write(tmp_path / "set", lineItems=ITEMS, results=exempt)
    plan = export_into.plan(session, read_results(session), Into("oneroster", source))
    (held,) = plan.upload.overwrites
    assert (held.student.student_id, held.old, held.new) == ("ana", "exempt", "10")
    made = upload(session, Into("oneroster", source), tmp_path / "up.zip")
    assert oneroster_rules.load(made, STUDENTS, {"c1"}) == {"Oral exam": {"u2": 0.0}}
    made = upload(session, Into("oneroster", source, force=True), tmp_path / "all.zip")
    assert oneroster_rules.load(made, STUDENTS, {"c1"}) == {"Oral exam": {"u1": 10.0, "u2": 0.0}}


def test_the_absent_can_be_exempt(session: Path, tmp_path: Path) -> None:
    """With excused an absent student gets a result without a score; once there, it is unchanged."""
    there = "sourcedId,lineItemSourcedId,studentSourcedId,scoreStatus,score\nR4,L1,u4,exempt,\n"
    into = Into("oneroster", write(tmp_path / "a", lineItems=ITEMS), absent=Absent.EXCUSED)
    plan = export_into.plan(session, read_results(session), into)
    assert "zoe" not in {one.student.student_id for one in plan.left_out}
    assert "has no score" in plan.remarks[0].text
    made = upload(session, into, tmp_path / "up.zip")
    found = oneroster_rules.load(made, STUDENTS, {"c1"})
    assert found == {"Oral exam": {"u1": 10.0, "u2": 0.0, "u4": None}}
    source = write(tmp_path / "b", lineItems=ITEMS, results=there)
    plan = export_into.plan(session, read_results(session), replace(into, source=source))
    assert [one.student.student_id for one in plan.upload.unchanged] == ["zoe"]


def test_a_second_export_names_the_same_results(session: Path, tmp_path: Path) -> None:
    """Ids that are made up are the same again, so that a system changes what it has."""
    source = write(tmp_path / "set")
    ids = []
    for name in ("a.zip", "b.zip"):
        upload(session, Into("oneroster", source, "Oral"), tmp_path / name)
        with zipfile.ZipFile(tmp_path / name) as archive:
            rows = archive.read("results.csv").decode().splitlines()
        ids.append([row.split(",")[0] for row in rows])
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 3


def test_a_class_that_is_to_be_deleted_is_none(session: Path, tmp_path: Path) -> None:
    """Enrolments in such a class make no second one to choose from."""
    source = write(
        tmp_path / "set",
        lineItems=ITEMS,
        classes="sourcedId,status,title\nc1,active,CS 1\nc2,tobedeleted,Old\n",
        enrollments=SET["enrollments.csv"] + "e8,active,student,c2,u1\n",
    )
    made = upload(session, Into("oneroster", source), tmp_path / "up.zip")
    assert oneroster_rules.load(made, STUDENTS, {"c1"}) == {"Oral exam": {"u1": 10.0, "u2": 0.0}}


def test_a_roster_of_another_system_knows_the_identifier(tmp_path: Path) -> None:
    """An SIS id from Canvas is the set's identifier, whatever its sourcedIds are."""
    roster = b"student_id,name,sis_id\n7001,Ana Rivera,7001\n7999,Eli Lane,7999\n"
    folder, _ = examined(tmp_path / "day", read_roster(roster).students)
    source = write(tmp_path / "set", lineItems=ITEMS)
    plan = export_into.plan(folder, read_results(folder), Into("oneroster", source))
    (left,) = plan.left_out
    assert left.why == "the file says sourcedid u3, the roster 7999"
    made = upload(folder, Into("oneroster", source), tmp_path / "up.zip")
    assert oneroster_rules.load(made, STUDENTS, {"c1"}) == {"Oral exam": {"u1": 10.0}}


def test_a_warning_names_the_line_of_the_student(session: Path, tmp_path: Path) -> None:
    """What is said of a student is said where the student stands in the set."""
    source = write(tmp_path / "set", lineItems=ITEMS.replace(",0,10,", ",0,5,"))
    plan = export_into.plan(session, read_results(session), Into("oneroster", source))
    (told,) = plan.remarks
    assert told.text == "Rivera, Ana: 10 is more than the 5 points possible"
    assert (told.file, told.line, told.column) == (f"{source}/users.csv", 2, None)


def test_what_is_not_clear_is_asked_for(session: Path, tmp_path: Path) -> None:
    """Several classes, no item, no category: each names the option that says it."""
    results = read_results(session)
    two = SET["enrollments.csv"] + "e8,active,student,c2,u1\n"
    for name, more, into, said in (
        ("a", {"enrollments": two}, Into("oneroster", column="Oral"), "Which class"),
        ("b", {}, Into("oneroster"), "Which line item"),
        ("c", {"categories": "sourcedId,title\n"}, Into("oneroster", column="X"), "a category"),
        ("d", {}, Into("oneroster", column="X", class_id="c7"), "No class 'c7'"),
    ):
        source = write(tmp_path / name, **more)
        given = Into("oneroster", source, into.column, class_id=into.class_id)
        with pytest.raises(WrongUsage, match=said):
            export_into.plan(session, results, given)


def test_the_fixture_of_an_enrolment_plugin(tmp_path: Path) -> None:
    """A full set of another program: the students of its one class that is not to be deleted."""
    source = fixture("oneroster-v1p1-catalyst")
    where = "cls-222-123456"
    students = read_roster(source, of_class=where).students
    folder, given = examined(tmp_path, students)
    into = Into("oneroster", source, "Oral", category="k1", period="as-grp-222-2345")
    made = upload(folder, into, tmp_path / "up.zip")
    ids = {one.student_id: one.sis_id or "" for one in students}
    found = oneroster_rules.load(made, set(ids.values()), {where})
    assert found == {"Oral": {ids[who]: score for who, score in points(given).items()}}
    assert found["Oral"]


def test_no_set_is_told(tmp_path: Path) -> None:
    """A folder without users, and a file that is no archive, are one message each."""
    with pytest.raises(BadInput, match=r"no users\.csv"):
        read_roster_set(tmp_path)
    (tmp_path / "x.zip").write_bytes(b"no zip")
    with pytest.raises(BadInput, match="neither a folder nor a zip"):
        read_roster_set(tmp_path / "x.zip")
    with pytest.raises(BadInput, match="cannot be read"):
        read_roster_set(tmp_path / "none.zip")


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """A file that says to be huge is refused before it is unpacked."""
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("users.csv", b"0" * 2_000_000)
    with pytest.raises(BadInput, match="would unpack to"):
        read_roster_set(tmp_path / "x.zip")


def test_verdicts_stand_for_the_class() -> None:
    """The class of these tests is that of the session fixture."""
    assert all(f",{who}," in SET["users.csv"] for who in VERDICTS)
