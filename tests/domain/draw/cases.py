"""What a case of the tamper matrix is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.domain.draw.proofs import Files, files, rechained

if TYPE_CHECKING:
    from collections.abc import Callable

Found = tuple[str, int | None, str]
"""File, line counted from 1, rule."""


@dataclass(frozen=True)
class Case:
    """A changed folder and the problems that it must give."""

    name: str
    files: Files
    found: tuple[Found, ...]
    commit: str | None = None
    heads: tuple[str, ...] = ()


def case(name: str, changed: Files, *found: Found) -> Case:
    """Return a case without a published line or receipts."""
    return Case(name, changed, found)


def edited(name: str, old: str, new: str) -> Files:
    """Return the files with a text replaced once in one of them."""
    text = files()[name]
    assert old in text
    return files() | {name: text.replace(old, new, 1)}


def set_key(index: int, key: str, value: Any) -> Files:
    """Return the files with a key of a line changed and the log chained anew."""

    def change(bodies: list[dict[str, Any]]) -> None:
        bodies[index][key] = value

    return rechained(change)


def bytes_of(name: str, change: Callable[[bytes], bytes]) -> Files:
    """Return the files with the bytes of one changed."""
    return files() | {name: change(files()[name].encode())}
