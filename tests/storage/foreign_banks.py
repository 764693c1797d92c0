"""Banks and files of other systems for tests, and where the fixtures lie."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import strategies as st

from examrunner.domain.bank.banks import Anchors, Bank, Misconception, Point, Question, Source
from examrunner.domain.bank.foreign import normal

FIXTURES = Path(__file__).parents[3] / "shared" / "fixtures"
TRAPS = (
    r"\nabla", r"\neq", r"\nu", r"\\", r"\{a\}", "$$\\sqrt{d_k}$$", "a = b", "~x", "#1", "::", "//",
    "{}", "[html]", "[markdown]", "&&058;", "&amp;", "&nbsp;", "<b>", "</p>", "<br>", "]]>", "}",
    "{", "\n", "\n\n", "must:", "also: ", "* ", "- ", "1. ", "Points", "kind: core", "a: b", " #x",
    "'", '"', "|-", "%", "$CATEGORY:", "0", "\u2211", "\u0644\u064a", "\U0001f469\u200d\U0001f4bb",
    "\u00ad", "none", "@", "`", "\ue000", "####", "->", ";", "  ",
)  # fmt: skip
"""Pieces that mean something to one of the formats."""
LETTERS = st.characters(exclude_categories=("Cc", "Cs", "Cn", "Cf", "Zl", "Zp"))
PIECES = st.sampled_from(TRAPS) | st.text(LETTERS, max_size=6)
TEXTS = st.lists(PIECES, min_size=1, max_size=6).map(lambda parts: normal("".join(parts)) or "x")
"""Texts as a bank holds them, without runs of blanks."""
LINES = TEXTS.map(lambda text: " ".join(text.split()))


def fixture(*parts: str) -> Path:
    """Return a fixture, or skip the test where it does not lie beside this checkout."""
    path = FIXTURES.joinpath(*parts)
    if not path.is_file():
        pytest.skip(f"the fixture {'/'.join(parts)} does not lie beside this checkout")
    return path


def several(texts: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    """Return a strategy for lists of texts."""
    return st.lists(texts, max_size=3).map(tuple)


QUESTIONS = st.builds(
    Question,
    id=st.just("q"),
    kind=LINES,
    say=TEXTS,
    seconds=st.integers(1, 99_999),
    marks=st.integers(0, 999_999),
    level=st.none() | TEXTS,
    look_for=st.lists(st.builds(Point, TEXTS, st.booleans()), max_size=3).map(tuple),
    anchors=st.builds(Anchors, st.none() | TEXTS, st.none() | TEXTS, st.none() | TEXTS).map(
        lambda anchors: None if anchors == Anchors() else anchors
    ),
    probes=several(TEXTS),
    hints=several(TEXTS),
    red_flags=several(TEXTS),
    misconceptions=st.lists(st.builds(Misconception, TEXTS, st.none() | TEXTS), max_size=2).map(
        tuple
    ),
    source=st.lists(st.builds(Source, TEXTS, st.none() | TEXTS), max_size=2).map(tuple),
    not_with=several(LINES),
    connects_to=several(LINES),
    exhibit=st.none() | TEXTS,
)
"""Questions as a draft may have them, whatever their texts hold."""


def bank_of(questions: list[Question], reading: str = "r1") -> Bank:
    """Return questions as a bank, each with an id of its own."""
    from dataclasses import replace

    return Bank(reading, tuple(replace(one, id=f"q{n}") for n, one in enumerate(questions)))


BANKS = st.lists(QUESTIONS, min_size=1, max_size=3).map(bank_of)
