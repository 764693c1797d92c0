"""Marks in a gradebook that may mean a review or not: shown to a person, and not counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from examrunner.domain.course.matching import lines_told
from examrunner.domain.course.titles import is_review_of, titles_of
from examrunner.domain.problems import Problem, warning

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from examrunner.domain.course.catalogue import Course
    from examrunner.domain.course.matching import ReviewRow

SHOWN = 40


class UnclearMark(NamedTuple):
    """A review that there may be, and what stands in its place."""

    review: ReviewRow
    mark: str


def unclear_problems(
    unclear: Iterable[UnclearMark], course: Course | None, known: Collection[str] = ()
) -> list[Problem]:
    """Return a warning for each such mark of an assignment that is about a reading.

    `known` are titles of which somebody said what they mean. Without a course every assignment is
    a reading.
    """
    titles = titles_of(course.readings if course else ())
    found: dict[tuple[str, str], list[ReviewRow]] = {}
    for review, mark in unclear:
        found.setdefault((review.paper, mark), []).append(review)
    return [
        warning(
            f"'{mark[:SHOWN]}' below '{paper}' counts as no review{lines_told(rows)}",
            "write 1 for those who did review it",
            file=rows[0].file,
            line=rows[0].line,
            column=rows[0].column,
            rule="unclear-mark",
        )
        for (paper, mark), rows in found.items()
        if course is None or paper in known or titles.find(paper) or is_review_of(paper)
    ]
