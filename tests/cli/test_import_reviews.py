"""`import reviews` and `export ics`, as they are typed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from examrunner.cli.output import Output
from examrunner.main import main
from examrunner.services.prepare import prepare
from tests.services.desks import write_small

if TYPE_CHECKING:
    from pathlib import Path

Captured = pytest.CaptureFixture[str]
HEAD = "student_id,paper,date\n"
PAPERS = ("Paper A", "Paper B", "Paper C")


def typed(*words: object) -> int:
    """Run the program with these words."""
    return main([str(word) for word in words])


def listed(folder: Path, text: str) -> Path:
    """Write a list of reviews beside a session."""
    file = folder.parent / "new.csv"
    file.write_text(text, encoding="utf-8")
    return file


def gradebook(folder: Path) -> Path:
    """Write a gradebook with an assignment for each paper, and one that is none."""
    titles = ",".join(f"Review of {title} ({100 + n})" for n, title in enumerate(PAPERS))
    people = (("Ana", 11, "1.00,1.00,"), ("Chi", 12, "1.00,0.00,EX"), ("Zoe", 14, ",,1.00"))
    rows = "".join(
        f"{name},{number},{name.lower()},CS 1,{cells},5.00\n" for name, number, cells in people
    )
    file = folder.parent / "gradebook.csv"
    file.write_text(
        f"Student,ID,SIS Login ID,Section,{titles},Homework (900)\n"
        f"    Points Possible,,,,1.00,1.00,1.00,5.00\n{rows}"
        '"Student, Test",9,0123456789abcdef0123456789abcdef01234567,CS 1,1.00,1.00,1.00,\n'
    )
    return file


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Put a person at the keyboard who gives these answers."""
    answers: list[str] = []
    monkeypatch.setattr(Output, "is_terminal", staticmethod(lambda: True))
    monkeypatch.setattr("builtins.input", lambda _: answers.pop(0))
    return answers


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the small session."""
    return write_small(tmp_path)


def test_the_path_from_a_gradebook(folder: Path, capsys: Captured) -> None:
    """A gradebook with review columns becomes what each student may be drawn on."""
    file = gradebook(folder)
    assert typed("import", "reviews", file, "--session", folder, "--yes") == 0
    said = capsys.readouterr().out
    assert "a Canvas gradebook" in said
    assert "test student" in said
    assert "'Homework' is no reading of the course: left out" in said
    assert "'EX' below 'Review of Paper C' counts as no review (line 4)" in said
    lists = {name: one.eligible for name, one in prepare(folder).eligible.items()}
    assert lists == {
        "ana": ("paper-a", "paper-b"),
        "chi": ("paper-a",),
        "eli": (),
        "zoe": ("paper-c",),
    }


def test_questions_are_asked_one_by_one(folder: Path, person: list[str], capsys: Captured) -> None:
    """A number takes a reading, a word that is none is asked again, an empty line is later."""
    text = HEAD + "zoe,The A paper,\nzoe,Talk,\nzoe,Other,\nNobody,Paper A,\n"
    person += ["9", "1", "o", "", "eli", "y"]
    assert typed("import", "reviews", listed(folder, text), "--session", folder, "--add") == 0
    said = capsys.readouterr().out
    assert "1 of 4: which reading is this?  (line 2)" in said
    assert "9 is none of these." in said
    assert person == []
    assert prepare(folder).eligible["zoe"].eligible == ("other", "paper-a", "talk")
    assert prepare(folder).eligible["eli"].eligible == ("paper-a", "paper-c")
    assert (folder / "answers.csv").read_text().splitlines()[1:] == [
        "The A paper,paper-a,,",
        "Talk,own,,",
        ",,Nobody,eli",
    ]


def test_a_student_id_is_never_taken_for_a_number_of_the_list(
    folder: Path, person: list[str], capsys: Captured
) -> None:
    """Where students are numbered, those who may be meant have letters."""
    roster = "student_id,name\n1,Ana Rivera\n2,Chi\n3,Ana Riveira\n"
    (folder / "roster.csv").write_text(roster, encoding="utf-8")
    person += ["1", "b", "y"]
    text = HEAD + "Ana Rivara,Paper A,\nRiviera Ana,Paper B,\n"
    assert typed("import", "reviews", listed(folder, text), "--session", folder) == 0
    said = capsys.readouterr().out
    assert "  a  Ana" in said
    assert "  b  Ana" in said
    first, second = prepare(folder).reviews
    assert (first.student_id, first.reading_id) == ("1", "paper-a")
    assert second.student_id in {"1", "3"}


def test_questions_go_to_a_file_and_come_back(folder: Path, capsys: Captured) -> None:
    """Open questions are written on request, and the filled file answers them."""
    file, asked = listed(folder, HEAD + "zoe,The A paper,\n"), folder.parent / "q.csv"
    words = ("import", "reviews", file, "--session", folder, "--add")
    assert typed(*words, "--preview", "--questions", asked) == 0
    assert "1 open question" in capsys.readouterr().out
    assert typed(*words, "--preview", "--questions", asked) == 3
    asked.write_text(asked.read_text().replace("The A paper,,", "The A paper,paper-a,"))
    assert typed(*words, "--answers", asked, "--yes") == 0
    assert prepare(folder).eligible["zoe"].eligible == ("paper-a",)


def test_data_of_an_import(folder: Path, capsys: Captured) -> None:
    """--json tells links, questions and the difference, and writes only with --yes."""
    text = HEAD + "ana,Paper A,\nzoe,The A paper,\nNobody,Paper A,\n"
    words = ("import", "reviews", listed(folder, text), "--session", folder, "--json")
    assert typed(*words, "--preview") == 0
    data: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert data["ok"]
    assert not data["written"]
    assert [one["title"] for one in data["questions"]["titles"]] == ["The A paper"]
    assert data["questions"]["people"][0]["who"] == ["Nobody"]
    assert {
        "student": "ana", "new": [], "gone": ["paper-b"], "unchanged": 1
    } in data["students"]  # fmt: skip
    assert typed(*words) == 3
    capsys.readouterr()
    assert typed(*words, "--yes") == 0
    data = json.loads(capsys.readouterr().out)
    assert data["written"]
    assert data["kept"]


def test_a_bad_list_is_told_with_its_rows(folder: Path, capsys: Captured) -> None:
    """Exit code 1 and the place of each problem; nothing is written."""
    before = (folder / "reviews.csv").read_bytes()
    assert (
        typed("import", "reviews", listed(folder, "a,b\n1,2\n"), "--session", folder, "--yes") == 1
    )
    assert "new.csv:1: error: no column says who reviewed" in capsys.readouterr().err
    assert (folder / "reviews.csv").read_bytes() == before


def test_a_list_of_nobody_on_the_roster_is_refused(folder: Path, capsys: Captured) -> None:
    """Where none of the reviews is anybody's the session keeps those it has."""
    before = (folder / "reviews.csv").read_bytes()
    words = ("import", "reviews", listed(folder, HEAD + "Nobody,Paper A,\n"), "--session", folder)
    assert typed(*words, "--yes", "--json") == 1
    assert not json.loads(capsys.readouterr().out)["ok"]
    assert typed(*words, "--preview") == 0
    assert "1 open question" in capsys.readouterr().out
    assert (folder / "reviews.csv").read_bytes() == before


