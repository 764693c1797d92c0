"""Ids made from titles are stable, unique and safe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.course.catalogue import Reading
from examrunner.domain.course.titles import (
    MAX_SLUG,
    is_review_of,
    reading_id,
    title_key,
    titles_of,
    without_review,
)
from examrunner.domain.text import is_id


@given(st.text(min_size=1).filter(str.strip))
def test_any_title_gives_an_id(title: str) -> None:
    """Whatever a title holds, its id is an id, short, and made again from itself."""
    name = reading_id(title)
    assert is_id(name)
    assert len(name) <= MAX_SLUG
    assert reading_id(name) == name


@given(st.text(min_size=1), st.text(min_size=1))
def test_different_titles_give_different_ids(one: str, other: str) -> None:
    """Two titles share an id only if they are the same title spelled otherwise."""
    same = title_key(one) == title_key(other)
    assert (reading_id(one) == reading_id(other)) is same


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Flow Matching!", "flow-matching"),
        ("Über Café", "uber-cafe"),
        ("../../etc/passwd", "etc-passwd"),
    ],
)
def test_readable_ids(title: str, name: str) -> None:
    """A short Latin title is its own id, in plain letters."""
    assert reading_id(title) == name


def test_long_and_foreign_titles_are_marked() -> None:
    """Shortened titles and those without Latin letters carry digits of their hash."""
    long = "A very long title that goes on and on for ever"
    assert reading_id(long).startswith("a-very-long-title-that-goes-on-")
    assert reading_id(long) != reading_id(long + " and ever")
    assert reading_id("\u5f20\u4f1f").startswith("reading-")


def test_an_id_of_the_course_is_never_taken() -> None:
    """A title whose id the course gave to another reading gets an id of its own."""
    assert reading_id("LoRA", {"lora"}).startswith("lora-")


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Review 7: LoRA", "LoRA"),
        ("Paper review #12 - LoRA", "LoRA"),
        ("review: LoRA", "LoRA"),
        ("Review Networks for Captions", "Review Networks for Captions"),
        ("Reviewing LoRA", "Reviewing LoRA"),
        ("LoRA", "LoRA"),
    ],
)
def test_what_stands_before_a_title(text: str, rest: str) -> None:
    """`Review 7:` is no part of a title; a title that begins so is left whole."""
    assert without_review(text) == rest


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Review 7", False), ("Review 7: x", True), ("Review of x", True), ("HW", False)],
)
def test_a_numbered_slot_names_nothing(text: str, *, expected: bool) -> None:
    """A numbered slot alone does not say which paper was read."""
    assert is_review_of(text) is expected


def test_a_title_of_two_readings_means_neither() -> None:
    """A title that two readings share is never guessed."""
    titles = titles_of([Reading("a", "Same"), Reading("b", "Other", aliases=("same",))])
    assert titles.find("Same") is None
    assert titles.find("Other") == "b"
