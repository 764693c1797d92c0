"""B14 to B19, B22 and B24: what counts as an answer, and where it stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from examrunner.domain.bank.lint.overlap import stated
from examrunner.domain.bank.lint.places import is_front, is_place
from examrunner.domain.bank.lint.rules import WARNING, Demands, Finding, rule
from examrunner.domain.bank.lint.words import alike, content_of, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from examrunner.domain.bank.lint.draft import DraftBank

MOST_MUSTS, FEWEST_POINTS, MOST_POINTS = 3, 2, 6
LONGEST_POINT = 25
ANCHORS = ("strong", "enough", "weak")
SAME = 0.8
"""Two sample answers that share more of their words do not tell two answers apart."""

_UNTICKABLE = re.compile(
    r"\b(?:good|clear|solid|deep|proper|thorough|sound|decent|nice|adequate|(?P<vague>general|basic))"
    r"\s+(?:\w+\s+)?(?:understanding|grasp|knowledge|explanation|answer|idea|overview|reasoning)\b"
    r"(?!\s+(?:tests?|tasks?|questions?|benchmarks?|bases?|graphs?|exams?|quiz)\b)"
    r"(?(vague)(?![^.;]*\b(?:is|are|was|were)\b))"
    r"|\betc\b\.?|\band so on\b|\band so forth\b|\bor similar\b"
    r"|\b(?:explains?|answers?|describes?|speaks?|says?|states?|tells?|shows?)\b"
    r"(?:\s+clearly\b(?!\s+(?:better|worse|more|less|\w+er)\b)"
    r"|(?:(?!\bthat\b)[^.;])*\bclearly\s*(?:$|[.;,]|(?:and|how|why|what)\b))"
    r"|^clear(?:ly)?\s*(?:$|explain|describe|state|said|told)|\b(?:is|are|be) clear$"
    r"|\b(?:understands|knows about|is familiar with)\b",
    re.IGNORECASE,
)
_JUDGING = (
    *("understanding", "grasp", "knowledge", "explanation", "answer", "idea", "overview"),
    *("reasoning", "etc", "lear", "nderstands", "nows about", "familiar"),
    *("so on", "so forth", "or similar"),
)
"""One of these stands in whatever that finds: a look for them settles most."""
_BARE_NUMBER = re.compile(
    r"(?:^|[.?!:;,]\s+)(?:(?:by|with|in|on|for|at|to|of|from|over|after|about|across)\s+)?"
    r"(?:how many\b|how (?:large|big|long|deep|wide|often)\b|(?<=by )how much\b"
    r"|how much (?:memory|time|data|text|money|computation|training)\b"
    r"|(?:what (?:exact )?(?:number|percentage|fraction|share|value|score|size|year|rate)"
    r"|which (?:exact )?(?:number|percentage|fraction|value|year))\b"
    r"(?!\s+(?:functions?|networks?|models?|matrix|heads?|estimat\w+|matching|iteration|schedules?)\b)"
    r"(?!\s+(?:do|does|did|would)\s+(?:[\w']+\s+){1,4}(?:see|add|bring)\b)"
    r"|what (?:is|was|were|are) the (?:exact )?(?:number|percentage|value|score|size|year)\b)",
    re.IGNORECASE,
)


@rule(
    "B14",
    "error",
    title="too few or too many points",
    reason="One to three must points make the verdict; more than six cannot be ticked while "
    "listening.",
    example="look_for: [{also: a detail}]",
    fix="Name 1 to 3 `must` points, and 2 to 6 points in all.",
)
def b14(bank: DraftBank, _demands: Demands) -> Iterator[Finding]:
    """Find questions without 1 to 3 must points, or without 2 to 6 points in all."""
    for question in bank.questions:
        points = len(question.look_for)
        musts = sum(point.must for point in question.look_for)
        if points == 0:
            told = "nothing to look for in an answer"
        elif not 1 <= musts <= MOST_MUSTS:
            told = f"{musts} of the points are `must`" if musts else "none of the points is `must`"
        elif not FEWEST_POINTS <= points <= MOST_POINTS:
            told = f"there {'is' if points == 1 else 'are'} {points} to look for"
        else:
            continue
        hint = "name 1 to 3 `must` points under `look_for`, and 2 to 6 points in all"
        yield Finding(question.look_for_at or question.at, told, hint, question=question)


@rule(
    "B15",
    "warning",
    title="a point is too long",
    reason="A point is read in a glance while the student speaks.",
    example="must: the authors say, in the part where they compare, that ... (30 words)",
    fix="Split it, or keep only what decides.",
)
def b15(bank: DraftBank, _demands: Demands) -> Iterator[Finding]:
    """Find points of more than 25 words."""
    for question in bank.questions:
        for point in question.look_for:
            count = len(point.phrase.text.split())
            if count > LONGEST_POINT:
                told = f"this point has {count} words; it is read in a glance"
                hint = f"split it, or keep at most {LONGEST_POINT} words"
                yield Finding(point.phrase.at, told, hint, WARNING, 0, question)


@rule(
    "B16",
    "error",
    title="a point that cannot be ticked",
    reason="Two examiners must tick the same points; `good understanding` is a verdict.",
    example="must: shows a good understanding of the loss",
    fix="Write what such a student says: the loss compares the two distributions.",
)
def b16(bank: DraftBank, _demands: Demands) -> Iterator[Finding]:
    """Find points such as `good understanding`, `clear`, `etc`."""
    points = "\n".join(point.phrase.text for one in bank.questions for point in one.look_for)
    hints = [words for words in _JUDGING if words in points]
    for question in bank.questions:
        for point in question.look_for:
            text = point.phrase.text
            if any(word in text for word in hints) and (found := _UNTICKABLE.search(text)):
                told = f"`{found[0]}` cannot be ticked"
                hint = "write what the student says"
                yield Finding(point.phrase.at, told, hint, offset=found.start(), question=question)


@rule(
    "B17",
    "error",
    title="no place in the paper",
    reason="Who doubts an answer must find the place; a reviewer opens every one.",
    example="source: [{at: somewhere near the end}]",
    fix="Name Section, Figure, Table, Equation, Algorithm, Theorem, Appendix, Abstract or page; a "
    "time for videos, a chapter for books, `Heading: ...` for posts.",
)
def b17(bank: DraftBank, demands: Demands) -> Iterator[Finding]:
    """Find questions without a place in the paper, and places that are not understood."""
    is_post = bank.reading is not None and bank.reading.text.strip() in demands.posts
    for question in bank.questions:
        if not question.source:
            hint = "add `source: [{at: Section 3.2}]`"
            told = "no place in the paper is named"
            yield Finding(question.at, told, hint, question=question)
        for at in question.source:
            if not is_post and not is_place(at.text):
                told = f"`{at.text.strip()[:60]}` is not understood as a place"
                hint = "write Section 3.2, Figure 1, Table 2, Appendix B, page 4, 12:30, Heading: …"
                yield Finding(at, told, hint, offset=0, question=question)


@rule(
    "B18",
    "error",
    title="a detail that stands in the abstract",
    reason="Abstract, introduction and conclusion stand in every summary; a detail question is "
    "there to show who read the rest.",
    example="kind: detail with source: [{at: Abstract}]",
    fix="Ask for a finding, a choice or a failure from the middle of the paper.",
)
def b18(bank: DraftBank, _demands: Demands) -> Iterator[Finding]:
    """Find detail questions whose only places are abstract, introduction or conclusion."""
    for question in bank.questions:
        if question.kind_name == "detail" and question.source:
            places = [at.text for at in question.source]
            if all(map(is_front, places)):
                told = "this detail stands only in abstract, introduction or conclusion"
                hint = "ask for something from the middle of the paper"
                yield Finding(question.source[0], told, hint, offset=0, question=question)


@rule(
    "B19",
    "warning",
    title="asks for a bare number",
    reason="Numbers are forgotten by those who read and looked up by those who did not.",
    example="say: How many heads does the model have?",
    fix="Ask what changed when the number was changed.",
)
def b19(bank: DraftBank, _demands: Demands) -> Iterator[Finding]:
    """Find detail questions that ask for a bare number."""
    for question in bank.questions:
        if question.kind_name == "detail" and question.say:
            found = _BARE_NUMBER.search(question.say.text)
            if found:
                offset = found.start() + len(found[0]) - len(found[0].lstrip(".?!:;, "))
                told, hint = "this asks for a bare number", "ask what changed with the number"
                yield Finding(question.say.at, told, hint, WARNING, offset, question)


@rule(
    "B22",
    "error / warning",
    title="a hint that states the answer, or no hint",
    reason="A hint opens a door for a student who is stuck; one that states a must point answers "
    "for them, and without a written one the examiner makes one up.",
    example="hints: [The softmax is pushed into its flat region by large inputs.]",
    fix="Ask for the step before: What does a softmax do when one input is far above the rest?",
)
def b22(bank: DraftBank, _demands: Demands) -> Iterator[Finding]:
    """Find hints that state a must point, and questions without a hint."""
    for question in bank.questions:
        if not question.hints:
            hint = "add `hints:`, the weakest first"
            yield Finding(question.at, "there is no hint", hint, WARNING, question=question)
        for phrase in question.hints:
            for point in question.musts():
                if found := stated(phrase, point):
                    told = f"the hint {found.told} of the must point in line {point.at.line}"
                    hint = "ask for the step before it"
                    yield Finding(phrase.at, told, hint, offset=found.offset, question=question)
                    break


@rule(
    "B24",
    "error",
    title="sample answers missing or alike",
    reason="Three written answers, one a line, keep the marks of the last student like those of "
    "the first.",
    example="anchors: {strong: they scale the scores, enough: they scale scores}",
    fix="Write what a strong, a sufficient and a weak student would say.",
)
def b24(bank: DraftBank, _demands: Demands) -> Iterator[Finding]:
    """Find questions without three sample answers that differ."""
    for question in bank.questions:
        given = [name for name in ANCHORS if name in question.anchors]
        missing = [name for name in ANCHORS if name not in question.anchors]
        if missing:
            told = f"no sample answer for {' and '.join(missing)}" if given else "no sample answers"
            hint = "add `anchors:` with strong, enough and weak, one line each"
            yield Finding(question.anchors_at or question.at, told, hint, question=question)
        for place, name in enumerate(given):
            for other in given[:place]:
                if _same(question.anchors[name].text, question.anchors[other].text):
                    told = f"the sample answers {other} and {name} are alike"
                    hint = "write what only such a student would say"
                    at = question.anchors[name]
                    yield Finding(at, told, hint, offset=0, question=question)
                    break


def _same(one: str, other: str) -> bool:
    """Say whether two sample answers are alike.

    Nearly all are told apart by their lengths, or by their words as they are written.
    """
    if 3 * min(len(one), len(other)) < 2 * max(len(one), len(other)):
        return False
    if alike(frozenset(one.split()), frozenset(other.split())) < SAME / 4:
        return False
    words, others = words_of(one), words_of(other)
    return words == others or alike(content_of(words), content_of(others)) > SAME


ANSWERS = (b14, b15, b16, b17, b18, b19, b22, b24)
"""In the order of their ids."""
