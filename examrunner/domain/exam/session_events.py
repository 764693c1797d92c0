"""Events of the session as a whole: who opened it, what left it, what became of its record.

Each class is one kind of event, as in `events`, which has those of the attempts.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Committed:
    """Roster, lists, banks and rules were fixed; `commit` is C of the draw spec."""

    commit: str
    number: int
    """1 for the first commit, then counted up."""
    documents: dict[str, str]
    """Name of each stored document to its SHA-256: settings, course, commit, bank:<reading>."""
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """The day began. `line` is the start line of the public log, which fixes P."""

    line: str


@dataclass(frozen=True, slots=True)
class Entered:
    """An examiner took the session's lease; writes of earlier epochs are refused from here on."""

    epoch: int
    taken_over: bool = False
    """The holder before was still alive and was shut out on purpose."""


@dataclass(frozen=True, slots=True)
class Exported:
    """Scores left the program."""

    form: str
    file: str
    """File name without its folder."""
    sha256: str
    scores: int
    """How many scores the file holds."""
    head: str
    """Chain head before this event."""
    confirmed: str = "asked"
    """asked, yes (the question was skipped) or force (scores were overwritten)."""


@dataclass(frozen=True, slots=True)
class ClockJumped:
    """The wall clock was set: it went so much further than the boot clock did."""

    seconds: int
    """Negative where it was set back."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A receipt: name, address, notes and reasons of a student were deleted on request."""

    student: str
    """The student's key, which says nothing about who it was."""
    texts: int
    """How many notes and reasons were deleted."""


@dataclass(frozen=True, slots=True)
class Restored:
    """The record was damaged or gone, and was built again from a copy and the mirror."""

    copy: str
    """File name of the copy, without its folder."""
    events: int
    """How many events the copy held."""
    mirrored: int
    """How many later events came from the mirror."""
