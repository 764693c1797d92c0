"""Which questions were shown in earlier sessions, and what came of them, without any student.

How many students were shown a question says nothing about one of them. How they answered does
where only one or two were asked: whoever knows who had the paper knows the answer, too. Results
therefore begin with `FEWEST` students asked; below that only the number shown is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from examrunner.domain.bank.banks import FORBID

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FEWEST = 3
"""So many students must have been asked a question for its results to be kept or told."""


@dataclass(frozen=True, slots=True)
class Answers:
    """How a question was answered, over several students."""

    asked: int = 0
    """Students who were asked it in an attempt that was decided."""
    not_asked: int = 0
    """Students whose decided attempt left it out."""
    strong: int = 0
    enough: int = 0
    weak: int = 0
    clarified: int = 0
    probed: int = 0
    led: int = 0
    """Whose answers needed that much help; the others were unaided."""
    seconds: int = 0
    """That the answers took, added up over `timed`."""
    timed: int = 0
    """Students whose answer was timed: those keyed in from paper were not."""

    __pydantic_config__: ClassVar[dict[str, str]] = FORBID

    def __add__(self, other: Answers) -> Answers:
        names = [one.name for one in fields(self)]
        return Answers(**{name: getattr(self, name) + getattr(other, name) for name in names})

    @property
    def mean_seconds(self) -> float | None:
        """The mean time of an answer; None where none was timed."""
        return self.seconds / self.timed if self.timed else None


@dataclass(frozen=True, slots=True)
class Shown:
    """A question that stood on sheets of one session."""

    question: str
    sheets: int
    """That it stood on, each shown to a student."""
    answers: Answers | None = None
    """None where too few were asked."""

    __pydantic_config__: ClassVar[dict[str, str]] = FORBID

    def discreet(self) -> Shown:
        """Return it without the results where too few were asked to tell them.

        Neither are times told where so few were timed, nor help.
        """
        found = self.answers
        if found is None or found.asked < FEWEST:
            return replace(self, answers=None)
        if 0 < found.timed < FEWEST:
            found = replace(found, seconds=0, timed=0)
        return replace(self, answers=found)


@dataclass(frozen=True, slots=True)
class Used:
    """What one session showed."""

    session: str
    commit: str
    """Its published hash: what makes it one session and no other."""
    on: date | None = None
    course: str | None = None
    questions: tuple[Shown, ...] = ()

    __pydantic_config__: ClassVar[dict[str, str]] = FORBID


@dataclass(frozen=True, slots=True)
class Exposure:
    """exposure.yaml: what is remembered beside the banks."""

    sessions: tuple[Used, ...] = ()
    exposure_version: int = 1

    __pydantic_config__: ClassVar[dict[str, str]] = FORBID


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of one question over all earlier sessions."""

    times: int
    """Sheets that it stood on."""
    sessions: int
    answers: Answers
    """Of the sessions that may tell them."""

    @property
    def why(self) -> str | None:
        """Why it should be looked at again; None where nothing speaks for that."""
        found = self.answers
        if found.asked < FEWEST:
            return None
        if found.weak == found.asked:
            return f"nobody answered it, of {found.asked} asked"
        if found.strong == found.asked:
            return f"everybody answered it strongly, of {found.asked} asked"
        if found.led == found.asked:
            return f"everybody had to be led, of {found.asked} asked"
        return None


def remember(before: Exposure, used: Used) -> Exposure:
    """Return a memory with one session more.

    A session that is in it already takes its place anew, so that nothing counts twice.
    """
    kept = discreet(used)
    if any(one.commit == used.commit for one in before.sessions):
        sessions = tuple(kept if one.commit == used.commit else one for one in before.sessions)
    else:
        sessions = (*before.sessions, kept)
    return replace(before, sessions=sessions)


def discreet(used: Used) -> Used:
    """Return what a session showed without results that would tell of one or two students."""
    questions = sorted(used.questions, key=lambda one: one.question)
    return replace(used, questions=tuple(one.discreet() for one in questions))


def seen_in(sessions: Iterable[Used]) -> Mapping[str, Seen]:
    """Return what is known of each question, over sessions of which none is given twice."""
    found: dict[str, Seen] = {}
    for used in sessions:
        for one in used.questions:
            before = found.get(one.question, Seen(0, 0, Answers()))
            found[one.question] = Seen(
                before.times + one.sheets,
                before.sessions + 1,
                before.answers + (one.answers or Answers()),
            )
    return found
