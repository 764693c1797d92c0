"""Reviews joined to students and readings: exactly, or not at all."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.course.catalogue import Course, Reading
from examrunner.domain.course.joining import Found, Name, are_unlike, people_of
from examrunner.domain.course.matching import (
    Answers,
    Matched,
    PossibleDouble,
    ReviewRow,
    Unmatched,
    match_reviews,
)
from examrunner.domain.course.people import Review, Student

ANN = Student("s1", "Lee, Ann", "ann@x.edu", canvas_id="51", sis_id="0901", login="alee7")
BOB = Student("s2", "Bob Roy", "Bob.Roy@x.edu", canvas_id="52")
CAT = Student("s3", "Lee, Ann", "cat@x.edu")
VQ = Reading(
    "vq-vae",
    "Neural Discrete Representation Learning",
    also_titled=("VQ-VAE: Neural Discrete Representations",),
    aliases=("VQ-VAE",),
)
LORA = Reading("lora", "LoRA: Low-Rank Adaptation of Large Language Models", aliases=("LoRA",))
COURSE = Course("c", readings=(VQ, LORA))


def row(who: str | tuple[str, ...], paper: str, line: int = 2, day: int | None = None) -> ReviewRow:
    """Return a row of a review list."""
    texts = (who,) if isinstance(who, str) else who
    date = dt.date(2024, 10, day) if day else None
    return ReviewRow(texts, paper, submitted_on=date, line=line, file="r.csv")


def match(*rows: ReviewRow, course: Course | None = COURSE) -> Matched:
    """Match rows against Ann, Bob and a course."""
    return match_reviews(rows, (ANN, BOB), course)


def rules(found: Matched) -> list[str]:
    """Return the rules of the problems."""
    return [problem.rule for problem in found.problems]


@pytest.mark.parametrize(
    "texts",
    [
        ("s1",),
        ("51",),
        ("0901",),
        ("ALEE7",),
        ("Ann@X.edu",),
        ("alee7@elsewhere.edu",),
        ("s1@elsewhere.edu",),
        ("ann",),
        ("Lee, Ann",),
        ("Ann Lee",),
        ("ann  LEE",),
        ("s1", "Annie"),
        ("", "51", "Lee, Ann"),
    ],
)
def test_every_way_to_say_who(texts: tuple[str, ...]) -> None:
    """Ids, the address, its local part and the name in either order all mean the student."""
    assert people_of([ANN, BOB]).find(texts) == Found("s1")


@pytest.mark.parametrize("texts", [("Annie",), ("Lee",), ("901",), ("zoe@x.edu",), ("", " "), ()])
def test_what_means_nobody(texts: tuple[str, ...]) -> None:
    """Half a name, an id without its zero and nothing at all mean nobody."""
    assert people_of([ANN, BOB]).find(texts).student_id is None


def test_what_points_to_two_is_never_guessed() -> None:
    """A shared name, and an id that contradicts a name, point to two and mean nobody."""
    people = people_of([ANN, BOB, CAT])
    assert people.find(["Ann Lee"]) == Found(None, ("s1", "s3"))
    assert people.find(["s2", "Ann Lee"]) == Found(None, ("s1", "s2", "s3"))
    assert people.find(["cat@x.edu", "Ann Lee"]) == Found("s3")


@pytest.mark.parametrize(
    ("name", "candidates"),
    [
        ("okaforchi", ("101", "102")),
        ("chiokafor", ("101", "102")),
        ("Lane, Eli", ("101",)),
        ("laneeli", ("101",)),
    ],
)
def test_an_id_alone_does_not_join_another_name(name: str, candidates: tuple[str, ...]) -> None:
    """Canvas calls Okafor 101, and so does the roster Rivera: it is asked who is meant."""
    ana, chi = Student("101", "Rivera, Ana"), Student("102", "Okafor, Chi")
    assert people_of([ana, chi]).find(["101", Name(name)]) == Found(None, candidates)


@pytest.mark.parametrize(
    "name",
    [
        "Rivera, Ana",
        "riveraana",
        "Ana María Rivera",
        "A. Rivera",
        "Riveira",
        "李安娜",
        "",
        "Lee, Ana",
    ],
)
def test_a_name_that_does_not_contradict_needs_no_question(name: str) -> None:
    """A second name, a slip, another script or a new last name leave the id as it is."""
    ana = Student("101", "Rivera, Ana", canvas_id="9", login="arv")
    assert people_of([ana]).find(["101", Name(name)]) == Found("101")


def test_two_ids_that_agree_need_no_name() -> None:
    """Nor does Canvas's own id in a zip, where the name may be that of a group."""
    people = people_of([Student("101", "Rivera, Ana", canvas_id="9", login="arv")])
    assert people.find(["9", "arv", Name("Okafor, Chi")]) == Found("101")
    assert people.find(["9", Name("group7")]) == Found("101")
    assert people.find(["9", Name("Okafor, Chi")]) == Found(None, ("101",))


