"""OneRoster exports, as a folder and as a zip: who is a student of the class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from examrunner.storage.readers.rosters import RosterKind, read_roster
from tests.storage.workbooks import zipped

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "manifest.csv": "propertyName,value\r\noneroster.version,1.1\r\nfile.users,bulk\r\n",
    "users.csv": (
        "sourcedId,status,enabledUser,role,username,givenName,familyName,identifier,email,"
        "phone,password\r\n"
        "u1,active,TRUE,teacher,ana1,Ana,Rivera,0071,ana@x.edu,555-0100,secret-word\r\n"
        "u2,,TRUE,student,bo2,Bo,Lee,0072,bo@x.edu,,\r\n"
        "u3,tobedeleted,TRUE,student,cy3,Cy,Roy,0073,cy@x.edu,,\r\n"
        "u4,active,TRUE,student,di4,Di,Poe,0074,di@x.edu,,\r\n"
    ),
    "classes.csv": (
        "sourcedId,status,title,classCode\r\n"
        "c1,active,Generative Models,CS 496\r\nc2,tobedeleted,History,H 1\r\nc3,,Empty,E 1\r\n"
    ),
    "enrollments.csv": (
        "sourcedId,status,classSourcedId,userSourcedId,role\r\n"
        "e1,active,c1,u1,student\r\ne2,,c1,u2,student\r\ne3,active,c1,u3,student\r\n"
        "e4,active,c1,u4,teacher\r\ne5,tobedeleted,c1,u4,student\r\ne6,active,c2,u4,student\r\n"
    ),
}


def packed(**changes: str) -> bytes:
    """Return the export as a zip; files are named without their ending, empty ones left out."""
    files = {**FILES, **{f"{name}.csv": text for name, text in changes.items()}}
    return zipped({f"export/{name}": text.encode() for name, text in files.items() if text})


def test_the_role_of_the_enrolment_makes_a_student() -> None:
    """A user whose own role is teacher may be a student here; what is to be deleted is not."""
    roster = read_roster(packed(), "class.zip")
    assert roster.kind is RosterKind.ONEROSTER_1_1
    assert [(one.student_id, one.name, one.login, one.sis_id) for one in roster.students] == [
        ("0071", "Rivera, Ana", "ana1", "u1"),
        ("0072", "Lee, Bo", "bo2", "u2"),
    ]
    assert {one.section for one in roster.students} == {"Generative Models"}
    assert [one.rule for one in roster.problems] == ["oneroster-gone"]


def test_secrets_are_not_kept() -> None:
    """Passwords and phone numbers stand in no field of a student."""
    assert "secret-word" not in repr(read_roster(packed()))
    assert "555-0100" not in repr(read_roster(packed()))


def test_a_folder_reads_like_its_zip(tmp_path: Path) -> None:
    """Whether packed or not, an export gives the same students."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, newline="")
    assert read_roster(tmp_path).students == read_roster(packed()).students


def test_1_2_is_told_by_its_files() -> None:
    """Roles in a file of their own, or the manifest, make it 1.2; roles of users are not needed."""
    users = FILES["users.csv"].replace(",role,", ",").replace(",teacher,", ",")
    users = users.replace(",student,", ",")
    roles = "sourcedId,userSourcedId,roleType,role\r\nr1,u1,primary,teacher\r\n"
    roster = read_roster(packed(users=users, roles=roles))
    assert roster.kind is RosterKind.ONEROSTER_1_2
    assert len(roster.students) == 2
    manifest = FILES["manifest.csv"].replace("1.1", "1.2")
    assert read_roster(packed(manifest=manifest)).kind is RosterKind.ONEROSTER_1_2


def test_several_classes_have_to_be_told_apart() -> None:
    """With two classes that have students one is named by id, code or title."""
    enrolments = FILES["enrollments.csv"] + "e7,active,c3,u4,student\r\n"
    data = packed(enrollments=enrolments)
    (problem,) = read_roster(data).problems
    assert "--class" in problem.hint
    assert "Generative Models (c1), Empty (c3)" in problem.hint
    for name in ("c3", "e 1", "empty"):
        assert [one.name for one in read_roster(data, of_class=name).students] == ["Poe, Di"]
    (problem,) = read_roster(data, of_class="History").problems
    assert "History" in problem.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"classes": ""}, "classes.csv missing"),
        ({"manifest": "propertyName,value\nfile.users,delta\n"}, "delta"),
        ({"enrollments": FILES["enrollments.csv"] + "e7,,c1,u9,student\n"}, "u9"),
        ({"users": FILES["users.csv"].replace("Bo,Lee", "Bo\x1b,Lee")}, "U+001B"),
        ({"users": FILES["users.csv"] + "u5,active\n"}, "cells"),
        ({"enrollments": "sourcedId,status,classSourcedId,userSourcedId,role\n"}, "no class"),
    ],
)
def test_what_is_missing_or_wrong_is_named(changes: dict[str, str], words: str) -> None:
    """A missing file, a list of changes, an unknown user and bad cells refuse the whole export."""
    roster = read_roster(packed(**changes), "class.zip")
    assert not roster.students
    assert any(words in one.text for one in roster.problems)


def test_one_file_of_an_export_asks_for_all(tmp_path: Path) -> None:
    """users.csv alone does not say who is in the class, and a folder without it is no export."""
    (problem,) = read_roster(FILES["users.csv"].encode(), "users.csv").problems
    assert "OneRoster" in problem.hint
    (problem,) = read_roster(tmp_path).problems
    assert "no OneRoster files" in problem.text
