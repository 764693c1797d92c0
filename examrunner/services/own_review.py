"""A student's own review beside the sheet: found by its name, read when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.storage.readers.own_reviews import find_own_review, read_own_review

if TYPE_CHECKING:
    from examrunner.domain.exam.attempts import Attempt
    from examrunner.services.desk import Desk
    from examrunner.storage.readers.own_reviews import OwnReview


def own_review(desk: Desk, attempt: Attempt) -> OwnReview | None:
    """Find the review of an attempt's paper by its student; None where there is none."""
    student = desk.row(attempt.student).student.student_id
    if attempt.reading is None or not student:
        return None
    return find_own_review(desk.folder, student, attempt.reading)


def review_text(review: OwnReview) -> str:
    """Return the beginning of a review; empty where it cannot be read any more."""
    return read_own_review(review) or ""
