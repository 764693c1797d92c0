"""B20, B21 and B23: what helps the examiner to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.bank.lint.asking import clause_for_yes_or_no
from examrunner.domain.bank.lint.rules import ERROR, WARNING, Demands, Finding, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from examrunner.domain.bank.lint.draft import DraftBank

MOST_PROBES = 3
TELLING = ("core", "detail")
"""Kinds that show whether the paper was read."""


@rule(
    "B20",
    "error / warning",
    title="no red flag",
    reason="A red flag is a thing that only somebody says who did not read the paper; without one "
    "in core and detail a fluent summary passes.",
    example="kind: core without red_flags",
    fix="Write what a reader of summaries only would say.",
)
def b20(bank: DraftBank, _demands: Demands) -> Iterator[Finding]:
    """Find questions without a red flag."""
    for question in bank.questions:
        if not question.red_flags:
            severity = ERROR if question.kind_name in TELLING else WARNING
            hint = "add `red_flags:`, what somebody says who did not read the paper"
            yield Finding(question.at, "there is no red flag", hint, severity, question=question)


@rule(
    "B21",
    "error / warning",
    title="no probe, too many, or one for yes or no",
    reason="Prepared follow-ups keep the talk fair; made-up ones drift, and there is time for two.",
    example="probes: [Is that always so?]",
    fix="Write one to three questions that begin with why, how or what.",
)
def b21(bank: DraftBank, _demands: Demands) -> Iterator[Finding]:
    """Find questions without a probe or with more than three, and yes-or-no probes."""
    for question in bank.questions:
        if not question.probes:
            hint = "add `probes:` with one to three follow-ups"
            yield Finding(question.at, "there is no probe", hint, question=question)
        elif len(question.probes) > MOST_PROBES:
            told = f"there are {len(question.probes)} probes; nobody gets to the fourth"
            at = question.probes[MOST_PROBES].at
            yield Finding(at, told, "keep the three best", WARNING, 0, question)
        for phrase in question.probes:
            if (offset := clause_for_yes_or_no(phrase.text)) is not None:
                told, hint = "this probe can be answered by yes or no", "ask why, how or what"
                yield Finding(phrase.at, told, hint, WARNING, offset, question)


@rule(
    "B23",
    "warning",
    title="a core question without a misconception",
    reason="What students get wrong is known beforehand; an examiner who has it before their eyes "
    "hears it.",
    example="kind: core without misconceptions",
    fix="Add a claim that is often made, and its correction.",
)
def b23(bank: DraftBank, _demands: Demands) -> Iterator[Finding]:
    """Find core questions without a misconception."""
    for question in bank.questions:
        if question.kind_name == "core" and not question.misconceptions:
            hint = "add `misconceptions: [{claim: …, correction: …}]`"
            told = "this core question names no misconception"
            yield Finding(question.at, told, hint, WARNING, question=question)


AIDS = (b20, b21, b23)
"""In the order of their ids."""
