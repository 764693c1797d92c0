"""new, check and plan, as they are typed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from examrunner.cli.output import Output
from examrunner.main import main
from tests.classes import (
    GRADEBOOK,
    REVIEWS,
    ROSTER_ERROR,
    SETTINGS,
    write_files,
    write_session,
)
from tests.storage.workbooks import xlsx, zipped

if TYPE_CHECKING:
    from pathlib import Path

Captured = pytest.CaptureFixture[str]
DOUBLE = "ana@example.edu,Attention Is All You Need: Transformers,2024-10-05\n"


def typed(*words: object) -> int:
    """Run the program with these words."""
    return main([str(word) for word in words])


def new(tmp_path: Path, *options: str, reviews: str = REVIEWS) -> int:
    """Make a session in `made`."""
    roster, reviewed = write_files(tmp_path, reviews=reviews)
    return typed("new", tmp_path / "made", "--roster", roster, "--reviews", reviewed, *options)


def data(capsys: Captured) -> Any:
    """Return what stands on stdout, which must be JSON and nothing else."""
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Put a person at the keyboard who gives these answers."""
    answers: list[str] = []
    monkeypatch.setattr(Output, "is_terminal", lambda _: True)
    monkeypatch.setattr("builtins.input", lambda _: answers.pop(0))
    return answers


# --- new -----------------------------------------------------------------------------------


def test_new_says_what_it_found_and_what_to_type_next(tmp_path: Path, capsys: Captured) -> None:
    """The numbers of the files are told, and the last line is a command."""
    assert new(tmp_path) == 0
    said = capsys.readouterr().out
    assert "a class list, 4 students" in said
    assert "5 reviews of 3 readings" in said
    assert said.splitlines()[-1] == f"Examine with: examrunner open {tmp_path / 'made'}"


def test_the_next_command_can_be_pasted(tmp_path: Path, capsys: Captured) -> None:
    """A folder with a blank in its name is quoted."""
    roster, reviewed = write_files(tmp_path)
    folder = tmp_path / "my class"
    assert typed("new", folder, "--roster", roster, "--reviews", reviewed) == 0
    assert f"examrunner open '{folder}'" in capsys.readouterr().out


def test_people_and_titles_that_are_unknown_are_listed_once(
    tmp_path: Path, capsys: Captured
) -> None:
    """Each unknown title and person stands in one line, however many reviews there are."""
    more = "chi@example.edu,Odd Paper,\neli@example.edu,Odd Paper,\n" + "no@example.edu,X,\n" * 3
    assert new(tmp_path, "--course", "cs496", reviews=REVIEWS + more) == 0
    said = capsys.readouterr().out
    assert said.count("Odd Paper") == 1
    assert said.count("no@example.edu") == 1


def test_what_may_mean_a_reading_is_named_with_the_command_that_asks(
    tmp_path: Path, capsys: Captured
) -> None:
    """An assignment that is nearly a reading's title is left out, and it is said who asks."""
    book = (
        "Student,ID,SIS Login ID,Section,LoRA review (79),Image GPT (80),Quiz 3 (81)\n"
        "Ana,1,ana,CS,1.00,1.00,5.00\nChi,2,chi,CS,EX,complete,A-\n"
    )
    assert new(tmp_path, "--course", "cs496", reviews=book) == 0
    said = capsys.readouterr().out
    assert "1 title that may mean a reading; left out until somebody says so:\n    LoRA" in said
    asks = f"import reviews {tmp_path / 'reviewed.csv'} --session {tmp_path / 'made'}"
    assert f"1 open question about titles and people: examrunner {asks} asks." in said
    assert "2 reviews of 1 reading\n" in said


def test_new_as_data(tmp_path: Path, capsys: Captured) -> None:
    """With --json stdout is one document with the numbers and the next command."""
    assert new(tmp_path, "--json") == 0
    found = data(capsys)
    assert found["ok"] is True
    assert found["roster"] == {"kind": "plain", "students": 4}
    assert found["reviews"] == {"shape": "long", "count": 5, "readings": 3}
    assert found["next"].startswith("examrunner open ")


def test_a_person_is_asked_about_doubles(
    tmp_path: Path, capsys: Captured, person: list[str]
) -> None:
    """A yes makes two spellings one reading."""
    person.append("y")
    assert new(tmp_path, reviews=REVIEWS + DOUBLE) == 0
    assert "5 reviews of 3 readings" in capsys.readouterr().out
    assert "Transformers" not in (tmp_path / "made" / "reviews.csv").read_text(encoding="utf-8")


def test_anything_but_yes_keeps_two_readings(
    tmp_path: Path, capsys: Captured, person: list[str]
) -> None:
    """Enter alone joins nothing."""
    person.append("")
    assert new(tmp_path, reviews=REVIEWS + DOUBLE) == 0
    assert "6 reviews of 4 readings" in capsys.readouterr().out


def test_without_a_terminal_nothing_is_asked(tmp_path: Path, capsys: Captured) -> None:
    """Possible doubles are told instead, and both readings are kept."""
    assert new(tmp_path, reviews=REVIEWS + DOUBLE) == 0
    said = capsys.readouterr().out
    assert "6 reviews of 4 readings" in said
    assert "1 pair of titles that may be one reading" in said


