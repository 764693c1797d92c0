"""The lines of the student's second window: as large as the terminal allows, and centred."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.exam.clock import shown
from examrunner.services.window import Stage, View
from examrunner.tui.lines import EMPTY, Line, line, width_of, wrap
from examrunner.tui.widgets.clock_face import FONT, HEIGHT, clock_words

if TYPE_CHECKING:
    from collections.abc import Sequence

MARGIN = 6
"""Cells left free on both sides together."""
MEASURE = 64
"""Cells of a row of the question, where it fits: longer rows are harder to read."""
LARGEST = 4
"""Rows of the terminal for one of the clock's cells, at most; half of it beside a question."""
TALL = 40
"""Rows from which the clock beside a question need not be the smallest one."""
SHARE = 0.8
"""Of the width, at most, for the clock."""
CELL = 2
"""Columns of the terminal that are about as wide as one row is high."""
TITLE_ROWS = 3
AUTHOR_ROWS = 2
PAGES: dict[Stage | None, tuple[str, ...]] = {
    None: (
        "nothing to show yet",
        "This window begins when the first student is called in.",
        "q leaves",
    ),
    Stage.WAIT: ("please wait",),
    Stage.SUSPENDED: ("the exam is suspended", "Please wait."),
    Stage.OVER: ("the exam day is over",),
}
"""Stage to what is said where no paper is shown; None: there is no session to follow yet."""
STANDING = {
    Stage.READY: "the clock has not started",
    Stage.PAUSED: "paused",
    Stage.STOPPED: "the clock is stopped",
}

Block = list[Line]


def window_lines(view: View | None, width: int, height: int) -> list[Line]:
    """Return the whole window."""
    page = PAGES.get(view.stage if view else None)
    if view is None or page is not None:
        return _spread([_page(page or (), width)], height)[:height]
    head, most = _head(view, width), LARGEST
    if view.question:
        most = LARGEST // 2 if height >= TALL else 1
    for gap in (1, 0):
        question = _question(view.question, min(width - MARGIN, MEASURE), width, gap)
        for size in range(most, 0, -1):
            clock = _clock(view, size, width)
            blocks = [one for one in (head, clock, question) if one]
            if _fits(blocks, width, height):
                return _hung(blocks, height) if question else _spread(blocks, height)
    return _smallest(view, width, height)


def _smallest(view: View, width: int, height: int) -> list[Line]:
    """Return what is shown where even the smallest clock leaves too little room."""
    blocks = [_head(view, width), _clock(view, 0, width)]
    if view.question:
        room = max(1, height - sum(map(len, blocks)) - len(blocks) - 1)
        blocks.append(_question(view.question, width - 2, width, 0, room))
    return _spread(blocks, height)[:height]


def time_words(view: View) -> tuple[str, str]:
    """Return the ink of the clock and the word below it: colour is never alone."""
    ink, word = clock_words(view.left, view.seconds, STANDING.get(view.stage, ""))
    is_paused = view.stage is Stage.PAUSED and ink == "block-good" and view.left is not None
    return ("block-warn" if is_paused else ink), word


def large_clock(text: str, size: int, ink: str) -> list[Line]:
    """Return a time such as `3:25`, each of the clock's cells `size` rows high.

    The cells are spaces with a background, so that no seam shows.
    """
    rows: list[Line] = []
    for row in range(HEIGHT):
        cells = " ".join(FONT[character][row] for character in text)
        spans = tuple((" " * CELL * size, ink if cell == "#" else "") for cell in cells)
        rows += [spans] * size
    return rows


def _page(words: Sequence[str], width: int) -> Block:
    rows: Block = []
    for place, text in enumerate(words):
        rows += [EMPTY] if place else []
        rows += [_centred(row, "dim" if place else "strong", width) for row in _wrap(text, width)]
    return rows


def _head(view: View, width: int) -> Block:
    rows = [_centred(row, "strong", width) for row in _wrap(view.title, width, TITLE_ROWS)]
    if view.authors:
        rows += [_centred(row, "", width) for row in _wrap(view.authors, width, AUTHOR_ROWS)]
    return rows


def _clock(view: View, size: int, width: int) -> Block:
    """Return clock and word; the row of the word is always there, so that nothing jumps."""
    ink, word = time_words(view)
    below = _centred(word, ink.replace("block-", ""), width)
    if view.left is None:
        return [below]
    text = shown(max(0.0, view.left))
    if not size:
        return [_centred(f"{text}   {word}".rstrip(), ink.replace("block-", ""), width)]
    face = large_clock(text, size, ink)
    return [*(_shifted(row, width) for row in face), EMPTY, below]


def _question(text: str, cells: int, width: int, gap: int, most: int | None = None) -> Block:
    if not text:
        return []
    rows: Block = []
    wrapped = wrap(text, cells, most)
    start = " " * max(0, (width - max(width_of(line(row)) for row in wrapped)) // 2)
    for row in wrapped:
        rows += [EMPTY] * gap if rows else []
        rows.append(line(start, (row, "strong")))
    return rows


def _fits(blocks: Sequence[Block], width: int, height: int) -> bool:
    rows = sum(map(len, blocks)) + len(blocks) + 1
    clock = max(width_of(row[1:]) for row in blocks[1])
    return rows <= height and clock <= width * SHARE


def _hung(blocks: Sequence[Block], height: int) -> list[Line]:
    """Return paper and clock at the top, where no other question moves them, and the question."""
    *above, question = blocks
    gap = 1 + (height > TALL)
    rows = [row for block in above for row in ([EMPTY] * gap + block)]
    return [*rows, *_spread([question], height - len(rows))]


def _spread(blocks: Sequence[Block], height: int) -> list[Line]:
    """Return the blocks below each other, what is free shared out between them."""
    free = max(0, height - sum(map(len, blocks)))
    rows: list[Line] = []
    for place, block in enumerate(blocks, 1):
        above = free * place // (len(blocks) + 1) - free * (place - 1) // (len(blocks) + 1)
        rows += [EMPTY] * above + block
    return rows


def _wrap(text: str, width: int, most: int | None = None) -> list[str]:
    return wrap(text, max(1, width - MARGIN), most)


def _centred(text: str, ink: str, width: int) -> Line:
    return _shifted(line((text, ink)), width) if text else EMPTY


def _shifted(row: Line, width: int) -> Line:
    return ((" " * max(0, (width - width_of(row)) // 2), ""), *row)
