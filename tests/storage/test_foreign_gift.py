"""GIFT: essay questions are read, all other kinds are named with their line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.problems import BadInput
from examrunner.storage.readers.gift import read_gift
from tests.lms import gift_rules
from tests.storage.foreign_banks import TRAPS, fixture


def test_the_gift_fixture_is_read() -> None:
    """Its one essay is taken, and eight questions of six other kinds are named."""
    found = read_gift(fixture("moodle-gift", "questions.gift.txt").read_bytes(), "g")
    assert [(one.id, one.say, one.line) for one in found.taken] == [("Q8", "How are you?", 2)]
    assert [(one.name, one.why, one.line) for one in found.skipped] == [
        ("Moodle activities", "matching", 5),
        ("Q2", "multiple choice", 14),
        ("colours", "multiple choice", 22),
        ("Q5", "numerical", 31),
        ("Shortanswer", "short answer", 34),
        ("Q1", "true or false", 41),
        ("2-08 TSL", "true or false", 46),
        ("2-08 TSL", "true or false", 49),
    ]
    assert found.problems == ()


def test_categories_of_ours_name_reading_and_kind() -> None:
    """Only a category as we write it says anything; others are the course's own."""
    data = (
        b"$CATEGORY: $course$/top/Oral exam/bert/de//tail\n\n::a::One{}\n\n"
        b"$CATEGORY: $course$/Week 1/bert/core\n\n::b::Two{}\n"
    )
    got = [(one.id, one.reading, one.kind) for one in read_gift(data, None).taken]
    assert got == [("a", "bert", "de/tail"), ("b", "", "")]


@pytest.mark.parametrize(
    ("text", "say"),
    [
        (r"Why \\nabla f\: x \= \{1\}\~\#?{}", r"Why \nabla f: x = {1}~#?"),
        (r"one\ntwo {}", "one\ntwo"),
        ("one\ntwo {}", "one\ntwo"),
        ("[html]a &lt; <b>b</b><br>c{}", "a < b\nc"),
        ("[markdown]**a** {}", "**a**"),
        ("[plain]a <b> c{}", "a <b> c"),
        ("[odd]a{}", "[odd]a"),
        ("// no\na // b{}", "a // b"),
        ("Say {} aloud.", "Say _____ aloud."),
    ],
)
def test_texts_are_read_as_moodle_reads_them(text: str, say: str) -> None:
    """Escapes, formats, comments and a gap in the middle."""
    assert [one.say for one in read_gift(text.encode(), None).taken] == [say]


def test_what_has_no_place_or_is_broken_is_told() -> None:
    """General feedback stays behind, descriptions are named, lone braces are errors."""
    data = b"::a::Why?{####Because.}\n\n::d::Read this.\n\nWhat }is this\n\n::e::{}\n"
    found = read_gift(data, "g")
    assert [one.id for one in found.taken] == ["a"]
    assert [(one.name, one.why) for one in found.skipped] == [
        ("d", "a description"),
        ("e", "it has no text"),
    ]
    assert [(problem.line, problem.text) for problem in found.problems] == [
        (1, "of 'a' stayed behind: the general feedback"),
        (5, "the braces of this question do not match"),
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"caf\xe9{}", "not UTF-8"),
        (b"\xff\xfea\0", "in UTF-16"),
        (b"a\n\nb\0{}", "NUL bytes"),
        (b"a" * 5_000_001, "larger than 5 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_no_text_is_refused(data: bytes, words: str) -> None:
    """What is no UTF-8 text is refused in words."""
    with pytest.raises(BadInput, match=words):
        read_gift(data, "g")


FILES = st.lists(st.sampled_from((*TRAPS, "a", " ", "\\")), max_size=20).map("".join)


@given(FILES)
def test_we_read_what_moodle_reads(text: str) -> None:
    """On any mixture of signs our reader finds the essays that Moodle's rules find.

    Where Moodle would refuse the file, ours tells of it; signs that a bank does not let in and
    texts in markup are out of this comparison.
    """
    try:
        theirs = [one for one in gift_rules.load(text.encode()) if one.kind == "essay"]
    except ValueError:
        assert read_gift(text.encode(), None).problems
        return
    ours = read_gift(text.encode(), None)
    empty = [one for one in ours.skipped if one.why == "it has no text"]
    if not ours.problems:
        assert len(ours.taken) + len(empty) == len(theirs)


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Whatever a file holds, it is read or refused with a problem."""
    try:
        read_gift(text.encode("utf-8", "surrogatepass"), None)
    except BadInput as refused:
        assert refused.problems  # noqa: PT017  either outcome is fine, a traceback is not