def test_reviews_that_the_record_lacks_are_taken_in(folder: Path, capsys: Captured) -> None:
    """Reviews imported between commit and begin join the record when they are imported again."""
    words = ("import", "reviews", listed(folder, HEAD + "zoe,Paper B,\n"), "--add", "--yes")
    typed("commit", folder)
    typed(*words, "--session", folder)
    typed("draw", folder, "--all", "--yes")
    capsys.readouterr()
    assert typed(*words, "--session", folder, "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert not data["written"]
    assert [one["student"] for one in data["record"]["lists"]] == ["zoe"]


def test_invitations(folder: Path, capsys: Captured) -> None:
    """`export ics` writes a new folder and warns of the order at the door."""
    assert typed("export", "ics", folder) == 3
    assert "no date and no window" in capsys.readouterr().err
    with (folder / "session.yaml").open("a") as stream:
        stream.write("exam: {date: 2024-12-13, window: {start: 09:00, end: 10:00}}\n")
    target = folder.parent / "calendars"
    assert typed("export", "ics", folder, "--to", target, "--door", "--location", "Room 1") == 0
    said = capsys.readouterr().out
    assert "4 invitations" in said
    assert "published proof" in said
    assert (target / "slot-004.ics").is_file()
    assert typed("export", "ics", folder, "--to", target) == 3
    capsys.readouterr()
    assert typed("export", "ics", folder, "--json") == 0
    assert json.loads(capsys.readouterr().out)["sequence"] == 1
