"""The palette: what the keys of a screen do, to be searched by any of its words, and the themes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand

from examrunner.tui.actions import MOVES, deeds, everywhere
from examrunner.tui.themes import commands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from examrunner.tui.actions import Action
    from examrunner.tui.app import ExamApp
    from examrunner.tui.screens.base import ExamScreen


def palette(app: ExamApp, screen: ExamScreen) -> Iterator[SystemCommand]:
    """Return a command for each key; a list is walked by its keys alone."""
    for action in screen.actions():
        if action.name not in MOVES:
            for title, key, deed in _named(action):
                yield SystemCommand(title, key, partial(screen.run_action, deed))
    for action in everywhere(screen.name_in_registry):
        for title, key, deed in _named(action):
            yield SystemCommand(title, key, partial(app.run_action, deed))
    yield from commands(app)


def _named(action: Action) -> Iterator[tuple[str, str, str]]:
    """Return title, key and deed of an action, once for each that differs."""
    found = dict[str, str]()
    for key, deed in deeds(action):
        found.setdefault(deed, key)
    for deed, key in found.items():
        what = f"{action.label} {key}" if len(found) > 1 else action.label
        written = key if len(found) > 1 else action.written
        if action.help:  # else another line tells of it, too
            yield f"{what}: {action.help}" if what else action.help, f"key: {written}", deed
