"""B29: questions that must not share a sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.bank.lint.overlap import MUCH, stated
from examrunner.domain.bank.lint.rules import ERROR, WARNING, Demands, Finding, rule
from examrunner.domain.bank.lint.words import alike
from examrunner.domain.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from examrunner.domain.bank.lint.draft import DraftBank, DraftQuestion

FEWEST = 3
"""Points with fewer words of their own are not compared."""


@rule(
    "B29",
    "error / warning",
    title="questions that are alike, or answer each other, are kept apart",
    reason="On one sheet the second question is a gift; over the day a near-duplicate is a repeat.",
    example="two questions with the same must point and no `not_with`",
    fix="Drop one, or name the other under `not_with` so that no sheet holds both.",
)
def b29(bank: DraftBank, demands: Demands) -> Iterator[Finding]:
    """Find near-duplicates, unknown ids under `not_with`, and answers that give others away."""
    names = {one.name for one in bank.all_questions if one.name}
    for question in bank.questions:
        for other in question.not_with:
            name = other.text.strip()
            if name not in names or name == question.name:
                word = "is the question itself" if name == question.name else "is no question here"
                told = f"`{safe(name[:64])}` under not_with {word}"
                hint = "name the ids of other questions of this bank"
                yield Finding(other, told, hint, offset=0, question=question)
    apart = {
        frozenset((one.name, other.text.strip()))
        for one in bank.questions
        for other in one.not_with
    }
    several = {kind for kind, count in demands.sheet if count > 1}
    before: list[_Asked] = []
    for question in bank.questions:
        asked = _Asked(question)
        for one in before:
            if len(one.all & asked.all) < 2:  # noqa: PLR2004  as nearly all pairs
                continue
            found = _together(one, asked, several)
            if found and frozenset((one.question.name, question.name)) not in apart:
                yield found
        before.append(asked)


class _Asked:
    """A question with the words that it asks with, and those of all its must points."""

    __slots__ = ("all", "answers", "asks", "musts", "question")

    def __init__(self, question: DraftQuestion) -> None:
        self.question = question
        self.musts = tuple(question.musts())
        self.asks = question.say.content if question.say else frozenset[str]()
        self.answers = frozenset[str]().union(*[point.content for point in self.musts])
        self.all = self.asks | self.answers


def _together(one: _Asked, other: _Asked, several: set[str]) -> Finding | None:
    """Return what is wrong with two questions on one sheet; one finding is enough.

    `several`: kinds of which a sheet holds more than one question.
    """
    if len(one.asks & other.asks) > 1 and alike(one.asks, other.asks) >= MUCH:
        assert one.question.say
        assert other.question.say
        told = f"this is nearly the question in line {one.question.say.at.line}"
        hint = f"drop one, or add `not_with: [{_name(one)}]`"
        return Finding(other.question.say.at, told, hint, ERROR, 0, other.question)
    kind = one.question.kind_name
    if kind == other.question.kind_name and kind not in several:
        return None
    return (
        _given_away(other, one)
        or _given_away(one, other)
        or (_same_answer(one, other) if len(one.answers & other.answers) > MUCH * FEWEST else None)
    )


def _given_away(asked: _Asked, answered: _Asked) -> Finding | None:
    """Return where a question says what another one asks for."""
    if len(asked.asks & answered.answers) > 1:
        for point in answered.musts:
            assert asked.question.say
            if found := stated(asked.question.say, point):
                told = f"the question {found.told} of the must point in line {point.at.line}"
                hint = f"word it otherwise, or add `not_with: [{_name(answered)}]`"
                at = asked.question.say.at
                return Finding(at, told, hint, WARNING, found.offset, asked.question)
    return None


def _same_answer(one: _Asked, other: _Asked) -> Finding | None:
    """Return a must point that another question asks for as well."""
    for mine in other.musts:
        for theirs in one.musts:
            enough = min(len(mine.content), len(theirs.content)) >= FEWEST
            if enough and alike(mine.content, theirs.content) >= MUCH:
                told = f"this is nearly the must point in line {theirs.at.line}"
                hint = f"drop one, or add `not_with: [{_name(one)}]`"
                return Finding(mine.at, told, hint, WARNING, 0, other.question)
    return None


def _name(one: _Asked) -> str:
    return one.question.name or "its id"


PAIRS = (b29,)
