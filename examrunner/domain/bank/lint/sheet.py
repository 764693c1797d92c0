"""B25 to B28: whether the questions of a bank make a sheet."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from examrunner.domain.bank.lint.places import section
from examrunner.domain.bank.lint.rules import ERROR, USUAL_SHEET, WARNING, Demands, Finding, rule
from examrunner.domain.bank.lint.words import WAIT_SECONDS, spoken_seconds
from examrunner.domain.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from examrunner.domain.bank.lint.draft import DraftBank, DraftQuestion

LEVELS = ("recall", "explain", "apply", "evaluate")
ALL_MARKS = 10
"""Of the usual sheet; a session with another one has marks of its own."""
MOST_APART = 15
"""Seconds by which two questions of a kind may differ."""
ANSWER_SECONDS = 25
LEAST_OF_TIME = 0.8
"""A sheet that fills less of a student's time wastes it."""
FEWEST, AIM = 2, {"opening": 2, "core": 4, "detail": 4, "critique": 3}
"""Questions of a kind: below the first everybody gets the same one; the second keeps repeats rare
(one sitting in fourteen with four)."""
FEWEST_SECTIONS = 3


def _kinds(bank: DraftBank) -> dict[str, list[DraftQuestion]]:
    """Return the questions by kind, in the order of the file."""
    kinds: dict[str, list[DraftQuestion]] = {}
    for question in bank.questions:
        if question.kind_name:
            kinds.setdefault(question.kind_name, []).append(question)
    return kinds


def _usual(numbers: list[int]) -> int:
    """Return the number that stands there most often, of several the least."""
    counts = Counter(numbers)
    return min(counts, key=lambda number: (-counts[number], number))


@rule(
    "B25",
    "error / warning",
    title="equal marks and times inside a kind, ten marks for the usual sheet",
    reason="Students get different questions of a kind: they must be worth the same, and take "
    "about the same time.",
    example="two core questions with marks 3 and 4",
    fix="Opening 2, core 3, detail 2, critique 3 marks; 60, 90, 60 and 75 s.",
)
def b25(bank: DraftBank, demands: Demands) -> Iterator[Finding]:
    """Find marks and times that differ inside a kind, and usual sheets that are not worth 10."""
    kinds = _kinds(bank)
    for kind, questions in kinds.items():
        marks = _usual([one.marks for one in questions])
        seconds = _usual([one.seconds for one in questions])
        for question in questions:
            if question.marks != marks:
                told = (
                    f"{question.marks} marks, where other {safe(kind[:20])} questions have {marks}"
                )
                at = question.marks_at or question.at
                hint = "give all questions of a kind the same marks"
                yield Finding(at, told, hint, offset=0, question=question)
            if abs(question.seconds - seconds) > MOST_APART:
                told = (
                    f"{question.seconds} s, where other {safe(kind[:20])} questions take {seconds}"
                )
                at = question.seconds_at or question.at
                hint = f"keep the times of a kind within {MOST_APART} s"
                yield Finding(at, told, hint, WARNING, 0, question)
    is_usual = {kind: count for kind, count in demands.sheet if count} == dict(USUAL_SHEET)
    total = _sum_of(kinds, demands, "marks") if is_usual else None
    if total is not None and total != ALL_MARKS:
        hint = "opening 2, core 3, detail 2 and critique 3 make 10"
        yield Finding(
            bank.place("questions"), f"a sheet is worth {total} marks, not {ALL_MARKS}", hint
        )


def _sum_of(kinds: dict[str, list[DraftQuestion]], demands: Demands, what: str) -> int | None:
    """Return marks or seconds of one sheet, or None where the bank cannot fill it."""
    if any(kind not in kinds for kind, count in demands.sheet if count):
        return None
    return sum(
        count * _usual([getattr(one, what) for one in kinds[kind]])
        for kind, count in demands.sheet
        if count
    )