def test_new_lists_every_error_and_writes_nothing(tmp_path: Path, capsys: Captured) -> None:
    """Bad files are told of at once on stderr; there is no session afterwards."""
    roster, _ = write_files(tmp_path, ROSTER_ERROR)
    code = typed("new", tmp_path / "made", "--roster", roster, "--reviews", tmp_path / "no.csv")
    said = capsys.readouterr()
    assert code == 1
    assert said.out == ""
    assert f"{roster}:6" in said.err
    assert "no.csv: error: cannot be read: No such file" in said.err
    assert not (tmp_path / "made").exists()


def test_new_takes_the_class_that_is_named(tmp_path: Path, capsys: Captured) -> None:
    """Of a OneRoster set with two classes one is named, as the message says."""
    files = {
        "users.csv": "sourcedId,username,givenName,familyName,email\n"
        "u1,ana,Ana,Rivera,ana@example.edu\nu2,chi,Chi,Okafor,chi@example.edu\n",
        "classes.csv": "sourcedId,title\nc1,CS 496\nc2,CS 111\n",
        "enrollments.csv": "sourcedId,classSourcedId,userSourcedId,role\n"
        "e1,c1,u1,student\ne2,c2,u2,student\n",
    }
    source = tmp_path / "set"
    source.mkdir()
    for name, text in files.items():
        (source / name).write_text(text, encoding="utf-8")
    _, reviewed = write_files(tmp_path)
    words = ("new", tmp_path / "made", "--roster", source, "--reviews", reviewed)
    assert typed(*words) == 1
    assert "name one with --class: CS 496 (c1), CS 111 (c2)" in capsys.readouterr().err
    assert typed(*words, "--class", "CS 496") == 0
    roster = (tmp_path / "made" / "roster.csv").read_text(encoding="utf-8")
    assert "ana@example.edu" in roster
    assert "chi@example.edu" not in roster


def test_new_takes_the_sheets_that_are_named(tmp_path: Path, capsys: Captured) -> None:
    """One workbook may hold both tables and others: the class list's sheet is named first."""
    book = tmp_path / "all.xlsx"
    people = [row.split(",") for row in ("student_id,name", "ana,Ana Rivera", "chi,Chi Okafor")]
    rows = [row.split(",") for row in ("student_id,paper", "ana,Image GPT", "chi,Image GPT")]
    old = [*people, ["old", "Old Student"], ["elder", "Elder Student"]]
    book.write_bytes(xlsx({"Before": old, "People": people, "Reviews": rows}))
    words = ("new", tmp_path / "made", "--roster", book, "--reviews", book)
    assert typed(*words, "--sheet", "People", "--sheet", "Reviews") == 0
    assert "2 students" in capsys.readouterr().out
    again = ("new", tmp_path / "again", *words[2:])
    assert typed(*again, *(["--sheet", "People"] * 3)) == 2
    assert "--sheet is given too often" in capsys.readouterr().err


def test_new_takes_the_paper_of_a_zip(tmp_path: Path, capsys: Captured) -> None:
    """Submissions that do not name their paper are about the one that is given."""
    roster, _ = write_files(tmp_path, GRADEBOOK)
    packed = tmp_path / "sub.zip"
    packed.write_bytes(zipped({"riveraana_101_501_review.pdf": b"%PDF"}))
    words = ("new", tmp_path / "made", "--roster", roster, "--reviews", packed)
    assert typed(*words) == 1
    assert "--paper" in capsys.readouterr().err
    assert typed(*words, "--paper", "Image GPT") == 0
    assert "Image GPT" in (tmp_path / "made" / "reviews.csv").read_text(encoding="utf-8")


def test_new_never_touches_a_session(tmp_path: Path, capsys: Captured) -> None:
    """A folder that holds a session is refused with exit code 3."""
    assert new(tmp_path) == 0
    before = {file: file.read_bytes() for file in (tmp_path / "made").iterdir()}
    assert new(tmp_path) == 3
    assert "holds a session already" in capsys.readouterr().err
    assert {file: file.read_bytes() for file in (tmp_path / "made").iterdir()} == before


# --- check ---------------------------------------------------------------------------------


def test_check_ends_with_what_will_happen(tmp_path: Path, capsys: Captured) -> None:
    """A session without errors is ok, and the last lines say what follows."""
    assert typed("check", write_session(tmp_path / "small")) == 0
    said = capsys.readouterr().out
    assert "ok: 4 students, 5 reviews. Each is examined on one paper" in said
    assert "3 of 3 papers have no bank" in said


def test_papers_without_a_bank_are_one_table_and_many_problems(
    tmp_path: Path, capsys: Captured
) -> None:
    """Words rank them in a table, the likeliest first; data hold one problem each."""
    folder = write_session(tmp_path / "small")
    typed("check", folder)
    lines = capsys.readouterr().out.splitlines()
    start = lines.index("  drawn by anyone  paper")
    assert lines[start + 1].split(maxsplit=1) == [
        "100%",
        "Attention Is All You Need",
    ]
    typed("check", folder, "--json")
    found = data(capsys)
    assert sum(problem["rule"] == "no-bank" for problem in found["problems"]) == 3
    assert [one["drawn_by_anyone"] for one in found["without_bank"]] == [1.0, 1.0, 1.0]