@given(st.text("abcdef ,", max_size=12), st.text("abcdef ,", max_size=12))
def test_names_are_unlike_whichever_comes_first(one: str, other: str) -> None:
    """A name is never unlike itself, and the order of the two says nothing."""
    assert not are_unlike(one, one)
    assert are_unlike(one, other) == are_unlike(other, one)


def test_the_own_id_goes_before_the_ids_of_others() -> None:
    """A student id is that student, also where another has it as a Canvas id."""
    other = Student("9", "Zoe", canvas_id="s1")
    assert people_of([ANN, other]).find(["s1"]) == Found("s1")


@pytest.mark.parametrize(
    "text",
    [
        "vq-vae",
        "VQ-VAE",
        "neural discrete representation learning.",
        "VQ VAE - Neural discrete representations",
        "Review 7: VQ-VAE",
        "Review of Neural Discrete Representation Learning",
    ],
)
def test_every_way_to_name_a_reading(text: str) -> None:
    """The id, an alias and each full title, also behind `Review 7:`, mean the reading."""
    found = match(row("s1", text))
    assert found.reviews == (Review("s1", "vq-vae"),)
    assert not found.problems
    assert found.readings == COURSE.readings


def test_an_unknown_title_is_a_reading_of_its_own() -> None:
    """A title that no reading has becomes one, told once with the nearest titles as a hint."""
    found = match(
        row("s1", "Discrete Representation Learning, Revisited", 2),
        row("s2", "discrete representation learning revisited", 5),
    )
    own = found.readings[-1]
    assert own.title == "Discrete Representation Learning, Revisited"
    assert own.id.startswith("discrete-representation-learning-")
    assert [review.reading_id for review in found.reviews] == [own.id, own.id]
    (problem,) = found.problems
    assert (problem.rule, problem.line) == ("unknown-title", 2)
    assert "lines 2, 5" in problem.text
    assert problem.hint.startswith("nearest: Neural Discrete")


def test_without_a_course_the_titles_are_the_readings() -> None:
    """Without a course every distinct title is a reading, and nothing is told."""
    found = match(row("s1", "One!"), row("s2", "ONE"), row("s2", "Two"), course=None)
    assert [(reading.id, reading.title) for reading in found.readings] == [
        ("one", "One!"),
        ("two", "Two"),
    ]
    assert not found.problems


def test_unmatched_people_are_told_once() -> None:
    """A person whom the roster lacks is one warning with the count and the lines."""
    found = match(*(row("ghost@x.edu", f"P{line}", line) for line in (3, 5, 9)))
    assert found.unmatched == (Unmatched(("ghost@x.edu",), (3, 5, 9)),)
    assert not found.reviews
    (problem,) = [item for item in found.problems if item.rule == "unknown-student"]
    assert "3 reviews left out (lines 3, 5, 9)" in problem.text


def test_an_id_without_its_zeros_is_named_and_not_joined() -> None:
    """Where only zeros at the front differ, the student who may be meant is told."""
    people = [Student("0070031", "Rivera, Ana"), BOB]
    found = match_reviews([row("70031", "LoRA"), row("00s2", "LoRA")], people, COURSE)
    assert not found.reviews
    zeros, other = found.unmatched
    assert (zeros.candidates, zeros.has_lost_zeros) == (("0070031",), True)
    assert (other.candidates, other.has_lost_zeros) == ((), False)
    assert "70031 is not on the roster, but Rivera, Ana (0070031) is" in found.problems[0].text
    assert "zeros" in found.problems[0].hint


