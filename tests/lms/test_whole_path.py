"""The whole path for Canvas, typed as an instructor types it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from examrunner.domain.exam.events import Verdict
from examrunner.main import main
from examrunner.storage.readers.rosters import read_roster
from tests.classes import examine
from tests.hostile_files import table
from tests.lms import canvas_rules

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

STUDENTS, PAPERS = 24, 20
EXAM = "CS 496 oral exam (900)"


def gradebook() -> bytes:
    """Return a gradebook with an assignment for each paper's review, and one for the exam."""
    reviews = [f"Review: Paper number {n} ({100 + n})" for n in range(PAPERS)]
    header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *reviews, EXAM,
              "Reviews Current Score", "Final Score"]  # fmt: skip
    points = ["    Points Possible", *[""] * 4, *["1.00"] * PAPERS, "10.00", *["(read only)"] * 2]
    rows = [
        [f"Family{n}, Given{n}", f"{5000 + n}", f"{n:010}", f"net{n}", "CS 496-0",
         *["1.00" if (n + paper) % 3 else "" for paper in range(PAPERS)], "", "90", "80"]
        for n in range(STUDENTS)
    ]  # fmt: skip
    return table(header, points, *rows)


def test_from_a_gradebook_to_an_upload(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One export gives class and reviews; 24 are examined; the upload grades just these."""
    book, folder = tmp_path / "book.csv", tmp_path / "exam"
    book.write_bytes(gradebook())
    assert main(["new", str(folder), "--roster", str(book), "--reviews", str(book)]) == 0
    students = read_roster(book).students
    passed = {one.student_id for place, one in enumerate(students) if place % 5}
    examine(
        folder,
        {
            one.student_id: Verdict.PASS if one.student_id in passed else Verdict.FAIL
            for one in students
        },
    )
    capsys.readouterr()
    out = tmp_path / "up.csv"
    words = ["export", "canvas", str(folder), "--into", str(book), "--out", str(out), "--json"]
    assert main([*words, "--yes"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert len(shown["changes"]) == STUDENTS
    assert shown["left_out"] == shown["not_in_class"] == shown["not_in_file"] == []
    outcome = canvas_rules.upload(out.read_bytes(), canvas_rules.course_of(book.read_bytes()))
    assert outcome.asked == []
    assert outcome.graded == {
        (one.canvas_id, "900"): 10 if one.student_id in passed else 0 for one in students
    }