def test_errors_come_first_and_give_exit_code_1(tmp_path: Path, capsys: Captured) -> None:
    """A session with an error is not ok."""
    folder = write_session(tmp_path / "small", roster=ROSTER_ERROR)
    assert typed("check", folder) == 1
    said = capsys.readouterr().out
    assert said.splitlines()[0] == "1 error"
    assert "not ok" in said
    assert typed("check", folder, "--json") == 1
    found = data(capsys)
    assert found["ok"] is False
    assert set(found["problems"][0]) == {
        "severity", "file", "line", "column", "rule", "text", "hint",
    }  # fmt: skip


def test_who_is_short_of_reviews_and_what_follows(tmp_path: Path, capsys: Captured) -> None:
    """Too few reviews stand below one heading, each with its consequence."""
    new(tmp_path, "--course", "cs496")
    capsys.readouterr()
    assert typed("check", tmp_path / "made") == 0
    said = capsys.readouterr().out
    assert "too few reviews (4)" in said
    assert "Rivera, Ana has 2 of 20 reviews; the draw goes over the 2 eligible papers" in said


def test_excluding_papers_shows_each_students_odds(tmp_path: Path, capsys: Captured) -> None:
    """Where papers without a bank are not drawn, the effect on each student is shown."""
    new(tmp_path, "--course", "cs496")
    folder = tmp_path / "made"
    text = (folder / "session.yaml").read_text(encoding="utf-8")
    text = text.replace("without_bank: fallback", "without_bank: exclude")
    (folder / "session.yaml").write_text(text, encoding="utf-8")
    capsys.readouterr()
    assert typed("check", folder) == 0
    (row,) = [
        line.split()
        for line in capsys.readouterr().out.splitlines()
        if line.startswith("  Rivera, Ana ")
    ]
    assert row == ["Rivera,", "Ana", "2", "1", "1", "in", "1"]


def test_a_class_that_does_not_fit_is_a_warning(tmp_path: Path, capsys: Captured) -> None:
    """The day is still possible: exit code 0, with a warning that names the lack."""
    short = SETTINGS.replace("09:30", "09:10")
    assert typed("check", write_session(tmp_path / "small", short)) == 0
    assert "the window is 12:00 too short" in capsys.readouterr().out


def test_names_cannot_move_the_cursor(tmp_path: Path, capsys: Captured) -> None:
    """A title with an escape sequence reaches the terminal as visible marks."""
    reviews = REVIEWS.replace("Image GPT", "Image \x1b[31mGPT")
    typed("check", write_session(tmp_path / "small", reviews=reviews))
    said = capsys.readouterr()
    assert "\x1b" not in said.out + said.err


# --- plan ----------------------------------------------------------------------------------


def test_plan_says_what_would_make_it_fit(tmp_path: Path, capsys: Captured) -> None:
    """A class that does not fit gets three ways out."""
    short = SETTINGS.replace("09:30", "09:10")
    assert typed("plan", write_session(tmp_path / "small", short)) == 0
    said = capsys.readouterr().out
    assert "22:00 in total" in said
    assert "start 12:00 earlier" in said
    assert "talks of 2:00 (minutes: 2)" in said
    assert "examine 1 student," in said


def test_plan_that_fits(tmp_path: Path, capsys: Captured) -> None:
    """A class that fits is told how much is to spare."""
    assert typed("plan", write_session(tmp_path / "small")) == 0
    assert "They fit" in capsys.readouterr().out


def test_plan_without_a_window(tmp_path: Path, capsys: Captured) -> None:
    """Without a window the sum is all there is to say."""
    assert typed("plan", write_session(tmp_path / "small", "session: small\n")) == 0
    said = capsys.readouterr().out
    assert "22:00 in total" in said
    assert "no window" in said


def test_plan_as_data(tmp_path: Path, capsys: Captured) -> None:
    """With --json the plan is numbers of seconds."""
    assert typed("plan", write_session(tmp_path / "small"), "--json") == 0
    found = data(capsys)
    assert found["fits"] is True
    assert found["needed_seconds"] == 4 * 300 + 3 * 40
    assert found["window_seconds"] == 1800


def test_check_and_plan_of_a_committed_session(tmp_path: Path, capsys: Captured) -> None:
    """From commit on the plan is the record's, and both say how changed files come to count."""
    folder = write_session(tmp_path / "small")
    assert typed("commit", folder) == 0
    shorter = SETTINGS.replace("09:30", "09:10")
    (folder / "session.yaml").write_text(shorter, encoding="utf-8")
    for command in ("check", "plan"):
        capsys.readouterr()
        assert typed(command, folder) == 0
        said = capsys.readouterr().out
        assert "only once\nit is committed again: examrunner commit --why other" in said
        assert "has been opened" not in said
    assert "the window from 09:00 to 09:30" in said
