"""What the doctor found: checks in groups, the rules in words, and the record's head."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from examrunner.domain.errors import ExamError

GROUPS = ("machine", "files", "record", "content")
"""In the order in which they are told."""


class State(StrEnum):
    """What a check came to."""

    OK = "ok"
    WARN = "warn"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    group: str
    name: str
    state: State
    words: str
    hint: str = ""
    """What to do about it."""
    code: int = 0
    """The exit code that an error stands for."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a session in words."""

    about: str
    words: str


@dataclass(slots=True)
class Findings:
    """Everything that was found."""

    checks: list[Check] = field(default_factory=list)
    rules: tuple[Rule, ...] = ()
    head: tuple[int, str] | None = None
    """How many events the record holds and the hash of the last one; None where there is none."""

    @property
    def code(self) -> int:
        """The exit code of it all: 0 unless there is an error."""
        return max((check.code for check in self.checks), default=0)

    def count(self, state: State) -> int:
        """Return how many checks came to something."""
        return sum(check.state is state for check in self.checks)

    def ordered(self) -> list[Check]:
        """Return the checks group by group."""
        return sorted(self.checks, key=lambda check: GROUPS.index(check.group))

    def notes(self, group: str) -> Notes:
        """Return what takes down the checks of a group."""
        return Notes(self, group)


@dataclass(frozen=True, slots=True)
class Notes:
    """Takes down the checks of one group."""

    findings: Findings
    group: str

    def ok(self, name: str, words: str) -> None:
        """Note what is fine."""
        self.findings.checks.append(Check(self.group, name, State.OK, words))

    def warn(self, name: str, words: str, hint: str = "") -> None:
        """Note what is worth a look."""
        self.findings.checks.append(Check(self.group, name, State.WARN, words, hint))

    def error(self, name: str, words: str, hint: str = "", code: int = ExamError.exit_code) -> None:
        """Note what stands in the way."""
        self.findings.checks.append(Check(self.group, name, State.ERROR, words, hint, code))
