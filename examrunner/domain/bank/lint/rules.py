"""What a rule is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from examrunner.domain.bank.lint.draft import DraftBank, DraftQuestion, Place
from examrunner.domain.problems import Severity

ERROR, WARNING = Severity.ERROR, Severity.WARNING

USUAL_SHEET = (("opening", 1), ("core", 1), ("detail", 1), ("critique", 1))
"""How many questions of each kind one student is asked where no session says otherwise."""


@dataclass(frozen=True, slots=True)
class Demands:
    """What a bank is judged by besides itself."""

    readings: frozenset[str] | None = None
    """Ids of the catalogue. None: there is none, and nothing is said about it."""
    posts: frozenset[str] = frozenset()
    """Ids of blogs, books and the like, whose places may be headings."""
    approvals: bool = False
    """Whether an approvals.yaml stands beside the bank."""
    sheet: tuple[tuple[str, int], ...] = USUAL_SHEET
    """How many questions of each kind one student is asked."""
    seconds: int = 300
    """The time of one student."""
    approval: bool = False
    """Whether drafts, too, are judged as strictly as for approval."""


@dataclass(slots=True)
class Finding:
    """One thing that a rule found."""

    at: Place
    told: str
    hint: str
    severity: Severity = ERROR
    """Once approval is asked for; in a draft every finding is a warning."""
    offset: int | None = None
    """The very character of the text at `at` that is meant."""
    question: DraftQuestion | None = None
    """None where the bank as a whole is meant."""
    always: bool = False
    """An error in a draft, too, and not to be suppressed: the program cannot use such a bank."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. What it looks at is in `check`; the texts are what `--explain` shows."""

    id: str
    title: str
    severity: str
    reason: str
    example: str
    fix: str
    check: Callable[[DraftBank, Demands], Iterator[Finding]]


def rule(
    name: str, severity: str, *, title: str, reason: str, example: str, fix: str
) -> Callable[[Callable[[DraftBank, Demands], Iterator[Finding]]], Rule]:
    """Make a rule of the function that looks for it."""

    def make(check: Callable[[DraftBank, Demands], Iterator[Finding]]) -> Rule:
        return Rule(name, title, severity, reason, example, fix, check)

    return make
