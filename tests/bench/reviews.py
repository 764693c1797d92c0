"""A review list of 100,000 rows against the csv module's own reading of the same bytes."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from examrunner.domain.course.catalogue import Course, Reading
from examrunner.domain.course.matching import match_reviews
from examrunner.domain.course.people import Student
from examrunner.storage.collector import held_back
from examrunner.storage.readers.review_lists import read_reviews
from tests.bench.rosters import by_csv

if TYPE_CHECKING:
    from collections.abc import Callable

Pair = tuple[float, float]
EACH = 20
STUDENTS = 5_000
ROUNDS = 5


def listed() -> bytes:
    """Return twenty reviews of each of five thousand students."""
    rows = "".join(
        f"s{who:05},{n + 1},paper-{n},2024-10-{n + 1:02}\n"
        for who in range(STUDENTS)
        for n in range(EACH)
    )
    return f"student_id,number,reading_id,submitted_on\n{rows}".encode()


def measured() -> dict[str, Pair]:
    """Return name to our seconds and those of the csv module, in turn in the same run."""
    data = listed()
    students = [Student(f"s{who:05}", f"Name {who}") for who in range(STUDENTS)]
    readings = tuple(Reading(f"paper-{n}", f"A paper on topic {n}") for n in range(EACH))
    course = Course("c", readings=readings)

    def read() -> None:
        assert len(read_reviews(data).rows) == STUDENTS * EACH

    def matched() -> None:
        with held_back():
            found = match_reviews(read_reviews(data).rows, students, course)
        assert len(found.reviews) == STUDENTS * EACH

    found = {}
    for name, ours in (("read", read), ("read and matched", matched)):
        pairs = [(_seconds(ours), _seconds(lambda: by_csv(data))) for _ in range(ROUNDS)]
        mine, yard = (statistics.median(times) for times in zip(*pairs, strict=True))
        found[f"100,000 reviews, {name}"] = (mine, yard)
    return found


def _seconds(run: Callable[[], None]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began
