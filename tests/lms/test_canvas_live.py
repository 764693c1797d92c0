"""Class list and reviews from a Canvas course, as it is typed, against recorded answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from examrunner.main import main
from tests.classes import write_session
from tests.lms.canvas_server import Recorded, handed, user

if TYPE_CHECKING:
    from pathlib import Path

Captured = pytest.CaptureFixture[str]


def typed(*words: object) -> int:
    """Run the program with these words."""
    return main([str(word) for word in words])


def data(capsys: Captured, *words: object) -> Any:
    """Run a command with --json and return what stood on stdout."""
    typed(*words, "--json")
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """Return the class's session, which nobody has opened."""
    return write_session(tmp_path / "small")


# --- courses -------------------------------------------------------------------------------


def test_courses_are_those_one_teaches(canvas: Recorded, capsys: Captured) -> None:
    """Courses come with their ids; those in which one is a student do not."""
    assert typed("canvas", "courses") == 0
    said = capsys.readouterr().out
    assert "Deep Learning" in said
    assert "Pottery" not in said
    found = data(capsys, "canvas", "courses")
    assert [(one["id"], one["code"]) for one in found["courses"]] == [("42", "CS 496")]


def test_assignments_of_a_course(canvas: Recorded, capsys: Captured) -> None:
    """With --course the assignments are listed, over every page; its address does for its id."""
    found = data(capsys, "canvas", "courses", "--course", f"{canvas.url}/courses/42")
    listed = [(one["id"], one["title"], one["points"]) for one in found["assignments"]]
    assert listed[0] == ("7", "Oral exam", "10.0")
    assert len(listed) == 4


# --- roster --------------------------------------------------------------------------------


def test_the_class_list_comes_as_from_a_file(
    canvas: Recorded, draft: Path, capsys: Captured
) -> None:
    """Students are joined with the roster, the difference is shown, and the old list is kept."""
    canvas.users.append(user(105, "Kim, Jo", "kim", state="invited"))
    words = ["canvas", "roster", draft, "--course", 42]
    before = (draft / "roster.csv").read_bytes()
    assert typed(*words, "--preview") == 0
    said = capsys.readouterr().out
    assert "Canvas course 42: a class list, 5 students." in said
    assert "did not accept the invitation: Kim, Jo" in said
    assert (draft / "roster.csv").read_bytes() == before
    found = data(capsys, *words, "--yes")
    assert (found["added"], found["gone"], found["written"]) == (["00105"], [], True)
    rows = (draft / "roster.csv").read_text(encoding="utf-8")
    assert '"Rivera, Ana",ana@example.edu,101,00101,ana,CS 1' in rows
    assert list((draft / "backups").glob("roster-*.csv"))


def test_ids_that_canvas_hides_stay(canvas: Recorded, draft: Path, capsys: Captured) -> None:
    """Where the token may not see SIS ids, those on the roster are not taken away."""
    words = ["canvas", "roster", draft, "--course", 42, "--yes"]
    assert typed(*words) == 0
    for one in canvas.users:
        del one["sis_user_id"], one["email"]
    assert typed(*words) == 0
    assert "00101" in (draft / "roster.csv").read_text(encoding="utf-8")
    assert "roster.csv says the same already" in capsys.readouterr().out


def test_only_present_students_and_all_their_sections(
    canvas: Recorded, draft: Path, capsys: Captured
) -> None:
    """A student of two sections is named once, with both; a concluded place does not count."""
    more = dict(canvas.users[0]["enrollments"][0])
    canvas.users[0]["enrollments"].append({**more, "course_section_id": 6})
    canvas.users[1]["enrollments"].append(
        {**more, "course_section_id": 6, "enrollment_state": "completed"}
    )
    assert typed("canvas", "roster", draft, "--course", 42, "--yes") == 0
    rows = (draft / "roster.csv").read_text(encoding="utf-8").splitlines()
    assert rows[1].endswith("CS 1 and CS 2")
    assert rows[2].endswith("CS 1")


# --- reviews -------------------------------------------------------------------------------


COURSE = """\
course_version: 1
id: tiny
readings:
  - {id: attention, title: Attention Is All You Need}
  - {id: igpt, title: Image GPT}
"""


