"""The suggested verdict: what the marks say, and when they say nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from examrunner.domain.bank.banks import Point, Question
from examrunner.domain.exam.attempts import Asked, Attempt
from examrunner.domain.exam.events import HELP_LEVELS, Help, Rating, Verdict
from examrunner.domain.exam.suggest import STEPS, Suggestion, suggest
from tests.domain.exam.record import BARE
from tests.fakes import NINE

PASS, EDGE, FAIL = Verdict.PASS, Verdict.EDGE, Verdict.FAIL
STRONG, ENOUGH, WEAK = Rating.STRONG, Rating.ENOUGH, Rating.WEAK
KINDS = ("opening", "core", "detail", "critique")
BETTER = (WEAK, ENOUGH, STRONG)


def asked(text: str, place: int) -> Asked:
    """Return a question asked in a minute of its own, written as `detail weak led ! 1 2`.

    The words after the kind: rating, help, `!` for a flag, numbers for ticked points, `-` for a
    question that was not asked.
    """
    kind, *words = text.split()
    at = NINE + timedelta(minutes=place)
    if "-" in words:
        return Asked(f"{kind}{place}", kind, not_asked="no-time")
    rating = next((Rating(one) for one in words if one in list(Rating)), None)
    level = next((Help(one) for one in words if one in list(Help)), Help.UNAIDED)
    points = tuple(int(one) for one in words if one.isdigit())
    flags = (at + timedelta(seconds=30),) * words.count("!")
    return Asked(f"{kind}{place}", kind, at, 40, rating, level, points, flags)


def attempt(*questions: str) -> Attempt:
    """Return an attempt on questions written as for `asked`, a minute each, in this order."""
    return replace(BARE, questions=tuple(asked(word, at) for at, word in enumerate(questions)))


def bank(of: Attempt) -> list[Question]:
    """Return questions for a sheet: points 1 and 2 must be there, 3 may."""
    points = (Point("a", must=True), Point("b", must=True), Point("c"))
    return [Question(one.id, one.kind, "Why?", 60, 2, look_for=points) for one in of.questions]


def suggested(*questions: str) -> Verdict | None:
    """Return what is suggested for questions of the bank above."""
    one = attempt(*questions)
    return suggest(one, bank(one)).verdict


@pytest.mark.parametrize(
    ("questions", "verdict"),
    [
        # both at least enough and no flag: pass
        (("core strong", "detail strong"), PASS),
        (("core enough", "detail enough"), PASS),
        (("core strong led", "detail enough led"), PASS),
        # opening and critique don't decide
        (("opening weak", "core enough", "detail enough", "critique weak"), PASS),
        (("opening strong", "core weak", "detail weak", "critique strong"), FAIL),
        # one of them weak: in between; all weak: fail
        (("core weak", "detail strong"), EDGE),
        (("core strong", "detail weak"), EDGE),
        (("core enough", "core weak", "detail enough"), EDGE),
        (("core weak", "detail weak"), FAIL),
        (("core weak", "core weak", "detail weak"), FAIL),
        # a flag asks for a second detail question and stands until that one is answered
        (("core strong", "detail strong !"), EDGE),
        (("core strong !", "detail strong"), EDGE),
        (("opening strong !", "core strong", "detail strong"), EDGE),
        (("core strong", "detail strong", "critique strong !"), EDGE),
        (("core strong", "detail strong !", "detail enough"), PASS),
        (("core strong !", "detail strong", "detail enough"), PASS),
        (("core strong", "detail strong !", "detail weak"), EDGE),
        (("core strong", "detail strong !", "detail enough !"), EDGE),
        (("core strong", "detail strong !", "detail -"), EDGE),
        (("core strong", "detail strong !", "detail"), EDGE),
        (("core strong", "detail strong", "detail strong", "critique strong !"), EDGE),
        (("core strong", "detail strong", "detail strong !"), EDGE),
        # a flag takes no marks away: it never makes a fail
        (("core weak !", "detail enough !!"), EDGE),
        (("core weak !", "detail weak !"), FAIL),
        # without a rating all must points make it enough; a rating counts as it was given
        (("core 1 2", "detail enough"), PASS),
        (("core 1 2", "detail weak"), EDGE),
        (("core 1 3", "detail enough"), None),
        (("core weak 1 2 3", "detail weak"), FAIL),
        (("core enough 1", "detail enough"), PASS),
        # too little asked
        ((), None),
        (("core strong",), None),
        (("opening strong", "detail strong"), None),
        (("core strong", "detail -"), None),
        (("core weak !", "detail -"), None),
        (("core strong", "detail led !"), None),
        (("opening -", "core -", "detail -"), None),
        (("whiteboard strong", "talk strong"), None),
    ],
)
def test_marks_suggest_a_verdict(questions: tuple[str, ...], verdict: Verdict | None) -> None:
    """The table of the rule: what leads to pass, edge, fail, and to nothing."""
    assert suggested(*questions) is verdict


@pytest.mark.parametrize(
    ("questions", "reasons"),
    [
        (
            ("opening enough", "core strong 1 2", "detail enough probed 1"),
            (
                "core strong unaided, 2 of 2 must points",
                "detail enough, probed, 1 of 2 must points",
                "rests on 2 answers, 3 of 3 questions asked",
            ),
        ),
        (
            ("core strong led", "detail weak led ! !", "critique -"),
            (
                "core strong, led, counts as enough",
                "detail weak, led, flagged twice: not read",
                "rests on 2 answers, 2 of 3 questions asked",
            ),
        ),
        (
            ("opening weak ! ! !", "core 1 2", "detail strong !", "detail strong"),
            (
                "core not rated, 2 of 2 must points, counts as enough",
                "detail strong unaided, flagged once, then a second detail was answered",
                "detail strong unaided",
                "opening weak unaided, flagged 3 times, then a second detail was answered",
                "rests on 3 answers, 4 of 4 questions asked",
            ),
        ),
        (
            ("core clarified 3", "detail -"),
            (
                "core not rated, clarified, 0 of 2 must points",
                "no core answer rated",
                "no detail answer rated",
                "1 of 2 questions asked",
            ),
        ),
    ],
)
def test_each_reason_names_its_facts(questions: tuple[str, ...], reasons: tuple[str, ...]) -> None:
    """One reason for each answer that bears on it, then what it rests on."""
    one = attempt(*questions)
    assert suggest(one, bank(one)).reasons == reasons


@pytest.mark.parametrize(
    ("flags", "asked_at", "verdict"),
    [
        ((30,), 60, PASS),
        ((30,), 31, PASS),
        ((30,), 30, EDGE),
        ((30,), 20, EDGE),
        ((30, 90), 60, EDGE),
    ],
)
def test_a_flag_is_answered_only_by_what_came_after_it(
    flags: tuple[int, ...], asked_at: int, verdict: Verdict
) -> None:
    """The second detail question, by time and not by its place, must follow the last flag."""
    first, second = (NINE + timedelta(seconds=one) for one in (10, asked_at))
    questions = (
        Asked("a", "detail", second, rating=STRONG),
        Asked("b", "detail", first, rating=STRONG),
        Asked(
            "c", "core", NINE, rating=STRONG, flags=tuple(NINE + timedelta(0, one) for one in flags)
        ),
    )
    assert suggest(replace(BARE, questions=questions)).verdict is verdict


def test_without_bank_details_the_marks_are_enough() -> None:
    """Where the questions are not known no must point is named, and ratings count as ever."""
    one = attempt("core strong 1 2", "detail weak 1")
    assert suggest(one).verdict is EDGE
    assert suggest(one).reasons[:2] == ("core strong unaided", "detail weak unaided")
    assert suggest(attempt("core 1 2", "detail weak")).verdict is None


def test_an_attempt_without_a_sheet_has_no_suggestion() -> None:
    """Before the reveal there is nothing to say and no reason to give."""
    assert suggest(BARE) == Suggestion(None, ())


def test_steps_between_a_verdict_and_the_suggestion() -> None:
    """Pass and fail are two steps apart; where one of them is none there is no distance."""
    steps = [Suggestion(PASS, ()).steps_to(one) for one in (PASS, EDGE, FAIL, None)]
    assert steps == [0, 1, 2, 0]
    assert Suggestion(None, ()).steps_to(FAIL) == 0


# --- laws ----------------------------------------------------------------------------------


WORDS = st.builds(
    " ".join,
    st.tuples(
        st.sampled_from(("core", "detail", "detail", *KINDS)),
        st.sampled_from(("", *Rating)),
        st.sampled_from(HELP_LEVELS),
        st.sampled_from(("", "1", "1 2", "1 2 3")),
        st.sampled_from(("", "", "!", "! !", "-")),
    ),
)
SHEETS = st.lists(WORDS, min_size=1, max_size=6).map(lambda words: attempt(*words))
DECISIVE = st.tuples(SHEETS, st.integers(0, 5)).filter(
    lambda pair: pair[1] < len(pair[0].questions) and pair[0].questions[pair[1]].asked_at
)
"""A sheet, and the place of one of its questions that was asked."""


def changed(one: Attempt, place: int, **changes: object) -> Attempt:
    """Return the attempt with one of its questions changed."""
    questions = list(one.questions)
    questions[place] = replace(questions[place], **changes)  # type: ignore[arg-type]
    return replace(one, questions=tuple(questions))


def rank(one: Attempt) -> int:
    """Return how good the suggested verdict is; nothing is neither good nor bad."""
    verdict = suggest(one, bank(one)).verdict
    assume(verdict is not None)
    assert verdict is not None
    return STEPS.index(verdict)


@given(DECISIVE)
def test_more_help_never_improves_it(pair: tuple[Attempt, int]) -> None:
    """From unaided to led the suggestion stays or gets worse."""
    one, place = pair
    ranks = [rank(changed(one, place, help=level)) for level in HELP_LEVELS]
    assert ranks == sorted(ranks, reverse=True)


@given(DECISIVE)
def test_a_better_rating_never_worsens_it(pair: tuple[Attempt, int]) -> None:
    """From weak to strong the suggestion stays or gets better."""
    one, place = pair
    ranks = [rank(changed(one, place, rating=rating)) for rating in BETTER]
    assert ranks == sorted(ranks)


@given(DECISIVE, st.integers(1, 3))
def test_a_further_point_never_worsens_it(pair: tuple[Attempt, int], point: int) -> None:
    """Where there is a suggestion a tick keeps or improves it."""
    one, place = pair
    points = tuple(sorted({*one.questions[place].points, point}))
    assert rank(changed(one, place, points=points)) >= rank(one)


@given(DECISIVE)
def test_a_further_flag_never_improves_it(pair: tuple[Attempt, int]) -> None:
    """A flag keeps or worsens the suggestion, and never makes it a fail."""
    one, place = pair
    asked_at = one.questions[place].asked_at
    assert asked_at is not None
    flagged = changed(one, place, flags=(*one.questions[place].flags, asked_at))
    assert rank(flagged) <= rank(one)
    assert (rank(flagged) == 0) is (rank(one) == 0)


@given(SHEETS, st.randoms(use_true_random=False))
def test_the_order_of_the_sheet_does_not_matter(one: Attempt, random: object) -> None:
    """The same marks suggest the same for the same reasons, however the sheet is ordered."""
    questions = list(one.questions)
    random.shuffle(questions)  # type: ignore[attr-defined]
    other = suggest(replace(one, questions=tuple(questions)), bank(one))
    found = suggest(one, bank(one))
    assert (other.verdict, sorted(other.reasons)) == (found.verdict, sorted(found.reasons))


@given(
    SHEETS,
    st.sampled_from(KINDS),
    st.sampled_from((None, "no-time", "declined")),
    st.integers(0, 6),
)
def test_a_question_not_asked_changes_only_how_much_it_rests_on(
    one: Attempt, kind: str, why: str | None, place: int
) -> None:
    """Not asked is never a zero: verdict and facts stay, only the last reason counts it.

    Also where it was flagged and ticked before it was marked as not asked.
    """
    unasked = Asked("new", kind, not_asked=why, points=(1,) if why else ())
    unasked = replace(unasked, flags=(NINE,) if why else ())
    questions = (*one.questions[:place], unasked, *one.questions[place:])
    more = replace(one, questions=questions)
    before, after = suggest(one, bank(one)), suggest(more, bank(more))
    assert after.verdict is before.verdict
    assert after.reasons[:-1] == before.reasons[:-1]
    assert after.reasons[-1] != before.reasons[-1]
