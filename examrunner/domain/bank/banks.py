"""A bank: all prepared questions about one reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

DEFAULT_SECONDS = {"opening": 60, "core": 90, "detail": 60, "critique": 75}
"""Seconds of a question that names none, by kind (question-bank notes, section 2)."""
OTHER_SECONDS = 60
DEFAULT_MARKS = {"opening": 2, "core": 3, "detail": 2, "critique": 3}
OTHER_MARKS = 2

FORBID: dict[str, str] = {"extra": "forbid"}


class State(StrEnum):
    """How far a question has come. Retired questions stay on file and are never drawn."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Point:
    """Something to tick in an answer; `must` points make it at least enough."""

    text: str
    must: bool = False


@dataclass(frozen=True, slots=True)
class Anchors:
    """One-line sample answers."""

    strong: str | None = None
    enough: str | None = None
    weak: str | None = None

    __pydantic_config__: ClassVar[dict[str, str]] = FORBID


@dataclass(frozen=True, slots=True)
class Misconception:
    """A wrong claim that students make, and what is right."""

    claim: str
    correction: str | None = None

    __pydantic_config__: ClassVar[dict[str, str]] = FORBID


@dataclass(frozen=True, slots=True)
class Source:
    """A place in the reading."""

    at: str
    what: str | None = None

    __pydantic_config__: ClassVar[dict[str, str]] = FORBID


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol as written, as spoken, and what it means."""

    write: str
    say: str
    means: str | None = None

    __pydantic_config__: ClassVar[dict[str, str]] = FORBID


@dataclass(frozen=True, slots=True)
class Entry:
    """Who did something to a bank or question, and when."""

    by: str
    on: date | None = None
    state: str | None = None
    note: str | None = None
    against: str | None = None
    not_seen: tuple[str, ...] = ()
    """Questions whose answers were not checked."""

    __pydantic_config__: ClassVar[dict[str, str]] = FORBID


@dataclass(frozen=True, slots=True)
class Question:
    """One question. A draft needs only `kind` and `say`; the reader fills in id, seconds, marks."""

    id: str
    kind: str
    say: str
    seconds: int
    marks: int
    level: str | None = None
    look_for: tuple[Point, ...] = ()
    anchors: Anchors | None = None
    probes: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    red_flags: tuple[str, ...] = ()
    misconceptions: tuple[Misconception, ...] = ()
    source: tuple[Source, ...] = ()
    not_with: tuple[str, ...] = ()
    connects_to: tuple[str, ...] = ()
    exhibit: str | None = None
    status: State = State.DRAFT
    log: tuple[Entry, ...] = ()

    __pydantic_config__: ClassVar[dict[str, str]] = FORBID


@dataclass(frozen=True, slots=True)
class Bank:
    """All prepared questions about one reading: one YAML file."""

    reading: str
    questions: tuple[Question, ...] = ()
    title: str | None = None
    edition: str | None = None
    prepared: Entry | None = None
    checked: Entry | None = None
    gist: str | None = None
    terms: tuple[str, ...] = ()
    symbols: tuple[Symbol, ...] = ()
    traps: tuple[str, ...] = ()
    public: bool = False
    """Shipped banks may have been read by students."""
    bank_version: int = 1

    __pydantic_config__: ClassVar[dict[str, str]] = FORBID


_RANK = {State.DRAFT: 0, State.REVIEWED: 1, State.APPROVED: 2}


def drawable(bank: Bank, lowest: State) -> tuple[Question, ...]:
    """Return the questions that may be drawn when `lowest` is the lowest state admitted."""
    return tuple(q for q in bank.questions if _RANK.get(q.status, -1) >= _RANK[lowest])
