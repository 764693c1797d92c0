"""Checked files remembered by what they hold, so that pydantic is loaded only for new ones.

Only courses, banks and session files come here: nothing about students. A cache is never needed:
whatever goes wrong with it counts as not having one.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import stat
import typing
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import examrunner
from examrunner.domain.plain import canonical, from_plain, to_plain
from examrunner.domain.problems import Problem, error, has_errors
from examrunner.storage.files import make_private, write_atomically
from examrunner.storage.readers.yaml_tree import USUAL_SIZE

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

T = TypeVar("T")
RULES_VERSION = 2
"""Raise this when a reader comes to judge or fill in the same file differently."""
_GROWN = 4096
"""Bytes that are read at once of what came to a file while it was read."""
MOST_FILES = 1000
"""So many remembered files are kept, the latest."""


def read_file(
    kind: type[T],
    path: Path,
    context: str,
    read: Callable[[bytes, str], tuple[T | None, list[Problem]]],
    most: int = USUAL_SIZE.bytes,
) -> tuple[T | None, list[Problem]]:
    """Return a file's value and problems, from the cache where it holds them.

    `context` is what the result depends on besides the bytes, e.g. the file's name. Files with
    errors are read anew each time.
    """
    file = str(path)
    data, fault = read_bytes(path, most)
    if data is None:
        return None, [fault] if fault else []
    remembered = load(kind, data, context)
    if remembered is not None:
        value, problems = remembered
        return value, [dataclasses.replace(problem, file=file) for problem in problems]
    fresh, problems = read(data, file)
    if fresh is not None and not has_errors(problems):
        store(fresh, data, context, problems)
    return fresh, problems


def read_bytes(path: Path, most: int = USUAL_SIZE.bytes) -> tuple[bytes | None, Problem | None]:
    """Return what a file holds, up to one byte more than may be read, or why it cannot be read."""
    file = str(path)
    try:
        about = os.stat(file)  # noqa: PTH116  a path of its own costs as much as reading
        if not stat.S_ISREG(about.st_mode):
            return None, error("this is not a file", file=file, rule="unreadable")
        with open(file, "rb", buffering=0) as stream:  # noqa: PTH123  for the same reason
            data = stream.read(min(about.st_size, most) + 1)
            while len(data) <= most and (more := stream.read(_GROWN)):
                data += more
            return data, None
    except (OSError, ValueError) as fault:
        told = getattr(fault, "strerror", None) or fault
        return None, error(f"the file cannot be read: {told}", file=file, rule="unreadable")


def load(kind: type[T], data: bytes, context: str) -> tuple[T, list[Problem]] | None:
    """Return what the cache holds about these bytes, or None."""
    with suppress(Exception):
        head, _, body = _place(kind, data, context).read_bytes().partition(b"\n")
        if head.decode("ascii") == hashlib.sha256(body).hexdigest():
            plain = json.loads(body)
            problems = [from_plain(Problem, item) for item in plain["problems"]]
            return from_plain(kind, plain["value"]), problems
    return None


def store(value: Any, data: bytes, context: str, problems: list[Problem]) -> None:
    """Remember what these bytes hold."""
    with suppress(Exception):
        place = _place(type(value), data, context)
        kept = [dataclasses.replace(problem, file=None) for problem in problems]
        body = canonical({"problems": to_plain(kept), "value": to_plain(value)}).encode()
        make_private(place.parent.parent)
        make_private(place.parent)
        head = hashlib.sha256(body).hexdigest().encode()
        write_atomically(place, head + b"\n" + body, durable=False)
        _forget_oldest(place.parent)


def folder() -> Path:
    """Return the folder of the cache, which need not exist."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("examrunner", appauthor=False)) / "checked"


def _place(kind: type, data: bytes, context: str) -> Path:
    name = context.encode("utf-8", "surrogateescape")
    version = _version(typing.cast("Hashable", kind)).encode()
    told = b"".join(hashlib.sha256(part).digest() for part in (version, name, data))
    return folder() / f"{kind.__name__.lower()}-{hashlib.sha256(told).hexdigest()}.json"


def _forget_oldest(place: Path) -> None:
    files = list(place.glob("*.json"))
    if len(files) > MOST_FILES:
        files.sort(key=lambda file: file.stat().st_mtime)
        for file in files[: len(files) - MOST_FILES // 2]:
            file.unlink(missing_ok=True)


@cache
def _version(kind: Hashable) -> str:
    """Return what a remembered value depends on: the program, and the type down to its defaults.

    Plain data leave out fields that hold their default, so another default is another format.
    """
    found: dict[str, str] = {}
    _describe(kind, found)
    return f"{examrunner.__version__} {RULES_VERSION} {sorted(found.items())}"


def _describe(kind: Any, found: dict[str, str]) -> None:
    for inner in typing.get_args(kind):
        _describe(inner, found)
    if not (isinstance(kind, type) and dataclasses.is_dataclass(kind)) or kind.__name__ in found:
        return
    hints = typing.get_type_hints(kind)
    fields = dataclasses.fields(kind)
    defaults = (None if f.default is dataclasses.MISSING else [f.default] for f in fields)
    found[kind.__name__] = str(
        [(f.name, str(f.type), d) for f, d in zip(fields, defaults, strict=True)]
    )
    for item in fields:
        _describe(hints[item.name], found)
