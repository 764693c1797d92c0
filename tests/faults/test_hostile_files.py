"""Hostile files and texts through every reader: refused with a place, or kept letter by letter."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.text import is_id
from examrunner.services.create import read_sources
from examrunner.storage.readers.bank_files import read_bank
from examrunner.storage.readers.canvas import read_gradebook
from examrunner.storage.readers.course_files import read_course
from examrunner.storage.readers.review_lists import read_reviews
from examrunner.storage.readers.rosters import read_roster
from examrunner.storage.readers.session_files import read_settings
from examrunner.storage.readers.tables import MAX_COLUMNS, MAX_LENGTH, MAX_LINES
from tests.hostile import REFUSED, SHOWN, corpus, kept, let_in
from tests.hostile_files import GRADEBOOK, table

if TYPE_CHECKING:
    from tests.faults.conftest import Fault

ROOT = Path(__file__).parents[2]
SECONDS, MEGABYTES = 2, 200


def yaml_text(text: str) -> str:
    """Return a text in single quotes, in which YAML knows no escape but the quote itself."""
    return "'" + text.replace("'", "''") + "'"


def test_our_own_set_is_what_it_says() -> None:
    """Each text of the small set is let in as it is, or refused, as its place in it says."""
    assert {what: kept(text) for what, text in SHOWN.items()} == SHOWN
    assert [what for what, text in REFUSED.items() if kept(text) is not None] == []


def test_no_file_costs_much_or_passes_unlocated(fault: Fault) -> None:
    """Every hostile file ends within 2 s and 200 MB: refused with file and line, or read."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile_files"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["wrong"] == []
    assert told["seconds"] < SECONDS, told["slowest"]
    assert told["megabytes"] < MEGABYTES
    words = f"hostile files, the worst {told['seconds']:.1f} s and {told['megabytes']:.0f} MB"
    fault.report(22, words, count=told["count"])


def test_names_and_titles_arrive_letter_by_letter() -> None:
    """A class list, a gradebook and a review list give every text back exactly."""
    texts = let_in()
    listed = table(["name", "id"], *([text, f"s{n}"] for n, text in enumerate(texts)))
    roster = read_roster(listed, "roster.csv")
    assert [one.name for one in roster.students] == texts
    book = table(GRADEBOOK, *([text, f"{n}", "", f"l{n}", "S", ""] for n, text in enumerate(texts)))
    gradebook = read_gradebook(book, "gradebook.csv")
    assert [gradebook.name(row) for row in gradebook.rows] == texts
    reviews = read_reviews(table(["student_id", "paper"], *(["s1", text] for text in texts)))
    assert [row.paper for row in reviews.rows] == texts


def test_texts_of_yaml_arrive_letter_by_letter(tmp_path: Path) -> None:
    """A bank, a course and a session file give every text back exactly."""
    texts = let_in()
    titles = "".join(f"  - {{id: r{n}, title: {yaml_text(t)}}}\n" for n, t in enumerate(texts))
    (tmp_path / "course.yaml").write_text(f"id: c\nreadings:\n{titles}", "utf-8")
    said = "".join(f"  - {{kind: core, say: {yaml_text(text)}}}\n" for text in texts)
    (tmp_path / "bank.yaml").write_text(f"reading: bank\nquestions:\n{said}", "utf-8")
    course, _ = read_course(tmp_path / "course.yaml")
    bank, _ = read_bank(tmp_path / "bank.yaml")
    assert course is not None
    assert bank is not None
    assert [reading.title for reading in course.readings] == texts
    assert [question.say for question in bank.questions] == texts
    for text in SHOWN.values():
        (tmp_path / "session.yaml").write_text(f"draw: {{public: {yaml_text(text)}}}\n", "utf-8")
        settings, _ = read_settings(tmp_path)
        assert settings is not None
        assert settings.draw.public == text


