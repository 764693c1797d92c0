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
from typing import Any, TypeVar

T = TypeVar("T")


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
    return typing.cast("T", _build(kind, data))


def _record(value: Any) -> dict[str, Any]:
    pairs = ((field, getattr(value, field.name)) for field in dataclasses.fields(value))
    return {field.name: to_plain(item) for field, item in pairs if item != field.default}


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _build(kind: Any, data: Any) -> Any:
    if dataclasses.is_dataclass(kind):
        maker: Any = kind
        hints = _hints(maker)
        return maker(**{name: _build(hints[name], item) for name, item in data.items()})
    origin = typing.get_origin(kind)
    if origin is None:
        return _scalar(kind, data)
    arguments = typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        if data is None:
            return None
        return _build(next(item for item in arguments if item is not types.NoneType), data)
    if origin is tuple:
        if arguments[-1] is Ellipsis:
            return tuple(_build(arguments[0], item) for item in data)
        return tuple(_build(item, part) for item, part in zip(arguments, data, strict=True))
    if origin is dict:
        return {key: _build(arguments[1], item) for key, item in data.items()}
    return data


def _scalar(kind: Any, data: Any) -> Any:
    if kind is datetime:
        return instant_from(data)
    if kind in (date, time):
        return kind.fromisoformat(data)
    if kind is timedelta:
        return timedelta(seconds=data)
    if kind is Decimal or (isinstance(kind, type) and issubclass(kind, Enum)):
        return kind(data)
    return data
