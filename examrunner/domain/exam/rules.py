"""Arithmetic of a session's rules: time allowed, and points for verdicts."""

from __future__ import annotations

from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from examrunner.domain.bank.banks import DEFAULT_SECONDS, OTHER_SECONDS
from examrunner.domain.exam.phases import Phase

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from examrunner.domain.course.people import Student
    from examrunner.domain.exam.attempts import Attempt
    from examrunner.domain.exam.events import Verdict
    from examrunner.domain.exam.settings import ExamRules


def allowance(rules: ExamRules, student: Student) -> int | None:
    """Return the seconds of one attempt of this student, extra time included; None: no limit."""
    if rules.minutes is None:
        return None
    seconds = Decimal(int(rules.minutes.total_seconds())) * student.extra_time
    return int(seconds.quantize(Decimal(1), ROUND_HALF_UP))


def sheet_talk(kinds: Iterable[tuple[str, int]], talk: int | None) -> int | None:
    """Return the talk, in seconds, that bounds the length of a sheet; None: no bounds.

    A sheet of usual questions must be able to fill 48 to 60 seconds of each minute; where the
    kinds asked for cannot (one question, a very short talk), bounds would only break the sheet's
    kinds apart.
    """
    if talk is None:
        return None
    usual = sum(count * DEFAULT_SECONDS.get(kind, OTHER_SECONDS) for kind, count in kinds)
    return talk if talk * 48 // 60 <= usual <= talk else None


def chain_of(first: Attempt, attempts: Sequence[Attempt]) -> list[Attempt]:
    """Return an attempt and those that were granted in its place, in order."""
    chain = [first]
    while later := [one for one in attempts if one.of == chain[-1].id]:
        chain.append(later[-1])
    return chain


def counted(rules: ExamRules, attempts: Sequence[Attempt]) -> list[Attempt | None]:
    """Return, for each paper a student owes, the attempt that counts; None where none does yet.

    A voided attempt counts no more, and one taken again gives way once the later one is decided.
    """
    found: list[Attempt | None] = []
    for first in [one for one in attempts if one.of is None][: rules.papers_per_student]:
        decided = [one for one in chain_of(first, attempts) if one.phase is Phase.DECIDED]
        found.append(decided[-1] if decided else None)
    missing = rules.papers_per_student - len(found)
    return [*found, *[None] * missing]


def tallied(attempts: Iterable[Attempt]) -> tuple[Counter[Verdict | None], int]:
    """Return how often each verdict stands, and how many attempts are void."""
    listed = list(attempts)
    verdicts = Counter(one.verdict for one in listed if one.phase is Phase.DECIDED)
    return verdicts, sum(one.phase is Phase.VOID for one in listed)


def score(rules: ExamRules, attempts: Sequence[Attempt]) -> int | Decimal | None:
    """Return a student's score, or None while it is not settled: a blank is never a zero.

    Each of the `papers_per_student` papers carries an equal share of the points. An attempt
    that is not decided, or whose verdict has no points (an edge), leaves the score open.
    """
    points = dict(rules.points)
    total = Fraction(0)
    for attempt in counted(rules, attempts):
        if attempt is None or attempt.verdict is None or attempt.verdict.value not in points:
            return None
        total += Fraction(points[attempt.verdict.value], rules.papers_per_student)
    if total.denominator == 1:
        return int(total)
    exact = Decimal(total.numerator) / Decimal(total.denominator)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
