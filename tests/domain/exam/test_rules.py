"""Arithmetic of a session's rules."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.course.people import Student
from examrunner.domain.exam.attempts import Attempt, Judgement
from examrunner.domain.exam.events import Verdict
from examrunner.domain.exam.phases import Phase
from examrunner.domain.exam.rules import allowance, score, sheet_talk
from examrunner.domain.exam.settings import ExamRules, Settings
from tests.fakes import NINE

if TYPE_CHECKING:
    from collections.abc import Sequence

USUAL = (("opening", 1), ("core", 1), ("detail", 1), ("critique", 1))


def student(extra: str = "1") -> Student:
    """Return a student with a factor on the time."""
    return Student("s", "Student", extra_time=Decimal(extra))


def decided(*verdicts: Verdict | None, number: int = 1) -> Attempt:
    """Return an attempt with these verdicts, the last one in force."""
    judgements = tuple(
        Judgement(f"e{n}", NINE, one, has_reason=False, actor="ann")
        for n, one in enumerate(verdicts)
    )
    return Attempt(f"s.{number}", "s", number, Phase.DECIDED, judgements=judgements)


@pytest.mark.parametrize(
    ("minutes", "extra", "seconds"),
    [
        (300, "1", 300),
        (300, "1.5", 450),
        (265, "1.5", 398),
        (265, "1.25", 331),
        (265, "2", 530),
        (265, "1.10", 292),
        (1, "0.5", 1),
        (300, "0", 0),
    ],
)
def test_time_allowed_is_minutes_times_factor_rounded_half_up(
    minutes: int, extra: str, seconds: int
) -> None:
    """Half a second counts for the student, also where rounding to even would take it."""
    rules = ExamRules(minutes=timedelta(seconds=minutes))
    assert allowance(rules, student(extra)) == seconds


def test_without_minutes_there_is_no_limit() -> None:
    """Extra time of no limit is no limit."""
    assert allowance(ExamRules(minutes=None), student("1.5")) is None


@given(st.integers(1, 3600), st.decimals(1, 3, places=2))
def test_extra_time_never_takes_time_away(seconds: int, factor: Decimal) -> None:
    """A factor of one or more gives at least the time that everybody has."""
    allowed = allowance(ExamRules(minutes=timedelta(seconds=seconds)), student(str(factor)))
    assert allowed is not None
    assert allowed >= seconds
    assert abs(Decimal(allowed) - seconds * factor) <= Decimal("0.5")


@pytest.mark.parametrize(
    ("verdict", "points"), [(Verdict.PASS, 10), (Verdict.FAIL, 0), (Verdict.EDGE, None)]
)
def test_a_verdict_gives_its_points(verdict: Verdict, points: int | None) -> None:
    """Pass is ten, fail is zero, and an edge is open until its second look."""
    assert score(ExamRules(), [decided(verdict)]) == points


def test_a_corrected_edge_gives_the_points_of_the_later_verdict() -> None:
    """The verdict in force counts, however often it was corrected."""
    assert score(ExamRules(), [decided(Verdict.EDGE, Verdict.PASS)]) == 10
    assert score(ExamRules(), [decided(Verdict.PASS, Verdict.FAIL)]) == 0


def test_an_edge_may_have_points_of_its_own() -> None:
    """Which verdicts have points is a setting."""
    rules = ExamRules(points=(("pass", 10), ("edge", 7), ("fail", 0)))
    assert score(rules, [decided(Verdict.EDGE)]) == 7


def test_an_attempt_without_a_verdict_gives_no_score() -> None:
    """Where a session asks for no verdict there is nothing to turn into points."""
    assert score(ExamRules(), [decided(None)]) is None


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.DECIDED])
def test_a_blank_is_never_a_zero(phase: Phase) -> None:
    """Whoever was not examined to the end, an absent student too, has no score."""
    assert score(ExamRules(), [Attempt("s.1", "s", 1, phase)]) is None


def test_no_attempt_is_no_score() -> None:
    """A student nobody has called has no score."""
    assert score(ExamRules(), []) is None


@pytest.mark.parametrize(
    ("verdicts", "points"),
    [
        ((Verdict.PASS, Verdict.PASS), 10),
        ((Verdict.PASS, Verdict.FAIL), 5),
        ((Verdict.FAIL, Verdict.FAIL), 0),
        ((Verdict.PASS, Verdict.EDGE), None),
        ((Verdict.FAIL,), None),
        ((Verdict.PASS,), None),
    ],
)
def test_two_papers_share_the_points(verdicts: Sequence[Verdict], points: int | None) -> None:
    """Each paper carries half, and one paper alone settles nothing."""
    attempts = [decided(one, number=n) for n, one in enumerate(verdicts, 1)]
    assert score(ExamRules(papers_per_student=2), attempts) == points


def test_a_waiting_second_paper_leaves_the_score_open() -> None:
    """The first verdict is not doubled while the second paper is still to come."""
    attempts = [decided(Verdict.PASS), Attempt("s.2", "s", 2)]
    assert score(ExamRules(papers_per_student=2), attempts) is None


def test_shares_that_do_not_divide_are_rounded_to_hundredths() -> None:
    """A third of ten is 3.33, two thirds are 6.67, and all three are ten again."""
    rules = ExamRules(papers_per_student=3)
    won, lost = decided(Verdict.PASS), decided(Verdict.FAIL)
    assert score(rules, [won, lost, lost]) == Decimal("3.33")
    assert score(rules, [won, won, lost]) == Decimal("6.67")
    assert score(rules, [won, won, won]) == 10
    assert isinstance(score(rules, [won, won, won]), int)


@given(st.lists(st.sampled_from([Verdict.PASS, Verdict.FAIL]), min_size=1, max_size=4))
def test_a_settled_score_lies_between_none_and_all_points(verdicts: list[Verdict]) -> None:
    """A score is the share of passes, within a hundredth."""
    rules = ExamRules(papers_per_student=len(verdicts))
    settled = score(rules, [decided(one) for one in verdicts])
    assert settled is not None
    exact = Decimal(10 * verdicts.count(Verdict.PASS)) / len(verdicts)
    assert abs(Decimal(settled) - exact) <= Decimal("0.005")


@pytest.mark.parametrize(
    ("kinds", "talk", "bounds"),
    [
        (USUAL, 300, 300),
        (USUAL, 285, 285),
        (USUAL, 284, None),
        (USUAL, 357, 357),
        (USUAL, 360, None),
        ((("core", 1),), 300, None),
        ((("core", 1),), 90, 90),
        ((("puzzle", 5),), 300, 300),
        (USUAL, None, None),
        ((), 300, None),
    ],
)
def test_a_sheet_is_bounded_where_usual_questions_fill_the_talk(
    kinds: tuple[tuple[str, int], ...], talk: int | None, bounds: int | None
) -> None:
    """Bounds hold only where usual questions take 48 to 60 seconds of each minute."""
    assert sheet_talk(kinds, talk) == bounds


def test_a_session_needs_nothing_but_its_name() -> None:
    """The defaults are the exam of the first course: five minutes, one paper, pass or fail."""
    settings = Settings("demo")
    assert settings.exam.minutes == timedelta(minutes=5)
    assert settings.exam.papers_per_student == 1
    assert settings.exam.points == (("pass", 10), ("fail", 0))
    assert settings.exam.window is None
    assert [kind for kind, _count in settings.sheet] == ["opening", "core", "detail", "critique"]