@rule(
    "B26",
    "error",
    title="enough time for every question, and for the sheet",
    reason="A question needs the time to read it, three silent seconds and 25 s of answer; a sheet "
    "must fit the student's time and should fill it.",
    example="seconds: 20",
    fix="Shorten the question or give it more time; a sheet takes 4 to 5 minutes of 5.",
)
def b26(bank: DraftBank, demands: Demands) -> Iterator[Finding]:
    """Find questions and sheets with too little time or too much."""
    for question in bank.questions:
        read = spoken_seconds(question.say.text) if question.say else 0
        needed = round(read + WAIT_SECONDS + ANSWER_SECONDS)
        if question.seconds < needed:
            told = (
                f"{question.seconds} s are too short: reading, waiting and answering take {needed}"
            )
            at = question.seconds_at or question.at
            hint = "give it more time, or shorten the question"
            yield Finding(at, told, hint, offset=0, question=question)
    total = _sum_of(_kinds(bank), demands, "seconds")
    least = round(LEAST_OF_TIME * demands.seconds)
    if total is not None and not least <= total <= demands.seconds:
        told = f"a sheet takes {total} s, not {least} to {demands.seconds}"
        yield Finding(bank.place("questions"), told, "change the `seconds` of a kind")


@rule(
    "B27",
    "error / warning",
    title="levels are named and varied, and more than two sections are touched",
    reason="Orals drift to recall when nobody says which level a question has; questions about one "
    "section show one section read.",
    example="level: hard",
    fix="Name recall, explain, apply or evaluate, and draw on three sections or more.",
)
def b27(bank: DraftBank, _demands: Demands) -> Iterator[Finding]:
    """Find questions without a known level, and banks of one level or of few sections."""
    for question in bank.questions:
        level = question.level.text.strip() if question.level else ""
        if level not in LEVELS:
            told = f"`{safe(level[:40])}` is no level" if level else "no level is named"
            at = question.level or question.at
            hint = f"add `level:` with {', '.join(LEVELS[:-1])} or {LEVELS[-1]}"
            yield Finding(at, told, hint, offset=0, question=question)
    found = {one.level.text.strip() for one in bank.questions if one.level} & {*LEVELS}
    missing = [level for level in LEVELS[:2] if level not in found]
    if found.isdisjoint(LEVELS[2:]):
        missing.append("apply or evaluate")
    if found and missing:
        told = f"no question has the level {' and none '.join(missing)}"
        yield Finding(
            bank.place("questions"),
            told,
            "openings and core explain, details recall, critiques judge",
        )
    sections = {section(at.text) for one in bank.questions for at in one.source}
    if sections and len(sections) < FEWEST_SECTIONS:
        told = (
            f"all questions are about {len(sections)} part{'s' * (len(sections) > 1)} of the paper"
        )
        yield Finding(
            bank.place("questions"), told, f"draw on {FEWEST_SECTIONS} sections or more", WARNING
        )


@rule(
    "B28",
    "error / warning",
    title="enough questions of each kind",
    reason="A paper is drawn by several students on one day: with one question of a kind they all "
    "get it, with four a repeat is rare.",
    example="one core question",
    fix="Write at least 2 of each kind; 2 opening, 4 core, 4 detail and 3 critique are the aim.",
)
def b28(bank: DraftBank, demands: Demands) -> Iterator[Finding]:
    """Find kinds with too few questions, and kinds that no sheet asks for."""
    kinds = _kinds(bank)
    for kind, wanted in demands.sheet:
        count, fewest = len(kinds.get(kind, ())), FEWEST * wanted
        aim = max(fewest, AIM.get(kind, fewest))
        if wanted and count < aim:
            have = f"{count or 'no'} {safe(kind[:20])} question{'s' * (count != 1)}"
            hint = f"write {fewest} at least; the aim is {aim}"
            severity = ERROR if count < fewest else WARNING
            yield Finding(bank.place("questions"), f"the bank has {have}", hint, severity)
    asked = {kind for kind, _ in demands.sheet}
    for kind, questions in kinds.items():
        if kind not in asked:
            told = f"no sheet asks for a question of the kind `{safe(kind[:40])}`"
            hint = f"a sheet asks for {', '.join(sorted(asked))}"
            at = questions[0].kind or questions[0].at
            yield Finding(at, told, hint, WARNING, 0, questions[0])


SHEET = (b25, b26, b27, b28)
"""In the order of their ids."""
