"""One key hides everything, on every screen, also while a line is being typed."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest

from examrunner.tui.actions import EVERYWHERE, SCREENS
from examrunner.tui.screens.cards import BlankScreen
from tests.tui.room import CALL, Room, demo, room

if TYPE_CHECKING:
    from pathlib import Path

WITHOUT = {"window", "welcome", "everywhere"}
"""The welcome has no student to hide; what works everywhere works there too."""
WAYS: dict[str, tuple[str, ...]] = {
    "board": (),
    "hand-over": ("enter",),
    "choose": ("enter", "enter", "c"),
    "sheet": CALL,
    "decide": (*CALL, "d"),
    "results": ("v",),
    "record": (*CALL, "d", "p", "enter", "v", "enter"),
    "correct": (*CALL, "d", "p", "enter", "v", "enter", "d"),
    "export": (*CALL, "d", "p", "enter", "v", "x", "c"),
}
"""The keys that lead from the board to each screen."""
TYPING: dict[str, tuple[str, ...]] = {
    "sheet": (*CALL, "n"),
    "decide": (*CALL, "d", "n"),
    "board": ("slash",),
    "export": (*CALL, "d", "p", "enter", "v", "x", "g"),
}
"""The keys that open a line to type in."""


def shown(it: Room) -> str:
    """Return all characters of the screen that can be seen."""
    strips = it.app.screen._compositor.render_strips()
    text = "".join(segment.text for strip in strips for segment in strip)
    return "".join(one for one in text if not unicodedata.category(one).startswith(("Z", "C")))


def test_every_screen_has_the_key() -> None:
    """`b` blanks each screen on which a student's name can stand; ctrl+l is in no screen's way."""
    for name, actions in SCREENS.items():
        keys = [key for action in actions for key in action.keys.split(",")]
        assert ("b" in keys) is (name not in WITHOUT), name
        assert name == "everywhere" or "ctrl+l" not in keys
    assert "ctrl+l" in [action.keys for action in EVERYWHERE]


@pytest.mark.parametrize("name", WAYS)
async def test_a_screen_is_blank_until_the_next_key(tmp_path: Path, name: str) -> None:
    """After the key nothing at all is to be seen; any key shows the screen and does no more."""
    async with room(demo(tmp_path)) as it:
        before = await it.press(*WAYS[name])
        assert getattr(it.app.screen, "name_in_registry", "") == name
        assert shown(it) != ""
        await it.press("b")
        assert isinstance(it.app.screen, BlankScreen)
        assert shown(it) == ""
        assert await it.press("q") == before


async def test_the_question_after_a_crash_can_be_hidden(tmp_path: Path) -> None:
    """The Resume screen, which names the student, is blanked too."""
    folder = demo(tmp_path)
    async with room(folder) as it:
        await it.press(*CALL)
    async with room(folder) as it:
        assert getattr(it.app.screen, "name_in_registry", "") == "resume"
        await it.press("b")
        assert shown(it) == ""
        await it.press("q")
        assert getattr(it.app.screen, "name_in_registry", "") == "resume"


@pytest.mark.parametrize("name", TYPING)
async def test_while_a_line_is_typed_b_is_a_letter(tmp_path: Path, name: str) -> None:
    """In a line `b` is typed and ctrl+l blanks; afterwards the line goes on where it was."""
    async with room(demo(tmp_path)) as it:
        await it.press(*TYPING[name])
        await it.type("ab")
        typing = it.text()
        await it.press("ctrl+l")
        assert isinstance(it.app.screen, BlankScreen)
        assert shown(it) == ""
        await it.press("x")
        assert it.text() == typing
        await it.type("c")
        screen = it.app.screen
        assert screen.field.value == "abc"  # type: ignore[attr-defined]
