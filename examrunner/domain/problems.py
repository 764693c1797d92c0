"""Problems: everything that is wrong with the input, each with its place, all at once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from examrunner.domain.errors import ExamError

if TYPE_CHECKING:
    from collections.abc import Iterable


class Severity(StrEnum):
    """Errors make the day impossible; warnings are worth a look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where, and what to do about it."""

    severity: Severity
    text: str
    hint: str = ""
    file: str | None = None
    line: int | None = None
    """Counted from 1."""
    column: int | None = None
    """Counted from 1."""
    rule: str = ""
    """A short stable name, e.g. `yaml`, `too-few-reviews`, `B01`."""

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        head = f"{place}: " if place else ""
        rule = f" [{self.rule}]" if self.rule else ""
        hint = f"\n    {self.hint}" if self.hint else ""
        return f"{head}{self.severity}: {self.text}{rule}{hint}"


def error(
    text: str,
    hint: str = "",
    *,
    file: str | None = None,
    line: int | None = None,
    column: int | None = None,
    rule: str = "",
) -> Problem:
    """Return a problem that makes the day impossible."""
    return Problem(Severity.ERROR, text, hint, file, line, column, rule)


def warning(
    text: str,
    hint: str = "",
    *,
    file: str | None = None,
    line: int | None = None,
    column: int | None = None,
    rule: str = "",
) -> Problem:
    """Return a problem that is worth a look and blocks nothing."""
    return Problem(Severity.WARNING, text, hint, file, line, column, rule)


def has_errors(problems: Iterable[Problem]) -> bool:
    """Say whether any of the problems makes the day impossible."""
    return any(problem.severity is Severity.ERROR for problem in problems)


class BadInput(ExamError):
    """Files that cannot be used, with every problem found in them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
