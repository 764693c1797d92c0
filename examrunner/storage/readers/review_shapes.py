"""The shapes in which files tell who reviewed what."""

from __future__ import annotations

from enum import StrEnum


class ReviewShape(StrEnum):
    """How a table tells who reviewed what."""

    LONG = "long"
    """One review a row."""
    FORM = "form"
    """One answer to a form a row: a time stamp, and one or more titles."""
    MATRIX = "matrix"
    """One student a row, one paper a column."""
    GRADEBOOK = "gradebook"
    """A matrix whose papers are the assignments of a Canvas gradebook."""
    SUBMISSIONS = "submissions"
    """The zip of a Canvas assignment's submissions."""
    HOTCRP = "hotcrp"
    """HotCRP's submitted reviews."""
    CANVAS_LIVE = "canvas-live"
    """What Canvas says itself of submissions, when it is asked."""
    UNKNOWN = "unknown"


SHAPE_WORDS = {
    ReviewShape.LONG: "one review a row",
    ReviewShape.FORM: "answers to a form",
    ReviewShape.MATRIX: "a table of students and papers",
    ReviewShape.GRADEBOOK: "a Canvas gradebook",
    ReviewShape.SUBMISSIONS: "a zip of Canvas submissions",
    ReviewShape.HOTCRP: "reviews from HotCRP",
    ReviewShape.CANVAS_LIVE: "submissions, as Canvas has them now",
    ReviewShape.UNKNOWN: "a file that was not understood",
}
"""What a file was recognised as, in words."""
