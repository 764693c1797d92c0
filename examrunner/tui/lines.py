"""Lines of styled text: what every screen is made of.

A line is a tuple of spans; a span is a text and the name of a style in the stylesheet. Text is
never markup: whatever people wrote is shown literally, with hidden characters made visible.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rich.cells import get_character_cell_size

from examrunner.domain.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterable

Span = tuple[str, str]
Line = tuple[Span, ...]

EMPTY: Line = ()
GAP = "   "
MEASURE = 90
"""Longer rows of text are hard to read back and forth, however wide the screen is."""
EMOJI_STYLE = "\ufe0f"
"""Makes a sign an emoji, one cell wider on some terminals."""
FLAG_A, FLAG_Z = "\U0001f1e6", "\U0001f1ff"
"""Letters of which two are a flag; one may take two cells."""


def line(*spans: Span | str) -> Line:
    """Return a line; a bare text takes the plain style."""
    return tuple((span, "") if isinstance(span, str) else span for span in spans if span)


@lru_cache(4096)
def _size(character: str) -> int:
    if character == EMOJI_STYLE or FLAG_A <= character <= FLAG_Z:
        return 1 if character == EMOJI_STYLE else 2
    return get_character_cell_size(character)


def cells_of(text: str) -> int:
    """Return the most cells that a terminal takes for a text.

    Terminals differ in whether they join emoji, so each part counts. Where one joins them, the
    rest of the row moves to the left; counted the other way, its end would be pushed out.
    """
    return len(text) if text.isascii() else sum(map(_size, text))


def head_of(text: str, cells: int) -> str:
    """Return as much of the beginning of a text as fits into so many cells."""
    for place, character in enumerate(text):
        cells -= _size(character)
        if cells < 0:
            return text[:place]
    return text


def width_of(spans: Line) -> int:
    """Return how many cells a line takes."""
    return sum(len(text) if text.isascii() else _cells(text) for text, _ in spans)


@lru_cache(2048)
def _cells(text: str) -> int:
    return cells_of(safe(text))


def pad(text: str, cells: int) -> str:
    """Return a text in exactly so many cells, a cut shown by an ellipsis."""
    text = safe(text)
    missing = cells - cells_of(text)
    if missing >= 0:
        return text + " " * missing
    kept = head_of(text, cells - 1)
    return kept + " " * (cells - 1 - cells_of(kept)) + "…" if cells > 0 else ""


def wrap(text: str, cells: int, most: int | None = None) -> list[str]:
    """Return a text broken at line ends and spaces into rows of at most so many cells.

    No row is longer than MEASURE. Nothing is lost, unless `most` says how many rows there may
    be; a cut shows as an ellipsis.
    """
    cells = min(max(1, cells), MEASURE)
    rows = list(_wrapped(text, cells))
    if most is not None and len(rows) > most:
        rows = rows[:most]
        rows[-1] = head_of(rows[-1], cells - 1).rstrip() + "…"
    return rows


@lru_cache(1024)
def _wrapped(text: str, cells: int) -> tuple[str, ...]:
    rows: list[str] = []
    for paragraph in text.split("\n"):
        row = ""
        for word in safe(paragraph).split():
            for part in _chopped(word, cells):
                joined = f"{row} {part}" if row else part
                if cells_of(joined) <= cells:
                    row = joined
                else:
                    rows.append(row)
                    row = part
        rows += [row] if row else []
    return tuple(rows) or ("",)


def _chopped(word: str, cells: int) -> list[str]:
    parts = []
    while cells_of(word) > cells:
        part = head_of(word, cells) or word[0]
        parts.append(part)
        word = word[len(part) :]
    return [*parts, word] if word else parts


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


def cut(spans: Line, cells: int) -> Line:
    """Return a line in at most so many cells, a cut shown by an ellipsis."""
    if width_of(spans) <= cells:
        return spans
    kept: list[Span] = []
    left = cells - 1
    for text, style in spans:
        part = head_of(safe(text), left)
        left -= cells_of(part)
        kept.append((part, style))
        if part != safe(text):
            kept[-1] = (f"{part.rstrip()}…", style)
            break
    return tuple(kept) if cells > 0 else EMPTY


def before(left: Line, right: Line, cells: int) -> Line:
    """Return a line with one part at each end; the right part stays whole, the left is cut."""
    left = cut(left, cells - width_of(right) - 1) if right else cut(left, cells)
    return (*left, (" " * (cells - width_of(left) - width_of(right)), ""), *right)
