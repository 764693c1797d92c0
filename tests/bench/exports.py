"""Files of scores for a large class, against the csv module's own writing of the same cells."""

from __future__ import annotations

import csv
import io
import statistics
import time
from decimal import Decimal
from typing import TYPE_CHECKING

from examrunner.domain.course.people import Student
from examrunner.storage.readers.canvas import read_gradebook
from examrunner.storage.readers.grade_files import System
from examrunner.storage.writers.canvas import plan_upload, render_upload
from examrunner.storage.writers.grade_uploads import from_roster, plan_scores, render_grades
from examrunner.storage.writers.score_tables import Value, render_scores

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Pair = tuple[float, float]
ROWS = 100_000
ROUNDS = 5
HEADER = (
    "student_id", "name", "email", "section", "status", "verdict", "score", "paper", "origin",
    "seconds", "decided_at", "examiner", "record",
)  # fmt: skip
TEN = Decimal(10)


def table() -> list[list[Value]]:
    """Return the rows of the table for people."""
    record = "100000 events, head 0123456789ab"
    return [
        [
            f"s{n:06}", f"Núñez, Student {n}", f"s{n}@example.edu", "CS 1", "done", "pass", TEN,
            "VQ-VAE: Neural Discrete Representation Learning", "drawn", 261,
            "2024-12-13T09:04:21-06:00", "ann", record,
        ]
        for n in range(ROWS)
    ]  # fmt: skip


def students(count: int) -> list[Student]:
    """Return a class."""
    return [
        Student(f"s{n:06}", f"Núñez, Student {n}", f"s{n}@example.edu", f"{n}", f"00{n}", f"l{n}")
        for n in range(count)
    ]


def bare(rows: Sequence[Sequence[object]]) -> bytes:
    """Write cells as they are."""
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\r\n").writerows(rows)
    return stream.getvalue().encode()


def _pair(ours: Callable[[], bytes], cells: Sequence[Sequence[object]]) -> Pair:
    """Return the median seconds of a writer of ours and of the bare one, run in turn."""
    mine, yard = [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        bare(cells)
        between = time.perf_counter()
        ours()
        yard.append(between - began)
        mine.append(time.perf_counter() - between)
    return statistics.median(mine), statistics.median(yard)


def measured() -> dict[str, Pair]:
    """Return our seconds and the bare writer's."""
    rows = table()
    people = students(ROWS)
    scores = dict.fromkeys((one.student_id for one in people), TEN)
    grades = from_roster(System.MOODLE, people, "Oral exam")
    upload = plan_scores(grades, grades.book.columns[-1], people, scores)
    flat = [["Email address", "Oral exam"], *([one.email or "", "10"] for one in people)]
    header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Oral (7)"]
    cells = [[one.name, one.canvas_id, one.sis_id, one.login, "S", ""] for one in people]
    book = read_gradebook(bare([header, *cells]))
    theirs = plan_upload(book, book.columns[-1], people, scores)
    return {
        "100,000 rows for people, CSV": _pair(lambda: render_scores(HEADER, rows), rows),
        "100,000 rows for Moodle": _pair(lambda: render_grades(grades, upload), flat),
        "100,000 rows for Canvas": _pair(lambda: render_upload(book, theirs), [header, *cells]),
    }


if __name__ == "__main__":
    for name, (ours, yard) in measured().items():
        print(f"{name:38} {ours:9.3f} / {yard:9.3f} = {ours / yard:5.2f}")  # noqa: T201
