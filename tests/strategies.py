"""Hypothesis strategies: any value of any domain type, and chains of events."""

from __future__ import annotations

import dataclasses
import types
import typing
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from hypothesis import strategies as st

from examrunner.domain.exam.chain import Event, first_prev, link
from examrunner.domain.exam.events import KINDS, What
from examrunner.domain.exam.moments import Moment

T = TypeVar("T")

LARGEST = 2**53
"""Integers up to here survive every JSON reader."""
SESSION = "demo"
TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    int: st.integers(-LARGEST, LARGEST),
    float: st.floats(0, 10**6),
    str: TEXTS,
    date: st.dates(),
    time: st.times(),
    datetime: st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    timedelta: st.integers(0, 10**6).map(lambda seconds: timedelta(seconds=seconds)),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False),
}


def values_of(kind: type[T]) -> st.SearchStrategy[T]:
    """Return a strategy for any value of a domain type, nested ones included."""
    known: Any = kind
    return _values(known)


@cache
def _values(kind: Any) -> st.SearchStrategy[Any]:
    if kind in SCALARS:
        return SCALARS[kind]
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        fields = {field.name: _values(hints[field.name]) for field in dataclasses.fields(kind)}
        maker: Any = kind
        return st.builds(maker, **fields)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(kind)
    return _nested(typing.get_origin(kind), typing.get_args(kind))


def _nested(origin: Any, arguments: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if origin in (types.UnionType, typing.Union):
        one, none = arguments
        assert none is types.NoneType
        return st.none() | _values(one)
    if origin is dict:
        return st.dictionaries(_values(arguments[0]), _values(arguments[1]), max_size=3)
    assert origin is tuple
    if arguments[-1] is Ellipsis:
        return st.lists(_values(arguments[0]), max_size=3).map(tuple)
    return st.tuples(*map(_values, arguments))


def moments() -> st.SearchStrategy[Moment]:
    """Return a strategy for any reading of both clocks."""
    return values_of(Moment)


def whats() -> st.SearchStrategy[What]:
    """Return a strategy for anything that can happen, of every kind."""
    return st.one_of([values_of(KINDS[kind]) for kind in sorted(KINDS)])


@st.composite
def chains(draw: st.DrawFn, least: int = 0, most: int = 5) -> list[Event]:
    """Return the first events of the ledger of SESSION, whatever they say."""
    prev, events = first_prev(SESSION), list[Event]()
    for seq in range(1, draw(st.integers(least, most)) + 1):
        event = link(
            SESSION,
            seq=seq,
            event_id=f"e{seq}",
            epoch=draw(st.integers(0, 3)),
            actor=draw(TEXTS),
            moment=draw(moments()),
            what=draw(whats()),
            prev=prev,
        )
        events.append(event)
        prev = event.hash
    return events
