"""The clock: digits of solid cells, five rows high."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from examrunner.tui.lines import Line

FONT = {
    "0": ("###", "# #", "# #", "# #", "###"),
    "1": (" # ", "## ", " # ", " # ", "###"),
    "2": ("###", "  #", "###", "#  ", "###"),
    "3": ("###", "  #", "###", "  #", "###"),
    "4": ("# #", "# #", "###", "  #", "  #"),
    "5": ("###", "#  ", "###", "  #", "###"),
    "6": ("###", "#  ", "###", "# #", "###"),
    "7": ("###", "  #", "  #", "  #", "  #"),
    "8": ("###", "# #", "###", "# #", "###"),
    "9": ("###", "# #", "###", "  #", "###"),
    ":": (" ", "#", " ", "#", " "),
    "-": ("  ", "  ", "##", "  ", "  "),
}
HEIGHT = 5
LAST_MINUTE = 60
SHORT_TALK = 120
"""Up to so many seconds allowed, the last quarter is what turns the colour."""


def clock_words(left: float | None, seconds: int | None, standing: str = "") -> tuple[str, str]:
    """Return the ink of a clock and the word below it: colour is never alone.

    `left` of the `seconds` allowed; `standing` is said instead while the clock does not run.
    """
    if left is None:
        return "block-good", standing or "no time limit"
    allowed = seconds or 0
    soon = LAST_MINUTE if allowed > SHORT_TALK else allowed / 4
    if left <= 0:
        return "block-bad", standing or "time is up"
    if left <= soon:
        return "block-warn", standing or ("last minute" if soon == LAST_MINUTE else "nearly up")
    return "block-good", standing


def clock_face(text: str, width: int, style: str) -> list[Line]:
    """Return the rows of a time such as `3:25`, set to the right in so many cells.

    `style` names a block style: the cells are spaces with a background, so that no seam shows.
    """
    rows: list[Line] = []
    for row in range(HEIGHT):
        cells = " ".join(FONT[character][row] for character in text)
        start = max(0, width - len(cells))
        spans = [(" " * start, "")] if start else []
        spans += _runs(cells, style)
        rows.append(tuple(spans))
    return rows


def _runs(cells: str, style: str) -> list[tuple[str, str]]:
    runs: list[tuple[str, str]] = []
    for cell in cells:
        name = style if cell == "#" else ""
        if runs and runs[-1][1] == name:
            runs[-1] = (runs[-1][0] + " ", name)
        else:
            runs.append((" ", name))
    return runs
