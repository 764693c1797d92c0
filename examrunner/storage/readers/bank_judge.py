"""One file of a folder of banks: read, judged by the rules, every problem at its very word."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from examrunner.domain.bank.banks import Bank
from examrunner.domain.bank.lint.judge import BY_ID, RULES, judge
from examrunner.domain.bank.lint.rules import Demands, Finding
from examrunner.domain.problems import Problem, warning
from examrunner.domain.text import safe
from examrunner.storage.files import stamp
from examrunner.storage.readers.approval_files import FILE as APPROVALS
from examrunner.storage.readers.approval_files import read_approvals
from examrunner.storage.readers.bank_drafts import draft_bank, names_of, suspects
from examrunner.storage.readers.bank_files import BANK_RULES, check_shape
from examrunner.storage.readers.cache import read_bytes
from examrunner.storage.readers.exposure_files import FILE as EXPOSURE
from examrunner.storage.readers.exposure_files import read_exposure
from examrunner.storage.readers.typed import Report, read_typed
from examrunner.storage.readers.yaml_places import (
    MARK,
    Asked,
    Lines,
    asked_for,
    may_ask,
    passed_over,
)
from examrunner.storage.readers.yaml_tree import Mapping, read_tree

if TYPE_CHECKING:
    from pathlib import Path

    from examrunner.domain.bank.approval import Known
    from examrunner.domain.bank.lint.draft import DraftBank

RULE = "lint"
"""The rule of problems with the comments that ask for rules to be passed over."""
COURSE = "course.yaml"


@dataclass(frozen=True, slots=True)
class Judged:
    """What there is to say about one file."""

    problems: tuple[Problem, ...]
    ids: tuple[tuple[str, int, int], ...] = ()
    """The id of each question, empty where it has none, with line and column."""
    is_bank: bool = False

    def lines(self) -> dict[str, int]:
        """Return the line of each id that is given."""
        return {name: line for name, line, _ in self.ids if name}


def judge_file(path: Path, demands: Demands = Demands(), names: tuple[str, ...] = ()) -> Judged:  # noqa: B008  frozen
    """Return what there is to say about a file of a folder of banks, whatever it holds.

    `names` are of people who must not stand in a bank.
    """
    if path.name == COURSE:
        from examrunner.storage.readers.course_files import read_course

        return Judged(tuple(read_course(path)[1]))
    if path.name == APPROVALS:
        return Judged(tuple(read_approvals(path)[1]))
    if path.name == EXPOSURE:
        return Judged(tuple(read_exposure(path)[1]))
    file = str(path)
    data, fault = read_bytes(path)
    if data is None:
        return Judged((fault,) if fault else ())
    root, problems = read_tree(data, file)
    if root is None:
        return Judged(tuple(problems), is_bank=True)
    problems += check_shape(root, file, path.stem)
    bank = draft_bank(root)
    if names or b"@" in data:
        bank.suspects = suspects(root, names_of(names))
    if demands.approvals:
        _add_approvals(bank, root, path)
    problems += _found(judge(bank, demands), data, file)
    problems.sort(key=lambda one: (one.line or 0, one.column or 0, one.rule, one.text))
    ids = tuple(
        (one.name, at.line, at.column) for one in bank.all_questions for at in (one.id or one.at,)
    )
    return Judged(tuple(problems), ids, is_bank=True)


def _found(found: list[tuple[str, Finding]], data: bytes, file: str) -> list[Problem]:
    """Return findings as problems, without those that comments in the file pass over."""
    problems: list[Problem] = []
    has_asked = may_ask(data)
    if found or has_asked:
        lines = Lines(data)
        asked = asked_for(lines) if has_asked else []
        for rule, finding in found:
            problem = _problem(rule, finding, file, lines)
            begin = finding.at.line
            covered = (problem.line or begin, begin)
            if not passed_over(asked, rule, covered, always=finding.always):
                problems.append(problem)
        problems += [one for comment in asked for one in _unused(comment, file)]
    return problems


def _problem(rule: str, finding: Finding, file: str, lines: Lines) -> Problem:
    """Return a finding as a problem at its very word."""
    line, column = finding.at.line, finding.at.column
    text = getattr(finding.at, "text", "")
    if finding.offset is not None and text:
        line, column = lines.place(line, column, text, finding.offset)
    return Problem(
        finding.severity, safe(finding.told), safe(finding.hint), file, line, column, rule
    )


def _unused(comment: Asked, file: str) -> list[Problem]:
    """Report a comment that gives no reason or passes nothing over."""

    def warned(told: str, hint: str) -> Problem:
        place = {"line": comment.line, "column": comment.column}
        return warning(told, hint, file=file, rule=RULE, **place)

    if not comment.ids:
        return [warned("this comment names no rule", f"{MARK} B07 and why")]
    if not comment.reason:
        names = ", ".join(sorted(comment.ids))
        return [warned("a rule is passed over without a reason", f"{MARK} {names} and why")]
    return [warned(*_no_use(comment, name)) for name in sorted(comment.ids - comment.used)]


def _no_use(comment: Asked, name: str) -> tuple[str, str]:
    """Return why a comment does not pass over a rule, and what to do about it."""
    if name not in BY_ID:
        return f"{name} is no rule", f"the rules are {RULES[0].id} to {RULES[-1].id}"
    if name in comment.refused:
        return f"{name} cannot be passed over here", "repair the place, and delete the comment"
    return f"nothing here is against {name}", "delete the comment"


def _add_approvals(bank: DraftBank, root: Mapping, path: Path) -> None:
    """Note at each question what approvals.yaml says of it as it is now."""
    from examrunner.domain.bank.approval import standing

    report = Report(str(path), root)
    typed = read_typed(Bank, report, BANK_RULES)
    if typed is None:
        return
    file = path.parent / APPROVALS
    known = _known(file, stamp(file))
    for drafted, question in zip(bank.all_questions, typed.questions, strict=True):
        now = standing(question, known)
        drafted.approval = "changed" if now.is_changed else str(now.state)
        drafted.readers = now.readers


@lru_cache(maxsize=1)
def _known(file: Path, _state: tuple[int, int]) -> Known:
    """Return the entries of a file in this state, which all banks beside it ask for."""
    from examrunner.domain.bank.approval import by_question

    return by_question(read_approvals(file)[0].approvals)
