"""How far a command is: shown once it takes long, and gone at the end."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from examrunner.cli import progress
from examrunner.cli.output import Output
from examrunner.cli.progress import BLOCK, CELLS, Progress, bar, moving

if TYPE_CHECKING:
    import pytest

LONG = 30.0
"""Seconds that no step of these tests takes."""


class Line(Output):
    """A terminal's last line that remembers what stood in it."""

    def __init__(self) -> None:
        super().__init__(as_json=False)
        self.shown: list[str] = []
        self.changed = Event()

    def passing(self, words: str) -> None:
        """Remember words instead of writing them."""
        self.shown.append(words)
        self.changed.set()


def test_what_is_quick_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody reads a line that is gone before it can be read."""
    monkeypatch.setattr(progress, "SOON", LONG)
    out = Line()
    with Progress(out) as told:
        told("reading")
    assert out.shown == [""]


def test_what_takes_long_shows_words_bar_and_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line goes on by itself, with a measure where there is one; in the end it is empty."""
    monkeypatch.setattr(progress, "SOON", 0.0)
    monkeypatch.setattr(progress, "BEAT", 0.001)
    out = Line()
    with Progress(out) as told:
        for words, part in (("comparing", None), ("row 1 of 2", 0.5)):
            told(words, part)
            while not out.shown or words not in out.shown[-1]:
                out.changed.clear()
                assert out.changed.wait(LONG)
    assert any(one.endswith("  comparing, 0 s") for one in out.shown)
    assert "█████░░░░░ 50%  row 1 of 2, 0 s" in out.shown
    assert out.shown[-1] == ""


@given(st.floats(-1, 2))
def test_a_bar_is_as_full_as_the_part(part: float) -> None:
    """Cell by cell, from none to all; more than all and less than nothing are drawn as these."""
    full, _, _ = bar(part).partition(" ")
    assert len(full) == CELLS
    assert full.count("█") == min(CELLS, max(0, int(part * CELLS)))
    assert full == full.replace("█", "").rjust(CELLS, "█")


@given(st.integers(0, 1000))
def test_a_moving_bar_moves_cell_by_cell(step: int) -> None:
    """One block of a fixed width, a cell further with each step, there and back."""
    before, after = moving(step), moving(step + 1)
    assert len(before) == CELLS
    assert before.strip("░") == "█" * BLOCK
    assert abs(after.index("█") - before.index("█")) == 1
