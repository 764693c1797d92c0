"""Titles that nothing names exactly: linked where they can mean one reading only, else asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.course.catalogue import Course, Reading
from examrunner.domain.course.linking import (
    Likeness,
    Linked,
    links_of,
    people_asked,
    questions_of,
    with_links,
)
from examrunner.domain.course.matching import (
    OWN,
    Answers,
    ReviewRow,
    Stranger,
    Unmatched,
    match_reviews,
)
from examrunner.domain.course.people import Student
from examrunner.domain.course.titles import titles_of
from examrunner.storage.readers.course_files import read_course

if TYPE_CHECKING:
    from random import Random

COURSE, _ = read_course(Path(__file__).parents[3] / "questionbanks/cs496/course.yaml")
assert COURSE is not None
READINGS = COURSE.readings
LIKENESS = Likeness(READINGS)
EXACT = titles_of(READINGS)
VQ = Reading(
    "vq-vae",
    "Neural Discrete Representation Learning",
    aliases=("VQ-VAE",),
    authors="van den Oord, Vinyals, Kavukcuoglu",
)
PARTS = (Reading("p1", "Scaling Laws for Models Part 1"), Reading("gan", "Generative Nets"))
"""A numbered title, and one of two words only."""
ANA = Student("s1", "Rivera, Ana", "ana@x.edu", login="arv")
BO = Student("s2", "Bo Roy")


@pytest.mark.parametrize("reading", READINGS, ids=lambda one: one.id)
def test_no_title_is_linked_to_another_reading(reading: Reading) -> None:
    """In the shipped course no title of one reading is linked to one of the 130 others."""
    for title in (reading.title, *reading.also_titled):
        found = LIKENESS.sure(title)
        assert found is None or found.reading_id == reading.id


@given(st.sampled_from([(one.id, text) for one in READINGS for text in one.aliases]))
def test_an_alias_always_matches(named: tuple[str, str]) -> None:
    """Each alias of the shipped course means its reading, whatever its case and prefix."""
    name, alias = named
    assert {EXACT.find(text) for text in (alias, alias.upper(), f"Review 7: {alias}")} == {name}


@given(st.sampled_from(READINGS), st.randoms())
def test_a_link_is_never_to_another_reading_whatever_the_order(
    reading: Reading, seed: Random
) -> None:
    """The words of a title in any order, with others around, mean this reading or are asked."""
    words = reading.title.split()
    seed.shuffle(words)
    found = LIKENESS.sure(" ".join(["my", *words, "notes"]))
    assert found is None or found.reading_id == reading.id


@pytest.mark.parametrize(
    "text",
    [
        "Neural Discrete Representation Learning (VQ-VAE)",
        "Review of neural discrete representation learning, by van den Oord",
        "representation learning: neural, discrete",
    ],
)
def test_all_words_of_a_title_link_it(text: str) -> None:
    """A label that holds all words of one title alone is linked."""
    found = Likeness([VQ, *PARTS]).sure(text)
    assert found is not None
    assert found.reading_id == "vq-vae"


@pytest.mark.parametrize(
    "text",
    [
        "Scaling Laws for Models Part 2",
        "Learning",
        "Representation Learning",
        "Review 12",
        "nets",
        "my generative nets",
    ],
)
def test_what_may_mean_something_else_is_not_linked(text: str) -> None:
    """Another number, or fewer than three words in common, is a question and no link."""
    assert Likeness([VQ, *PARTS]).sure(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Improved Denoising Diffusion Probabilistic Models",
        "Attention Is All You Need in Speech Separation",
        "Attention Is Not All You Need: Pure Attention Loses Rank Doubly Exponentially",
        "Is Attention All You Need?",
        "Finetuned Language Models are Zero-Shot Learners",
        "Vision Transformers Don't Need Trained Registers",
        "recurrent neural networks",
        "Low-rank Adaptation of Large Vision Models",
        "Neural Discrete Representation Learning 2",
        "Quiz: Attention Is All You Need",
        "Presentation: Neural Discrete Representation Learning",
        "Sign-up Deep Residual Learning for Image Recognition",
    ],
)
def test_another_paper_that_takes_up_a_title_is_asked(text: str) -> None:
    """A word too many or too few is another paper, or a quiz: asked, with the reading proposed."""
    assert LIKENESS.sure(text) is None
    (asked,) = questions_of([Stranger(text, (), is_left_out=True)], LIKENESS)
    assert asked.candidates


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("Low-Rank Adaptation of Large Language Models (LoRA)", "lora"),
        ("LoRA: Low-Rank Adaptation of Large Language Models (Hu et al., 2021)", "lora"),
        ("An image is worth 16x16 words", "vit"),
        ("Transformers for image recognition at scale", "vit"),
        ("Atention is all you need", "attention-is-all-you-need"),
        ("Attention is all you need arXiv:1706.03762", "attention-is-all-you-need"),
        ("Denoising Diffusion Probablistic Models", "ddpm"),
        ("Curious case of neural text degeneration", "neural-text-degeneration"),
        ("Pong from Pixels: Deep Reinforcement Learning", "pong-from-pixels"),
    ],
)
def test_a_slip_or_a_part_left_out_still_links(text: str, reading: str) -> None:
    """One wrong letter, a part before or after a colon, authors and year leave no doubt."""
    found = LIKENESS.sure(text)
    assert found is not None
    assert found.reading_id == reading


@given(st.sampled_from(READINGS), st.sampled_from(("not", "improved", "quiz", "conditional")))
def test_a_foreign_word_is_never_linked(reading: Reading, word: str) -> None:
    """Whatever the title, with a word that is not the reading's it is asked."""
    titles = [one for one in (reading.title, *reading.also_titled) if word not in one.casefold()]
    assert not any(LIKENESS.sure(f"{word} {one}") for one in titles)


