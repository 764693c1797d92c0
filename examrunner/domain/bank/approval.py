"""Approval: who stood behind a question as it stands, bound to its content by a hash.

The program never rewrites a bank. `status` in it is what the writer claims; what counts are the
entries of `approvals.yaml` whose hash is that of the question as it is now. One changed word, and
the question is a draft again (design, section 5).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import ClassVar, TypeAlias

from examrunner.domain.bank.banks import FORBID, Bank, Question, State
from examrunner.domain.bank.content import content_hash


class Judged(StrEnum):
    """What somebody said of a question."""

    REVIEWED = "reviewed"
    APPROVED = "approved"
    RETURNED = "returned"
    """Sent back to its author, with a note."""


@dataclass(frozen=True, slots=True)
class Approval:
    """One entry: somebody judged a question as it stood on that day."""

    question: str
    state: Judged
    sha256: str
    """Of the question's content, without its status and log."""
    by: str
    on: date
    note: str | None = None

    __pydantic_config__: ClassVar[dict[str, str]] = FORBID


@dataclass(frozen=True, slots=True)
class Approvals:
    """The file beside the banks."""

    approvals: tuple[Approval, ...] = ()
    """In the order in which they were given."""
    approvals_version: int = 1

    __pydantic_config__: ClassVar[dict[str, str]] = FORBID


Known: TypeAlias = Mapping[str, tuple[Approval, ...]]
"""Question to its entries, in order."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a question has come, and why."""

    state: State
    entry: Approval | None = None
    """The entry that counts; None for a draft that nobody judged as it stands."""
    is_changed: bool = False
    """Somebody judged it, and it has been changed since."""
    readers: tuple[str, ...] = ()
    """Who reviewed or approved it as it stands, since it was last sent back."""


def by_question(approvals: Iterable[Approval]) -> dict[str, tuple[Approval, ...]]:
    """Return the entries of each question, in order."""
    known: dict[str, tuple[Approval, ...]] = {}
    for entry in approvals:
        known[entry.question] = (*known.get(entry.question, ()), entry)
    return known


def standing(question: Question, known: Known) -> Standing:
    """Return how far a question has come by the entries for what it says now.

    Those since it was last sent back count; a review takes no approval away. A writer may retire a
    question alone; nobody else's word is needed for that.
    """
    entries = known.get(question.id, ())
    if question.status is State.RETIRED:
        return Standing(State.RETIRED)
    if not entries:
        return Standing(State.DRAFT)
    now = content_hash(question)
    fitting = [entry for entry in entries if entry.sha256 == now]
    if not fitting:
        return Standing(State.DRAFT, is_changed=entries[-1].state is not Judged.RETURNED)
    since: list[Approval] = []
    for entry in fitting:
        since = [] if entry.state is Judged.RETURNED else [*since, entry]
    if not since:
        return Standing(State.DRAFT, fitting[-1])
    readers = tuple(entry.by for entry in since)
    approved = [entry for entry in since if entry.state is Judged.APPROVED]
    if approved:
        return Standing(State.APPROVED, approved[-1], readers=readers)
    return Standing(State.REVIEWED, since[-1], readers=readers)


def in_force(bank: Bank, known: Known) -> Bank:
    """Return a bank whose questions have the state that counts in place of the writer's claim."""
    questions = tuple(
        replace(question, status=standing(question, known).state) for question in bank.questions
    )
    return replace(bank, questions=questions)


def author_of(bank: Bank, question: Question) -> str | None:
    """Return who wrote a question, as far as the bank says."""
    if question.log:
        return question.log[0].by
    return bank.prepared.by if bank.prepared else None


def person(name: str) -> str:
    """Return what tells one person from another: neither case nor white space does."""
    return " ".join(name.split()).casefold()


def is_author(name: str, bank: Bank, question: Question) -> bool:
    """Say whether somebody wrote a question, as far as the bank says."""
    author = author_of(bank, question)
    return author is not None and person(author) == person(name)
