"""The footer: as many actions as there is room for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.tui.actions import NEVER_IN_FOOTER
from examrunner.tui.lines import GAP, Line, width_of

if TYPE_CHECKING:
    from examrunner.tui.actions import Action


def footer(actions: tuple[Action, ...], width: int) -> Line:
    """Return the footer that fits: closer together first, then without the highest ranks."""
    listed = [action for action in actions if action.rank < NEVER_IN_FOOTER]
    spans = _spans(listed, "  ", GAP)
    while width_of(spans) > width:
        spans = _spans(listed, " ", "  ")
        if width_of(spans) > width:
            listed.remove(max(listed, key=lambda one: (one.rank, listed.index(one))))
    return spans


def _spans(actions: list[Action], margin: str, gap: str) -> Line:
    spans: list[tuple[str, str]] = [(margin, "")]
    for number, action in enumerate(actions):
        spans += [(gap if number else "", ""), (action.written, "key"), (f" {action.label}", "")]
    return tuple(spans)