@pytest.fixture
def with_course(draft: Path) -> Path:
    """Return the session with a course of two readings."""
    settings = "session: small\ncourse: course.yaml\n"
    (draft / "session.yaml").write_text(settings, encoding="utf-8")
    (draft / "course.yaml").write_text(COURSE, encoding="utf-8")
    return draft


def test_submissions_of_papers_are_reviews(
    canvas: Recorded, with_course: Path, capsys: Captured
) -> None:
    """Who handed in what and when becomes reviews; points without a file count, others do not."""
    found = data(capsys, "canvas", "reviews", with_course, "--course", 42, "--yes")
    assert found["shapes"] == ["canvas-live"]
    assert found["written"] is True
    rows = (with_course / "reviews.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert [row.split(",")[0] for row in rows] == ["ana", "ana", "chi", "eli"]
    assert sum("2024-10-29" in row for row in rows) == 3
    texts = [one["text"] for one in found["problems"]]
    assert any("1 submission came late" in text for text in texts)
    assert any("Homework 3" in text for text in texts)


def test_files_name_the_paper_where_slots_are_numbered(
    canvas: Recorded, draft: Path, capsys: Captured
) -> None:
    """With --by-file the name of the file, or a text's first line, is the paper."""
    canvas.submissions.append(handed(104, 21, body="<p>Image GPT</p><p>It draws.</p>"))
    words = ["canvas", "reviews", draft, "--course", 42, "--by-file"]
    assert typed(*words) == 2
    assert "--assignment ID" in capsys.readouterr().err
    assert typed(*words, "--assignment", 21, "--yes") == 0
    rows = (draft / "reviews.csv").read_text(encoding="utf-8")
    assert "ana attention" in rows
    assert "zoe" in rows


def test_without_a_course_the_papers_are_named(
    canvas: Recorded, draft: Path, capsys: Captured
) -> None:
    """Where no course says which assignments are papers, none is guessed: they are listed."""
    before = (draft / "reviews.csv").read_bytes()
    words = ["canvas", "reviews", draft, "--course", 42, "--yes"]
    assert typed(*words) == 2
    assert "--assignment 21   Attention Is All You Need" in capsys.readouterr().err
    assert (draft / "reviews.csv").read_bytes() == before
    assert typed(*words, "--assignment", 21, "--assignment", 22) == 0
    rows = (draft / "reviews.csv").read_text(encoding="utf-8")
    assert "Oral exam" not in rows
    assert "Homework" not in rows


def test_anonymous_work_is_refused(canvas: Recorded, with_course: Path, capsys: Captured) -> None:
    """Where Canvas hides whose work it is, a named assignment is refused, another left out."""
    before = (with_course / "reviews.csv").read_bytes()
    canvas.assignments[1]["anonymize_students"] = True
    words = ["canvas", "reviews", with_course, "--course", 42, "--yes"]
    assert typed(*words, "--assignment", 21) == 3
    assert "Turn off anonymous grading" in capsys.readouterr().err
    assert (with_course / "reviews.csv").read_bytes() == before
    found = data(capsys, *words)
    assert any("hides whose work this is" in one["text"] for one in found["problems"])
    assert "attention" not in (with_course / "reviews.csv").read_text(encoding="utf-8")


def test_who_has_left_the_course_is_counted(
    canvas: Recorded, with_course: Path, capsys: Captured
) -> None:
    """Submissions of people who are no students of the course any more are left out, and told."""
    canvas.users = canvas.users[1:]
    found = data(capsys, "canvas", "reviews", with_course, "--course", 42, "--yes")
    assert any("1 person no longer in the course" in one["text"] for one in found["problems"])
    assert "ana" not in (with_course / "reviews.csv").read_text(encoding="utf-8")


def test_nothing_handed_in_is_an_error(
    canvas: Recorded, with_course: Path, capsys: Captured
) -> None:
    """An empty list does not take the place of the session's reviews."""
    canvas.submissions = []
    before = (with_course / "reviews.csv").read_bytes()
    assert typed("canvas", "reviews", with_course, "--course", 42, "--yes") == 1
    assert "nobody has handed in anything" in capsys.readouterr().err
    assert (with_course / "reviews.csv").read_bytes() == before
