"""Domain values as plain data, and the canonical bytes that are hashed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examrunner.domain.bank.banks import Bank, Question, State
from examrunner.domain.course.catalogue import Course, Reading
from examrunner.domain.course.people import Review, Student
from examrunner.domain.exam.attempts import Attempt
from examrunner.domain.exam.clock import Clock
from examrunner.domain.exam.events import Verdict
from examrunner.domain.exam.moments import Moment
from examrunner.domain.exam.settings import ExamRules, Settings
from examrunner.domain.plain import (
    canonical,
    from_plain,
    instant_from,
    instant_text,
    sha256,
    to_plain,
)
from examrunner.domain.problems import Problem
from tests.fakes import NINE
from tests.strategies import values_of

STORED = (Settings, Course, Reading, Bank, Question, Student, Review, Attempt, Moment, Problem)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("abcäß", max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@dataclass(frozen=True, slots=True)
class Old:
    """A type as an earlier version had it."""

    name: str


@dataclass(frozen=True, slots=True)
class New:
    """The same type, grown."""

    name: str
    seconds: int = 60
    verdict: Verdict | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Holder:
    """A type whose default is made anew each time."""

    documents: dict[str, str] = field(default_factory=dict)


@pytest.mark.parametrize("kind", STORED)
@settings(max_examples=40)
@given(data=st.data())
def test_every_stored_type_comes_back_whole(kind: type[Any], data: st.DataObject) -> None:
    """What is written of a value reads as the same value, and writes as the same bytes."""
    value = data.draw(values_of(kind))
    text = canonical(to_plain(value))
    again = from_plain(kind, json.loads(text))
    assert again == value
    assert type(again) is kind
    assert canonical(to_plain(again)) == text


@given(JSON)
def test_canonical_text_is_json_and_stable(value: Any) -> None:
    """It reads back as the same data, whose canonical text is the same."""
    text = canonical(value)
    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text


@given(st.dictionaries(st.text("abcXYZ_", max_size=4), st.integers(), max_size=6), st.randoms())
def test_canonical_text_does_not_know_the_order_of_keys(value: dict[str, int], random: Any) -> None:
    """Keys stand in order, however the data was made."""
    items = list(value.items())
    random.shuffle(items)
    assert canonical(dict(items)) == canonical(value)
    assert list(json.loads(canonical(value))) == sorted(value)


def test_canonical_text_is_as_the_draw_spec_says() -> None:
    """No spaces, keys sorted, letters as they are, controls escaped as JSON requires."""
    value = {"b": [1, None, True], "a": 'ü"\n\u2028'}
    assert canonical(value) == '{"a":"ü\\"\\n\u2028","b":[1,null,true]}'


def test_sha256_is_taken_over_utf8() -> None:
    """The hash is the one that any other program computes."""
    assert sha256("Müller") == hashlib.sha256("Müller".encode()).hexdigest()
    assert sha256("abc").startswith("ba7816bf")


@given(st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_instants_come_back_to_the_microsecond(at: datetime) -> None:
    """Written times lose nothing, have one length and sort as they followed one another."""
    assert instant_from(instant_text(at)) == at
    assert len(instant_text(at)) == 27
    later = at + timedelta(microseconds=1)
    assert instant_text(at) < instant_text(later)


def test_instants_are_written_in_utc() -> None:
    """A time in Chicago is written as the same moment with Z."""
    chicago = NINE.astimezone(timezone(timedelta(hours=-6)))
    assert instant_text(chicago) == "2024-12-13T15:00:00.000000Z"


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Verdict.PASS, "pass"),
        (State.DRAFT, "draft"),
        (NINE, "2024-12-13T15:00:00.000000Z"),
        (date(2024, 12, 13), "2024-12-13"),
        (time(9, 0), "09:00:00"),
        (timedelta(minutes=4, seconds=25), 265),
        (Decimal("1.50"), "1.50"),
        ({"b": (1, 2)}, {"b": [1, 2]}),
        (Clock(300, 1.5), {"seconds": 300, "used": 1.5}),
        (True, True),
        (None, None),
    ],
)
def test_each_sort_of_value_has_its_plain_form(value: Any, plain: Any) -> None:
    """Plain data hold only what JSON has."""
    assert to_plain(value) == plain


def test_what_has_no_plain_form_is_refused() -> None:
    """A value that cannot come back is not written in some other shape."""
    with pytest.raises(TypeError, match="no plain form for set"):
        to_plain({1, 2})
    with pytest.raises(TypeError, match="no plain form for bytes"):
        to_plain([b"x"])


def test_defaults_are_left_out() -> None:
    """A session that sets nothing is stored by its name alone."""
    assert to_plain(Settings("demo")) == {"session": "demo"}
    assert to_plain(Settings("demo", exam=ExamRules(papers_per_student=2))) == {
        "session": "demo",
        "exam": {"papers_per_student": 2},
    }


def test_a_value_that_is_not_the_default_is_never_left_out() -> None:
    """No time limit differs from the default of five minutes and says so."""
    assert to_plain(ExamRules(minutes=None)) == {"minutes": None}
    assert from_plain(ExamRules, {"minutes": None}).minutes is None
    assert from_plain(ExamRules, {}).minutes == timedelta(minutes=5)


def test_old_data_without_new_keys_still_read() -> None:
    """A type that gained fields with defaults reads what was written before."""
    assert from_plain(New, to_plain(Old("x"))) == New("x")


def test_new_data_with_defaults_read_as_old() -> None:
    """As long as a new field holds its default, an earlier version can read the value."""
    assert from_plain(Old, to_plain(New("x"))) == Old("x")


def test_unknown_keys_are_never_dropped_in_silence() -> None:
    """Data from a later version that mean something more are refused."""
    with pytest.raises(KeyError, match="seconds"):
        from_plain(Old, to_plain(New("x", seconds=90)))


def test_a_default_made_anew_is_always_written() -> None:
    """A field without one fixed default is written also where it is empty."""
    assert to_plain(Holder()) == {"documents": {}}
    assert from_plain(Holder, {"documents": {"a": "b"}}) == Holder({"a": "b"})


def test_equal_factors_mean_the_same_time() -> None:
    """A factor of 1.0 is the default of 1, so both store as no extra time."""
    assert to_plain(Student("s", "S", extra_time=Decimal("1.0"))) == to_plain(Student("s", "S"))
