"""Lines of styled text: what every screen is made of.

A line is a tuple of spans; a span is a text and the name of a style in the stylesheet. Text is
never markup: whatever people wrote is shown literally, with hidden characters made visible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len, chop_cells, set_cell_size

from examrunner.domain.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterable

Span = tuple[str, str]
Line = tuple[Span, ...]

EMPTY: Line = ()
GAP = "   "


def line(*spans: Span | str) -> Line:
    """Return a line; a bare text takes the plain style."""
    return tuple((span, "") if isinstance(span, str) else span for span in spans if span)


def width_of(spans: Line) -> int:
    """Return how many cells a line takes."""
    return sum(cell_len(safe(text)) for text, _ in spans)


def pad(text: str, cells: int) -> str:
    """Return a text in exactly so many cells, a cut shown by an ellipsis."""
    text = safe(text)
    if cell_len(text) <= cells:
        return text + " " * (cells - cell_len(text))
    return set_cell_size(text, max(0, cells - 1)) + "…" if cells else ""


def wrap(text: str, cells: int) -> list[str]:
    """Return a text broken at spaces into lines of at most so many cells; nothing is lost."""
    rows: list[str] = []
    row = ""
    for word in safe(text).split():
        parts = chop_cells(word, max(1, cells)) if cell_len(word) > cells else [word]
        for part in parts:
            joined = f"{row} {part}" if row else part
            if cell_len(joined) <= cells:
                row = joined
            else:
                rows.append(row)
                row = part
    rows.append(row)
    return rows


def hanging(first: Line, rest: str, text: Iterable[str], style: str) -> list[Line]:
    """Return wrapped text behind a first prefix, later rows behind another."""
    rows: list[Line] = []
    for number, row in enumerate(text):
        prefix = first if number == 0 else line(rest)
        rows.append((*prefix, (row, style)))
    return rows


def between(left: Line, right: Line, cells: int) -> Line:
    """Return a line with one part at each end; the right part goes where both don't fit."""
    space = cells - width_of(left) - width_of(right)
    return left if space < 1 else (*left, (" " * space, ""), *right)
