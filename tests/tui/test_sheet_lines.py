"""The sheet as lines: what matters is there at every size, whatever was offered."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.bank.banks import Anchors, Misconception, Point, Question
from examrunner.domain.bank.fallback import PROGRAM_FALLBACK
from examrunner.domain.exam.attempts import Asked
from examrunner.tui.lines import Line, before, line, width_of
from examrunner.tui.sheet_lines import SheetView, info_lines, rest_words, sheet_lines

QUESTION = Question(
    id="q1",
    kind="core",
    say="Why does the mask matter while the model is trained?",
    seconds=90,
    marks=3,
    look_for=(Point("hides what comes later", must=True), Point("all at once")),
    anchors=Anchors("It stops leaks.", "It hides.", None),
    probes=("First probe?", "Second probe?"),
    hints=("Only hint.",),
    red_flags=("thinks it deletes words",),
    misconceptions=(Misconception("masks delete words", "they block"), Misconception("costs")),
)
ASKED = Asked("q1", "core")
OTHER = replace(QUESTION, id="q2", kind="detail", say="Another one?")


def text_of(rows: list[Line]) -> str:
    """Return lines as text."""
    return "\n".join("".join(part for part, _ in row) for row in rows)


def view(asked: Asked) -> SheetView:
    """Return a sheet of two questions of which the first is current."""
    return SheetView([QUESTION, OTHER], [asked, Asked("q2", "detail")], 0, 5)


@pytest.mark.parametrize("height", [1, 40])
def test_a_question_that_is_not_approved_is_called_so(height: int) -> None:
    """The word stands in the heading of the current question, whatever else there is room for."""
    remarked = replace(view(ASKED), remarks={"q1": "draft", "q2": "general"})
    text = text_of(sheet_lines(remarked, 80, height))
    assert "of 1:30   draft" in text
    assert "general" not in text


def test_many_questions_in_one_line_are_counted_where_they_are_cut() -> None:
    """The shared line of a long sheet names what fits and says how many more there are."""
    names = [f"q{number}" for number in range(10)]
    long = SheetView(
        [replace(QUESTION, id=name) for name in names],
        [Asked(name, "core") for name in names],
        0,
        5,
    )
    text = text_of(sheet_lines(long, 80, 1))
    assert "core 1:30   4 more" in text
    assert "…" not in text.splitlines()[-1]


@pytest.mark.parametrize("probes", [0, 1, 2])
@pytest.mark.parametrize("hints", [0, 1])
@pytest.mark.parametrize("height", [1, 8, 14, 40])
def test_only_what_was_offered_shows_and_the_last_always(
    probes: int, hints: int, height: int
) -> None:
    """No probe or hint shows before its turn; the newest one is there at every height."""
    text = text_of(sheet_lines(view(replace(ASKED, probes=probes, hints=hints)), 80, height))
    offered = [*QUESTION.probes[:probes], *QUESTION.hints[:hints]]
    waiting = [*QUESTION.probes[probes:], *QUESTION.hints[hints:]]
    assert not any(one in text for one in waiting)
    assert offered[-1] in text if offered else "probe 1  " not in text
    assert QUESTION.say in text
    assert all(point.text in text for point in QUESTION.look_for)
    if height == 40:
        assert all(one in text for one in offered)


@pytest.mark.parametrize(
    ("probes", "hints", "words"),
    [
        (0, 0, "probe 1 of 2, then 1 hint"),
        (1, 0, "probe 2 of 2, then 1 hint"),
        (2, 0, "hint 1 of 1"),
        (2, 1, ""),
    ],
)
def test_what_is_left_is_told(probes: int, hints: int, words: str) -> None:
    """The words name the next offer and what comes after the probes."""
    assert rest_words(QUESTION, replace(ASKED, probes=probes, hints=hints)) == words


def test_info_has_what_the_bank_has_and_says_where_it_has_nothing() -> None:
    """Sample answers and misconceptions are whole; a bare question says that it has none."""
    text = text_of(info_lines(QUESTION, 80))
    for words in ("It stops leaks.", "It hides.", "masks delete words", "they block", "costs"):
        assert words in text
    assert "weak" not in text
    assert "no misconceptions" in text_of(info_lines(PROGRAM_FALLBACK.questions[0], 80))


@pytest.mark.parametrize("width", [78, 80, 158])
def test_no_line_is_wider_than_the_screen(width: int) -> None:
    """Question, points, offers, info: every row fits its columns."""
    full = replace(ASKED, probes=2, hints=1, not_asked="not-needed")
    for height in (5, 14, 40):
        rows = sheet_lines(view(full), width, height) + info_lines(QUESTION, width)
        assert max(map(width_of, rows)) <= width


@given(st.lists(st.text(max_size=30), max_size=4), st.integers(20, 90))
def test_the_right_end_of_a_bar_is_always_whole(words: list[str], width: int) -> None:
    """Whatever stands at the left, the sign that all is saved stays; a cut shows."""
    left = line(*((text, "dim") for text in words))
    bar = before(left, line("NOT SAVED", "  "), width)
    assert width_of(bar) == width
    assert bar[-2:] == line("NOT SAVED", "  ")
    assert bar[: len(left)] == left or "…" in text_of([bar])
