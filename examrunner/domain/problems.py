"""Problems: everything that is wrong with the input, each with its place, all at once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath
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

    @property
    def in_a_line(self) -> str:
        """The first error, its file without the folder, and how many problems more there are."""
        errors = (one for one in self.problems if one.severity is Severity.ERROR)
        first = next(errors, self.problems[0])
        name = PurePath(first.file).name if first.file else None
        place = ":".join(str(part) for part in (name, first.line, first.column) if part)
        more = len(self.problems) - 1
        rest = f" (and {more} more)" if more else ""
        return f"{place}: {first.text}{rest}" if place else f"{first.text}{rest}"
