"""The program's own questions and where they step in."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given as whatever
from hypothesis import strategies as st

from examrunner.domain.bank.banks import Bank, Question, State
from examrunner.domain.bank.fallback import PROGRAM_FALLBACK, questions_for
from examrunner.domain.draw.sheets import choose, items_of, rule_for
from examrunner.domain.draw.ticket import words

KINDS = (("opening", 1), ("core", 1), ("detail", 1), ("critique", 1))
WORDS_A_SECOND = 2.5


def question(name: str, kind: str, state: State = State.DRAFT, *not_with: str) -> Question:
    """Return a question of one kind."""
    return Question(
        id=name, kind=kind, say="Why?", seconds=60, marks=2, status=state, not_with=not_with
    )


def ids(questions: tuple[Question, ...]) -> list[str]:
    """Return the ids of questions in their order."""
    return [question.id for question in questions]


def test_the_fallback_has_the_shape_of_the_design() -> None:
    """Opening 1, core 1, detail 2, critique 2, with 60, 90, 60 and 75 seconds, 2, 3, 2, 3 marks."""
    shape = Counter((q.kind, q.seconds, q.marks, q.level) for q in PROGRAM_FALLBACK.questions)
    assert shape == {
        ("opening", 60, 2, "explain"): 1,
        ("core", 90, 3, "explain"): 1,
        ("detail", 60, 2, "recall"): 2,
        ("critique", 75, 3, "evaluate"): 2,
    }
    assert ids(PROGRAM_FALLBACK.questions) == [
        "fallback-o1",
        "fallback-c1",
        "fallback-d1",
        "fallback-d2",
        "fallback-q1",
        "fallback-q2",
    ]


@pytest.mark.parametrize("question", PROGRAM_FALLBACK.questions, ids=lambda q: str(q.id))
def test_each_question_can_be_asked_and_judged(question: Question) -> None:
    """Each is said in a few seconds, has two or three points, a must point and a probe."""
    assert len(question.say.split()) <= 14 * WORDS_A_SECOND
    assert 2 <= len(question.look_for) <= 3
    assert any(point.must for point in question.look_for)
    assert len(question.probes) == 1


@pytest.mark.parametrize("lowest", [State.DRAFT, State.REVIEWED, State.APPROVED])
def test_a_reading_without_a_bank_gets_the_fallback(lowest: State) -> None:
    """Whatever state is demanded, the fallback alone makes an unrelaxed sheet of 285 seconds."""
    questions, pure = questions_for(None, PROGRAM_FALLBACK, KINDS, lowest)
    assert pure
    assert questions == PROGRAM_FALLBACK.questions
    sheet = choose(items_of(questions), rule_for(KINDS, 300), {}, words("k", "s", 1, "-"))
    assert (sheet.relaxed, sheet.seconds, sheet.count) == (0, 285, 4)


def test_a_bank_that_has_every_kind_stays_alone() -> None:
    """Nothing is added to a bank with enough of each kind."""
    bank = Bank("vqvae", tuple(question(f"v-{kind}", kind) for kind, _ in KINDS))
    assert questions_for(bank, PROGRAM_FALLBACK, KINDS, State.DRAFT) == (bank.questions, False)


def test_missing_kinds_are_supplied() -> None:
    """A kind that the bank lacks, or has too few of, comes from the fallback; others do not."""
    bank = Bank("vqvae", (question("v1", "core"), question("v2", "detail")))
    kinds = (("opening", 1), ("core", 1), ("detail", 2))
    questions, pure = questions_for(bank, PROGRAM_FALLBACK, kinds, State.DRAFT)
    assert not pure
    assert ids(questions) == ["v1", "v2", "fallback-o1", "fallback-d1", "fallback-d2"]


def test_questions_that_exclude_each_other_count_once() -> None:
    """Two details that must not share a sheet are too few for a sheet with two."""
    bank = Bank("vqvae", (question("v1", "detail"), question("v2", "detail", State.DRAFT, "v1")))
    questions, _ = questions_for(bank, PROGRAM_FALLBACK, (("detail", 2),), State.DRAFT)
    assert ids(questions) == ["v1", "v2", "fallback-d1", "fallback-d2"]


def test_questions_that_exclude_each_other_across_kinds_fill_one_place() -> None:
    """An opening and a core question that must not share a sheet leave one of the kinds short."""
    bank = Bank("vqvae", (question("v1", "opening"), question("v2", "core", State.DRAFT, "v1")))
    questions, pure = questions_for(bank, PROGRAM_FALLBACK, KINDS[:2], State.DRAFT)
    assert (ids(questions), pure) == (["v1", "v2", "fallback-c1"], False)
    rule = replace(rule_for(KINDS[:2], 300), tmin=0)
    assert choose(items_of(questions), rule, {}, words("k", "s", 1, "-")).relaxed == 0


def test_a_place_moves_over_where_another_question_can_fill_it() -> None:
    """A second opening question frees the core question that excludes the first."""
    first, second = question("v1", "opening"), question("v3", "opening")
    bank = Bank("vqvae", (first, question("v2", "core", State.DRAFT, "v1"), second))
    assert questions_for(bank, PROGRAM_FALLBACK, KINDS[:2], State.DRAFT)[0] == bank.questions


@whatever(
    st.lists(
        st.tuples(st.sampled_from(["opening", "core", "detail"]), st.integers(0, 9)), max_size=7
    )
)
def test_no_kind_is_missing_from_any_sheet(given: list[tuple[str, int]]) -> None:
    """Whatever a bank holds and keeps apart, there is a sheet with every kind that is asked for."""
    names = [f"v{place}" for place in range(len(given))]
    own = tuple(
        question(name, kind, State.DRAFT, *names[other : other + 1])
        for name, (kind, other) in zip(names, given, strict=True)
    )
    questions, _ = questions_for(Bank("vqvae", own), PROGRAM_FALLBACK, KINDS[:3], State.DRAFT)
    rule = replace(rule_for(KINDS[:3], 300), tmin=0, tmax=9999)
    assert choose(items_of(questions), rule, {}, words("k", "s", 1, "-")).relaxed == 0


def test_retired_and_unready_questions_are_not_drawn() -> None:
    """A bank with nothing drawable leaves the whole sheet to the fallback."""
    bank = Bank("vqvae", (question("v1", "core", State.RETIRED), question("v2", "core")))
    questions, pure = questions_for(bank, PROGRAM_FALLBACK, (("core", 1),), State.REVIEWED)
    assert pure
    assert ids(questions) == ["fallback-c1"]


def test_retired_fallback_questions_are_not_drawn() -> None:
    """A course that retires a question of its fallback bank is obeyed; drafts are drawn."""
    fallback = Bank("fallback", (question("f1", "core", State.RETIRED), question("f2", "core")))
    questions, _ = questions_for(None, fallback, (("core", 1),), State.APPROVED)
    assert ids(questions) == ["f2"]


def test_a_kind_that_neither_supplies_stays_missing() -> None:
    """An unknown kind adds nothing."""
    assert questions_for(None, PROGRAM_FALLBACK, (("poem", 1),), State.DRAFT) == ((), True)


def test_a_kind_of_which_none_is_asked_is_not_supplied() -> None:
    """A count of 0 asks for nothing."""
    assert questions_for(None, PROGRAM_FALLBACK, (("core", 0),), State.DRAFT) == ((), True)


def test_no_id_comes_twice() -> None:
    """A bank that already holds a question of the fallback keeps its own."""
    own = replace(PROGRAM_FALLBACK.questions[2], say="Which table?")
    questions, _ = questions_for(
        Bank("vqvae", (own,)), PROGRAM_FALLBACK, (("detail", 2),), State.DRAFT
    )
    assert questions == (own, PROGRAM_FALLBACK.questions[3])
