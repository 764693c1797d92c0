"""A course is read with its own rules checked, each problem at its place."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.bank.banks import Bank, Question
from examrunner.domain.course.catalogue import (
    CalendarDay,
    CalendarItem,
    Course,
    Reading,
    ReviewRules,
)
from examrunner.domain.problems import Problem, Severity
from examrunner.storage.readers.course_files import read_course

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """\
id: c1
number: 0496
reviews: {required: 20}
calendar:
  - date: 2024-10-09
    items:
      - {title: Intro, type: none}
      - {title: "One: two", reading: r1}
readings:
  - {id: r1, title: One, aliases: [NO, "1"], year: 2024, arxiv: 2006.11230}
  - {id: r2, title: Two, type: blog, reviewable: false, year: none, venue: }
fallback:
  reading: fallback
  questions: [{kind: core, say: Why}]
"""


def faults(folder: Path, text: str) -> list[Problem]:
    """Return the problems of a course that must be refused."""
    (folder / "course.yaml").write_text(text)
    value, problems = read_course(folder / "course.yaml")
    assert value is None
    return problems


def test_every_part_arrives(tmp_path: Path) -> None:
    """Readings, calendar, rules and the fallback bank come out as domain types."""
    (tmp_path / "course.yaml").write_text(GOOD)
    assert read_course(tmp_path / "course.yaml") == (
        Course(
            "c1",
            number="0496",
            reviews=ReviewRules(20),
            calendar=(
                CalendarDay(
                    date(2024, 10, 9),
                    (CalendarItem("Intro", "none"), CalendarItem("One: two", reading="r1")),
                ),
            ),
            readings=(
                Reading("r1", "One", aliases=("NO", "1"), year=2024, arxiv="2006.11230"),
                Reading("r2", "Two", "blog", reviewable=False),
            ),
            fallback=Bank("fallback", (Question("fallback-q1", "core", "Why", 90, 3),)),
        ),
        [],
    )


@pytest.mark.parametrize(
    ("change", "place", "told", "hint"),
    [
        (("id: r2", "id: r1"), (10, 10), "given 2 times", ""),
        (("id: r2", "id: ../r2"), (11, 10), "cannot be an id", "letters"),
        (("id: c1", "id: c 1"), (1, 5), "cannot be an id", "letters"),
        (("reading: r1}", "reading: r11}"), (8, 38), "no reading has the id `r11`", "did you mean"),
        (("type: blog", "kind: blog"), (11, 26), "`kind` is not a key", "called `type`"),
        (("type: none", "kind: none"), (7, 24), "`kind` is not a key", "called `type`"),
        (("reviewable: false", "reviewable: no"), (11, 50), "true or false", ""),
        (("required: 20", "required: -1"), (3, 21), "negative", ""),
        (("date: 2024-10-09", "date: 2024-10-9"), (5, 11), "date must be a date", ""),
        (("kind: core", "slot: core"), (14, 16), "`slot` is not a key", "called `kind`"),
        (("reading: fallback", "reading: a/b"), (13, 12), "cannot be an id", ""),
        (("- date: 2024-10-09\n    items:", "- items:"), (5, 5), "`date` is missing", ""),
    ],
)
def test_a_fault_has_its_place(
    tmp_path: Path, change: tuple[str, str], place: tuple[int, int], told: str, hint: str
) -> None:
    """Each fault of a course is reported at line and column."""
    assert GOOD.count(change[0]) == 1
    problem = faults(tmp_path, GOOD.replace(*change))[0]
    assert (problem.line, problem.column) == place
    assert told in problem.text
    assert hint in problem.hint


def test_two_readings_with_one_name_are_a_warning(tmp_path: Path) -> None:
    """A title or alias shared by two readings is reported, whatever its case and signs."""
    (tmp_path / "course.yaml").write_text(GOOD.replace("title: Two", 'title: "ONE!"'))
    course, problems = read_course(tmp_path / "course.yaml")
    assert course is not None
    assert [(p.severity, p.line, p.rule) for p in problems] == [
        (Severity.WARNING, 11, "same-title")
    ]
    assert "`r2` and `r1`" in problems[0].text
