"""Which papers a student may be drawn on, and how likely each is to come up."""

import datetime as dt
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.course.catalogue import (
    CalendarDay,
    CalendarItem,
    Course,
    Reading,
    ReviewRules,
)
from examrunner.domain.course.eligibility import (
    Eligibility,
    LeftOut,
    Reason,
    draw_likelihood,
    eligibility,
    review_rule_problems,
)
from examrunner.domain.course.people import Review, Student
from examrunner.domain.exam.settings import EligibleRules

COURSE = Course(
    "c",
    calendar=(CalendarDay(dt.date(2024, 10, 2), (CalendarItem("A", reading="a"),)),),
    readings=(
        Reading("a", "A"),
        Reading("b", "B", type="blog"),
        Reading("v", "V", type="video"),
        Reading("n", "N", reviewable=False),
    ),
)
ANN = Student("ann", "Ann", presented=("b",))
BOB = Student("bob", "Bob")
REVIEWS = [Review(who, what) for who in ("ann", "bob") for what in ("own", "v", "n", "b", "a")]


def reviewed(student: str, *readings: str) -> list[Review]:
    """Return one student's reviews."""
    return [Review(student, reading) for reading in readings]


def test_eligible_papers_and_the_reasons_of_the_others() -> None:
    """Reviewed papers of the right type count, own readings too; the rest says why not."""
    ann, bob = eligibility([ANN, BOB], REVIEWS, COURSE, EligibleRules())
    assert ann == Eligibility(
        "ann",
        ("a", "own"),
        (
            LeftOut("b", Reason.PRESENTED),
            LeftOut("n", Reason.NOT_REVIEWABLE),
            LeftOut("v", Reason.TYPE),
        ),
    )
    assert bob.eligible == ("a", "b", "own")


def test_presented_papers_may_be_allowed() -> None:
    """Whether a presented paper may be drawn is a setting."""
    (ann,) = eligibility([ANN], REVIEWS, COURSE, EligibleRules(exclude_presented=False))
    assert ann.eligible == ("a", "b", "own")


def test_readings_without_a_bank_may_be_excluded() -> None:
    """Where only drawable banks count, the others are left out for that reason."""
    (bob,) = eligibility([BOB], REVIEWS, COURSE, EligibleRules(), {"b"})
    assert bob.eligible == ("b",)
    assert LeftOut("own", Reason.NO_BANK) in bob.left_out


def test_ids_are_in_the_order_of_their_bytes() -> None:
    """Eligible ids are sorted as the draw sorts them, and the same one counts once."""
    (bob,) = eligibility([BOB], reviewed("bob", "b", "B", "a-1", "a", "b"), None, EligibleRules())
    assert bob.eligible == ("B", "a", "a-1", "b")


def test_a_student_without_reviews_has_nothing() -> None:
    """A student of the roster without a review is in the result, with nothing."""
    assert eligibility([BOB], [], COURSE, EligibleRules()) == (Eligibility("bob", ()),)


def test_who_is_short_of_reviews() -> None:
    """Too few reviews, in all and from the calendar, are warnings that say what follows."""
    reviews = [*reviewed("ann", "a", "b", "own"), *reviewed("bob", "b", "n")]
    eligible = eligibility([ANN, BOB], reviews, COURSE, EligibleRules())
    problems = review_rule_problems(COURSE, ReviewRules(3, 1), [ANN, BOB], reviews, eligible)
    assert [(item.rule, item.text) for item in problems] == [
        ("too-few-reviews", "Bob has 1 of 3 reviews"),
        ("too-few-from-calendar", "Bob has 0 of 1 reviews from the calendar"),
    ]
    assert problems[0].hint == "the draw has only one paper to give"


def test_who_has_nothing_to_be_drawn_on() -> None:
    """A student with no eligible paper is a warning, also without rules."""
    eligible = eligibility([BOB], [], None, EligibleRules())
    (problem,) = review_rule_problems(None, ReviewRules(20, 15), [BOB], [], eligible)
    assert problem.rule == "nothing-eligible"


def test_who_has_fewer_papers_than_attempts() -> None:
    """With two papers a student, one to be drawn on is a warning beforehand; two are not."""
    reviews = [*reviewed("ann", "a", "v"), *reviewed("bob", "b")]
    eligible = eligibility([ANN, BOB], reviews, None, EligibleRules())
    students = [ANN, BOB]
    (problem,) = review_rule_problems(None, ReviewRules(), students, reviews, eligible, papers=2)
    assert (problem.rule, problem.text) == (
        "too-few-papers",
        "Bob has 1 of 2 papers that may be drawn",
    )


def test_no_rule_applies_without_a_course() -> None:
    """Without a course nobody is short of reviews."""
    assert not review_rule_problems(None, ReviewRules(20, 15), [BOB], [])


def test_likelihoods_are_exact_and_ranked() -> None:
    """A paper that two students have with lists of two and three is drawn with 1 - 1/2 x 2/3."""
    found = draw_likelihood([("a", "b"), ("b", "c", "d"), ()])
    assert list(found.items()) == [
        ("b", Fraction(2, 3)),
        ("a", Fraction(1, 2)),
        ("c", Fraction(1, 3)),
        ("d", Fraction(1, 3)),
    ]


def test_several_papers_a_student() -> None:
    """With two papers a student the chance doubles, and a short list is drawn whole."""
    assert draw_likelihood([("a", "b", "c")], 2)["a"] == Fraction(2, 3)
    assert draw_likelihood([("a",)], 2)["a"] == 1


@given(st.lists(st.sets(st.sampled_from("abcd"), min_size=1), max_size=4))
def test_likelihood_is_what_counting_gives(lists: list[set[str]]) -> None:
    """The formula agrees with counting every possible outcome."""
    outcomes = list(product(*lists))
    found = draw_likelihood([sorted(eligible) for eligible in lists])
    for reading in set().union(*lists):
        hits = sum(reading in outcome for outcome in outcomes)
        assert found[reading] == Fraction(hits, len(outcomes))


@pytest.mark.parametrize("count", [500])
def test_large_classes(count: int) -> None:
    """Many students are no trouble, and a certainty is never claimed for a chance."""
    found = draw_likelihood([tuple("abcdefghij")] * count)
    assert 0.99 < found["a"] < 1