@pytest.mark.parametrize("what", REFUSED)
def test_a_refused_name_is_told_with_its_row(what: str) -> None:
    """What no name may hold is an error at its own row, and nobody is read."""
    data = table(["name", "id"], ["Bo", "1"], [REFUSED[what], "2"], ["Cy", "3"])
    roster = read_roster(data, "roster.csv")
    assert roster.students == ()
    assert {(one.file, one.line) for one in roster.problems} == {("roster.csv", 3)} or (
        what == "surrogate" and roster.problems[0].rule == "csv-encoding"
    )


@pytest.mark.parametrize(
    "magic", [b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0"], ids=["xlsx", "empty zip", "xls"]
)
def test_a_workbook_is_refused_by_its_first_bytes(tmp_path: Path, magic: bytes) -> None:
    """A workbook or archive under the name of a table is told apart, and what to do about it."""
    for name in ("roster.csv", "reviews.csv"):
        (tmp_path / name).write_bytes(magic + bytes(range(256)) * 40)
    for problems in (
        read_roster(tmp_path / "roster.csv").problems,
        read_reviews(tmp_path / "reviews.csv").problems,
    ):
        (problem,) = problems
        assert (problem.line, problem.rule) == (1, "csv-encoding")
        assert "save it as CSV" in problem.hint
        assert problem.file is not None


def test_a_table_whose_first_column_begins_with_pk_is_no_archive() -> None:
    """The two letters alone do not make a workbook."""
    assert [one.name for one in read_roster(b"PK,name,id\n9,Ann,1\n").students] == ["Ann"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"name,id\n" + b"\n" * MAX_LINES, "200,000 lines"),
        (b"name,id\n" + b"," * 2_000_001, "2,000,000 cells"),
        (b"name,id" + b",x" * MAX_COLUMNS, "5,000 cells"),
    ],
    ids=["lines", "cells", "columns"],
)
def test_more_than_any_class_has_is_refused_before_it_is_read(data: bytes, words: str) -> None:
    """Lines, cells and columns beyond reason are one problem, whatever they hold."""
    (problem,) = read_roster(data, "roster.csv").problems
    assert words in problem.text
    assert problem.line == 1


def test_the_longest_name_that_is_let_in() -> None:
    """A thousand characters are a name, one more is a mistake in the file."""
    assert read_roster(table(["name", "id"], ["N" * MAX_LENGTH, "1"])).students
    (problem,) = read_roster(table(["name", "id"], ["N" * (MAX_LENGTH + 1), "1"])).problems
    assert problem.rule == "csv-long"


def test_ids_come_through_unchanged_or_are_refused() -> None:
    """Zeros in front, long digits and capitals stay; what is no id is an error at its row."""
    good = [
        "0012345",
        "00000000000000000012",
        "1E5",
        "1.0",
        "2006.11230",
        "CON",
        "nul.yaml",
        "a..b",
    ]
    rows = [[f"N{n}", text] for n, text in enumerate(good)]
    assert [one.student_id for one in read_roster(table(["name", "id"], *rows)).students] == good
    ids = corpus("ids.json")
    bad = ["=1+1", "../x", "a/b", "-rf", "~root", "$HOME", "a;b", "`id`", "x" * 65, "\u0661"]
    bad += [case["value"] for case in ids["values"]] if ids else []
    for text in bad:
        roster = read_roster(table(["name", "id"], ["Ann", "1"], ["Bo", text]), "roster.csv")
        if is_id(text):
            assert roster.students[1].student_id == text
        else:
            assert roster.students == ()
            assert {one.line for one in roster.problems} == {3}, ascii(text)


def test_many_titles_that_nobody_knows_are_matched_in_time(tmp_path: Path) -> None:
    """Eight thousand unknown titles of two students each become a reading, in a moment."""
    count = 8_000
    (tmp_path / "roster.csv").write_bytes(table(["name", "id"], ["Ann", "1"], ["Bo", "2"]))
    rows = ([str(1 + n % 2), f"Paper {n} of many"] for n in range(count))
    (tmp_path / "reviews.csv").write_bytes(table(["student_id", "paper"], *rows))
    sources = read_sources(
        tmp_path / "roster.csv",
        tmp_path / "reviews.csv",
        ROOT / "questionbanks" / "cs496" / "course.yaml",
    )
    assert sources.reviewed == count
