"""What a student leaves in texts, and stand-ins."""

from __future__ import annotations

import html
import json
import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.course.people import Student
from examrunner.domain.course.traces import is_stand_in, stand_in, traces_of
from examrunner.domain.text import fold, is_id

ZOE = Student("u7701", "Zoë Marie Núñez", email="zoe@example.edu", sis_id="77", login="zn")
SINGLE = Student("4711", "Al")
LEI = Student("k-1", "李雷")


@pytest.mark.parametrize(
    "text",
    [
        "with Zoë Marie Núñez today",
        "ZOË MARIE NÚÑEZ",
        "Núñez, Zoë Marie",
        "Zoe Marie Nunez",
        "Zo&euml; Marie N&#250;&ntilde;ez",
        '{"name":"Zo\\u00eb Marie N\\u00fa\\u00f1ez"}',
        "photos/zoe-marie-nunez.jpg",
        "mailto:zoe@example.edu",
        '"u7701",3',
    ],
)
def test_a_trace_is_found_however_it_is_written(text: str) -> None:
    """Order, case, accents, quotes and escapes hide no name, address or id."""
    assert traces_of([ZOE]).are_in(text)


@pytest.mark.parametrize("text", ["Zoë Núñez", "u77011", "au7701", "77", "zn", "azoe@example.edu"])
def test_a_part_of_a_word_is_no_trace(text: str) -> None:
    """Half a name, a longer word, and an id too short to say anything are no traces."""
    assert not traces_of([ZOE]).are_in(text)


def test_a_script_without_spaces_is_searched_anywhere() -> None:
    """A name in a script that runs words together is found inside them."""
    assert traces_of([LEI]).are_in("今天李雷来了")
    assert not traces_of([LEI]).are_in("今天雷来了")


def test_short_names_count_only_as_words() -> None:
    """A name of two letters is found as a word and not inside one."""
    assert traces_of([SINGLE]).are_in("Al was late")
    assert not traces_of([SINGLE]).are_in("Algebra")


def test_in_notes_about_others_only_what_is_sure_counts() -> None:
    """A number or a login is more likely a word there; name, address and long ids are not."""
    sure = traces_of([SINGLE, ZOE], sure=True)
    assert not sure.are_in("see 4711")
    assert sure.are_in("see u7701")
    assert not traces_of([]).are_in("anything")


NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=2, max_size=12)


@given(NAMES, st.sampled_from(["NFC", "NFD", "NFKC"]))
def test_no_normal_form_hides_a_name(name: str, form: Literal["NFC", "NFD", "NFKC"]) -> None:
    """Whatever a name is made of, it is found in each normal form, in HTML and in JSON."""
    found = traces_of([Student("x", name)])
    if len(fold(name)) < 2:
        return
    for text in (name, html.escape(name), json.dumps(name)):
        assert found.are_in(f"( {unicodedata.normalize(form, text)} )"), (name, fold(name))


def test_a_stand_in_says_only_the_key() -> None:
    """A stand-in has an id that may be one, and nothing of the student."""
    one = stand_in("s-1a2b3c4d")
    assert is_id(one.student_id)
    assert is_stand_in("s-1a2b3c4d", one)
    assert not is_stand_in("s-1a2b3c4d", ZOE)
    assert one == Student("forgotten-s-1a2b3c4d", "forgotten-s-1a2b3c4d")
