"""All rules over one bank."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.bank.lint.aids import AIDS
from examrunner.domain.bank.lint.answers import ANSWERS
from examrunner.domain.bank.lint.asking import WORDING
from examrunner.domain.bank.lint.claims import CLAIMS
from examrunner.domain.bank.lint.pairs import PAIRS
from examrunner.domain.bank.lint.rules import ERROR, WARNING, Demands, Finding
from examrunner.domain.bank.lint.sheet import SHEET

if TYPE_CHECKING:
    from examrunner.domain.bank.lint.draft import DraftBank
    from examrunner.domain.problems import Severity

RULES = tuple(sorted((*CLAIMS, *WORDING, *ANSWERS, *AIDS, *SHEET, *PAIRS), key=lambda one: one.id))
"""All thirty, in the order of their ids."""
BY_ID = {one.id: one for one in RULES}


def judge(bank: DraftBank, demands: Demands) -> list[tuple[str, Finding]]:
    """Return what the rules find, each with the rule's id and its severity for this bank.

    A question is judged strictly where approval is asked for, or where it claims to be reviewed or
    was approved; the bank as a whole where all of its questions are.
    """
    found = [(one.id, finding) for one in RULES for finding in one.check(bank, demands)]
    asked = bank.questions
    whole = demands.approval or (bool(asked) and all(one.is_strict for one in asked))
    for _, finding in found:
        question = finding.question
        strict = demands.approval or (whole if question is None else question.is_strict)
        finding.severity = _severity(finding, strict=strict)
    return found


def _severity(finding: Finding, *, strict: bool) -> Severity:
    if finding.always or (strict and finding.severity is ERROR):
        return ERROR
    return WARNING