def test_ambiguous_people_are_told_with_whom_it_could_be() -> None:
    """A person who could be two students is told with both."""
    found = match_reviews([row("Ann Lee", "LoRA")], [ANN, CAT], COURSE)
    assert found.unmatched[0].candidates == ("s1", "s3")
    assert rules(found) == ["ambiguous-student"]


def test_the_same_reading_twice_is_one_review() -> None:
    """The earliest of a student's reviews of a reading is kept, with a warning."""
    found = match(row("s1", "LoRA", 2), row("s1", "lora", 3, day=9), row("s1", "LoRA", 4, day=8))
    assert found.reviews == (Review("s1", "lora", None, dt.date(2024, 10, 8)),)
    assert rules(found) == ["reviewed-twice"]
    assert "3 times (lines 2, 3, 4)" in found.problems[0].text


def test_assignments_that_name_no_reading_are_left_out() -> None:
    """Homework in a gradebook is no reading; an assignment called a review of something is."""
    rows = [
        row("s1", title)._replace(graded=True)
        for title in ("HW 1", "Review 3", "Review 2: LoRA", "Review: Flow Matching")
    ]
    found = match(*rows)
    assert [review.reading_id for review in found.reviews] == ["lora", "flow-matching"]
    assert sorted(rules(found)) == ["not-a-reading", "not-a-reading", "unknown-title"]


def test_where_assignments_are_called_reviews_the_others_are_none() -> None:
    """Without a course, too, quiz and exam of a gradebook are no papers, and that is said."""
    titles = ("Review: GPT", "Review: GAN", "Quiz 1", "Oral exam")
    rows = [row("s1", title)._replace(graded=True) for title in titles]
    matched = match_reviews(rows, [ANN], None)
    assert [one.title for one in matched.readings] == ["GPT", "GAN"]
    assert [one.reading_id for one in matched.reviews] == ["gpt", "gan"]
    assert [one.text[:8] for one in matched.problems] == ["'Quiz 1'", "'Oral ex"]
    assert {one.rule for one in matched.problems} == {"not-a-reading"}
    every = match_reviews(rows[1:], [ANN], None)
    assert [one.title for one in every.readings] == ["GAN", "Quiz 1", "Oral exam"]
    assert every.problems == ()


def test_possible_doubles_are_asked_about() -> None:
    """Near-duplicates in one student's list are questions; two readings of the course are not."""
    found = match(
        row("s1", "LoRA"),
        row("s1", "The LoRA paper"),
        row("s1", "LoRA paper"),
        row("s1", "VQ-VAE"),
        row("s2", "Low-rank adaptation of large language models"),
        row("s2", "VQ-VAE"),
    )
    assert PossibleDouble("s1", "lora", "lora-paper") in found.doubles
    assert all("vq-vae" not in (double.reading_a, double.reading_b) for double in found.doubles)
    assert all(double.student_id == "s1" for double in found.doubles)


def test_doubles_by_spelling() -> None:
    """Titles that differ in a letter or in the order of words may be one; others are not."""
    found = match(
        row("s1", "Denoising Difusion Probabilistic Models"),
        row("s1", "Denoising Diffusion Probabilistic Models"),
        row("s1", "Learning Transferable Visual Models"),
        course=None,
    )
    assert len(found.doubles) == 1


def test_answers_are_followed() -> None:
    """What the user said about a person or a title holds for all their rows."""
    answers = Answers({("Annie",): "s1", ("Guest",): None}, {"Low rank things": "lora"})
    rows = [row("Annie", "Low Rank Things"), row("Guest", "LoRA")]
    found = match_reviews(rows, (ANN, BOB), COURSE, answers)
    assert found.reviews == (Review("s1", "lora"),)
    assert not found.problems
