"""Domain values as plain JSON data and back, and the canonical bytes that are hashed.

Only data that the program wrote itself comes back through `from_plain`; foreign files are
validated by storage first.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import types
import typing
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
_NONE: Any = types.NoneType


def canonical(value: Any) -> str:
    """Return the canonical JSON text of plain data (examrunner-draw/1, section 3.1)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8 bytes as 64 lower-case hex digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def instant_text(at: datetime) -> str:
    """Return an aware time as UTC text with microseconds and Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def instant_from(text: str) -> datetime:
    """Read what `instant_text` wrote."""
    return datetime.fromisoformat(text)


def to_plain(value: Any) -> Any:
    """Return dataclasses, enums, dates and tuples as dicts, strings, numbers and lists.

    Fields that hold their default are left out, so that adding a field keeps old data readable.
    A timedelta becomes its whole seconds.
    """
    match value:
        case Enum():
            return value.value
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            return instant_text(value)
        case date() | time():
            return value.isoformat()
        case timedelta():
            return int(value.total_seconds())
        case Decimal():
            return str(value)
        case dict():
            return {str(key): to_plain(item) for key, item in value.items()}
        case tuple() | list():
            return [to_plain(item) for item in value]
        case _ if dataclasses.is_dataclass(value):
            return _record(value)
    raise TypeError(f"no plain form for {type(value).__name__}")


def from_plain(kind: type[T], data: Any) -> T:
    """Rebuild a value of a domain type from what `to_plain` made of it."""
    maker: Any = kind
    build = _builder(maker)
    return typing.cast("T", data if build is None else build(data))


def _record(value: Any) -> dict[str, Any]:
    pairs = ((field, getattr(value, field.name)) for field in dataclasses.fields(value))
    return {field.name: to_plain(item) for field, item in pairs if item != field.default}


@cache
def _builder(kind: Any) -> Callable[[Any], Any] | None:
    """Return what makes a value of a type from plain data; None where it is the data itself."""
    if dataclasses.is_dataclass(kind):
        return _record_builder(kind)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is None:
        return _scalar_builder(kind)
    if origin in (types.UnionType, typing.Union):
        return _unless_none(_builder(next(item for item in arguments if item is not _NONE)))
    if origin is tuple and arguments[-1] is Ellipsis:
        each = _builder(arguments[0]) or _same
        return lambda data: tuple(map(each, data))
    if origin is tuple:
        builds = [_builder(item) or _same for item in arguments]
        return lambda data: tuple(one(part) for one, part in zip(builds, data, strict=True))
    if origin is dict:
        value = _builder(arguments[1]) or _same
        return lambda data: {key: value(item) for key, item in data.items()}
    return None


def _unless_none(build: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
    return build and (lambda data: None if data is None else build(data))


def _record_builder(kind: Any) -> Callable[[Any], Any]:
    hints = typing.get_type_hints(kind)
    builds = {field.name: _builder(hints[field.name]) for field in dataclasses.fields(kind)}

    def build(data: Any) -> Any:
        made = {}
        for name, item in data.items():
            one = builds[name]
            made[name] = item if one is None else one(item)
        return kind(**made)

    return build


def _scalar_builder(kind: Any) -> Callable[[Any], Any] | None:
    if kind is datetime:
        return instant_from
    if kind in (date, time):
        return typing.cast("Callable[[Any], Any]", kind.fromisoformat)
    if kind is timedelta:
        return lambda data: timedelta(seconds=data)
    if kind is Decimal:
        return Decimal
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    return None


def _same(data: Any) -> Any:
    return data
