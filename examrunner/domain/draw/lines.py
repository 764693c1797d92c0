"""The lines of the public log: their shape, their chain and what was read from them.

Section 3.8 of examrunner-draw/1: every line is canonical JSON with `e` (kind), `n` (line number
from 0) and `prev` (hash of the line before, C for line 0).
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from examrunner.domain.draw.limits import is_hex, is_id, is_nonce, is_public, is_reason
from examrunner.domain.draw.odds import Row, W
from examrunner.domain.draw.sheets import Sheet
from examrunner.domain.plain import canonical
from examrunner.domain.problems import BadInput, error

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Logged:
    """A line of the log and the head after it."""

    n: int
    """Line number, from 0; words count lines from 1."""
    line: str
    """Canonical JSON without a newline."""
    head: str
    """Hash of the line: `prev` of the next one."""


@dataclass(frozen=True, slots=True)
class Drawn(Logged):
    """A draw: all that a receipt shows."""

    student: str
    attempt: int
    """From 1."""
    nonce: str
    position: int
    """Index in the exam order, from 0."""
    odds: Row
    """The row in force."""
    ticket: int
    paper: str


@dataclass(frozen=True, slots=True)
class SheetLogged(Logged):
    """A sheet that was put on record for a draw."""

    draw: int
    """Line number of the draw."""
    sheet: Sheet


KINDS: dict[str, tuple[str, ...]] = {
    "start": ("public",),
    "draw": ("s", "a", "nonce", "odds", "ticket", "paper"),
    "sheet": ("draw", "rank", "count", "cost", "relaxed", "q"),
    "void": ("draw", "exclude", "why"),
    "add": ("s", "p", "pos", "why"),
    "list": ("s", "p", "why"),
    "absent": ("s", "why"),
    "end": (),
}
"""The keys of each kind of line, beside e, n and prev."""
OPTIONAL: dict[str, tuple[str, ...]] = {"sheet": ("bank", "why")}
"""Keys that a kind of line may have, and that must then mean something."""
COMMON = ("e", "n", "prev")
_MOST_DIGITS = 100
_MOST_DEPTH = 32


class BadLine(BadInput):
    """A line that cannot stand in the log, with the rule that it breaks."""

    def __init__(self, n: int, what: str, rule: str) -> None:
        super().__init__([error(f"line {n + 1} of the draw log: {what}", rule="draw-log")])
        self.n = n
        self.what = what
        self.rule = rule
        """`json`, `number`, `chain`, `kind`, `key`, `order`, `sheet` or `derived`."""


def bad_line(n: int, what: str, rule: str = "order") -> BadLine:
    """Return the error for a line that cannot stand in the log."""
    return BadLine(n, what, rule)


def parse(text: str, n: int, prev: str) -> dict[str, Any]:
    """Return the content of the line that should be number n after the head `prev`.

    Raises BadLine if it is not canonical JSON, its chain is broken, or a key is missing or cannot
    mean anything. Keys beyond the kind's own are let through.
    """
    try:
        body = read_canonical(text)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise bad_line(n, "it is not canonical JSON", "json")
    if not _is_count(body.get("n")) or body["n"] != n:
        raise bad_line(n, f"its number is {body.get('n')!r}, expected {n}", "number")
    if body.get("prev") != prev:
        what = f"it does not follow the line before it: expected prev {prev}"
        raise bad_line(n, what, "chain")
    kind = body.get("e")
    if not isinstance(kind, str) or kind not in KINDS:
        raise bad_line(n, f"its kind {kind!r} is unknown", "kind")
    for key in (*KINDS[kind], *(key for key in OPTIONAL.get(kind, ()) if key in body)):
        if key not in body or not _CHECKS[key](body[key]):
            raise bad_line(n, f"{key} is missing or has no meaning", "key")
    return body


def read_canonical(text: str) -> Any:
    """Return the plain data of a canonical JSON text (section 3.1).

    Raises ValueError for any other text, for one that is not in NFC, and for what no log needs
    and programs read differently: integers of more than 100 digits, nesting deeper than 32.
    """
    try:
        text.encode("utf-8")
        body = json.loads(
            text,
            object_pairs_hook=_record,
            parse_int=_integer,
            parse_float=_refuse,
            parse_constant=_refuse,
        )
        same = canonical(body) == text and unicodedata.is_normalized("NFC", text)
    except RecursionError:
        same = False
    if not same or not _is_shallow(body, _MOST_DEPTH):
        raise ValueError("not canonical JSON")
    return body


def _record(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if not all(key.isascii() for key, _ in pairs):
        raise ValueError("a key is not ASCII")
    return dict(pairs)


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > _MOST_DIGITS:
        raise ValueError("an integer has too many digits")
    return int(digits)


def _is_shallow(value: Any, depth: int) -> bool:
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return True
    return depth > 0 and all(_is_shallow(item, depth - 1) for item in value)


def _refuse(text: str) -> Any:
    raise ValueError(f"{text} is not an integer")


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_positive(value: Any) -> bool:
    return type(value) is int and value > 0


def _text(check: Callable[[str], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and check(value)


def _is_ids(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and is_id(item) for item in value)


def _is_sorted_ids(value: Any) -> bool:
    return _is_ids(value) and value == sorted(set(value))


def _is_once_ids(value: Any) -> bool:
    return _is_ids(value) and len(value) == len(set(value))


def _is_row(value: Any) -> bool:
    """Say whether a value is an odds row as the log writes it: [[paper, share], ...] of sum W."""
    pair = 2
    return (
        isinstance(value, list)
        and all(isinstance(entry, list) and len(entry) == pair for entry in value)
        and _is_sorted_ids([entry[0] for entry in value])
        and all(_is_positive(entry[1]) for entry in value)
        and sum(entry[1] for entry in value) == W
    )


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "public": _text(is_public),
    "s": _text(is_id),
    "a": _is_positive,
    "nonce": _text(is_nonce),
    "odds": _is_row,
    "ticket": _is_count,
    "paper": _text(is_id),
    "draw": _is_count,
    "rank": _is_count,
    "count": _is_count,
    "cost": _is_count,
    "relaxed": _is_count,
    "q": _is_once_ids,
    "exclude": _is_sorted_ids,
    "why": _text(is_reason),
    "p": _is_sorted_ids,
    "pos": _is_count,
    "bank": _text(is_hex),
}