def test_two_near_readings_are_asked() -> None:
    """Where a second reading is nearly as likely nothing is linked."""
    near = [Reading("a", "Deep nets for speech"), Reading("b", "Deep nets for speech sounds")]
    assert Likeness(near).sure("deep nets for speech, notes") is None


def test_a_named_alias_comes_first() -> None:
    """An alias beside other words is no link, and the first of the candidates."""
    asked = questions_of(
        [Stranger("VQ-VAE summary", (3,), is_left_out=True)], Likeness([*PARTS, VQ])
    )
    assert asked[0].candidates[0].reading_id == "vq-vae"
    assert links_of([Stranger("VQ-VAE summary", (3,), is_left_out=True)], Likeness([VQ])) == []


def test_the_text_of_a_submission_proposes_its_paper() -> None:
    """A whole title in the text that was handed in comes first, and still is asked."""
    text = "I read neural discrete representation learning last week."
    (asked,) = questions_of(
        [Stranger("Summary", (), is_left_out=False, context=text)], Likeness([*PARTS, VQ])
    )
    assert asked.candidates[0].reading_id == "vq-vae"


def test_homework_is_not_asked_about() -> None:
    """An assignment that resembles no reading is left out without a question."""
    assert not questions_of([Stranger("Quiz 3", (2,), is_left_out=True)], Likeness([VQ]))


def test_what_a_person_said_beats_a_link() -> None:
    """An answer counts, also where the title would be linked."""
    likeness = Likeness([VQ])
    title = "Neural Discrete Representation Learning (VQ-VAE)"
    links = links_of([Stranger(title, (), is_left_out=False)], likeness)
    assert links == [Linked(title, links[0].candidate)]
    assert with_links(Answers(titles={title: OWN}), links).titles == {title: OWN}


def test_answers_make_own_readings_or_leave_out() -> None:
    """A title can be said to be a reading of its own, or none at all; neither is asked again."""
    rows = [ReviewRow(("s1",), "One thing", line=2), ReviewRow(("s1",), "Quiz", line=3)]
    course = Course("c", readings=(VQ,))
    answers = Answers(titles={"one  THING": OWN, "Quiz": None})
    found = match_reviews(rows, [ANA], course, answers)
    assert [one.reading_id for one in found.reviews] == ["one-thing"]
    assert not found.strangers
    assert not found.problems


def test_an_assignment_may_be_a_reading_of_its_own() -> None:
    """An assignment that the user calls a reading counts, though its title is unknown."""
    row = ReviewRow(("s1",), "A guest talk", line=2, graded=True)
    course = Course("c", readings=(VQ,))
    assert not match_reviews([row], [ANA], course).reviews
    found = match_reviews([row], [ANA], course, Answers(titles={"A guest talk": OWN}))
    assert [one.reading_id for one in found.reviews] == ["a-guest-talk"]


def test_people_are_proposed_and_never_joined() -> None:
    """A squeezed or misspelt name has its student as candidate; a stranger has none."""
    asked = people_asked(
        [
            Unmatched(("77", "riveraana"), ()),
            Unmatched(("Ana Riverra",), ()),
            Unmatched(("Zed",), ()),
        ],
        [BO, ANA],
    )
    assert [one.candidates for one in asked] == [("s1",), ("s1",), ()]


def test_an_answer_about_one_person_leaves_others_unknown() -> None:
    """Somebody who is answered for does not hide somebody whom nobody knows."""
    rows = [ReviewRow((who,), "VQ-VAE", line=2) for who in ("s1", "Anna", "Zed")]
    answers = Answers(people={("Anna",): "s2"})
    found = match_reviews(rows, [ANA, BO], Course("c", readings=(VQ,)), answers)
    assert [one.student_id for one in found.reviews] == ["s1", "s2"]
    assert [one.who for one in found.unmatched] == [("Zed",)]
