"""Key cards: every key of a screen is on them, however small the terminal is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from examrunner.tui.actions import SCREENS, everywhere
from examrunner.tui.lines import MEASURE, width_of, wrap
from examrunner.tui.screens.base import ExamScreen
from examrunner.tui.screens.cards import MOVES, SIGNS, KeyCard
from examrunner.tui.widgets.canvas import Canvas
from tests.tui.room import CALL, SIZE, Room, demo, room

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("size", [SIZE, (120, 40)], ids=str)
async def test_no_key_is_cut_from_a_card(tmp_path: Path, size: tuple[int, int]) -> None:
    """Leafing through a card shows each key with its words, and its last key closes it."""
    async with room(demo(tmp_path), size=size) as desk:
        for name, actions in SCREENS.items():
            desk.app.show_keys(name)
            await desk.settle()
            seen = []
            while isinstance(desk.app.screen, KeyCard):
                canvas = desk.app.screen.query_one(Canvas)
                assert len(canvas.lines) <= size[1]
                assert all(width_of(row) <= size[0] for row in canvas.lines)
                seen.append(desk.text())
                assert name.replace("-", " ") in seen[-1]
                await desk.press("space")
            for action in (*actions, *everywhere(name)):
                if not action.help:  # another line tells of it, too
                    assert any(action.written in one.written.split() for one in actions if one.help)
                    continue
                is_move = action.name in MOVES
                row = action.written if is_move else f"{action.written:<7}{action.help}"
                assert any(row in page for page in seen), (name, action)


async def test_a_card_without_an_exam_names_no_key_of_an_exam(tmp_path: Path) -> None:
    """In the bank browser nothing can be voided, and no alarm stops a clock."""
    async with room(demo(tmp_path)) as desk:
        desk.app.show_keys("bank")
        await desk.settle()
        text = desk.text() + await desk.press("space")
        assert "blank the screen" in text
        assert "alarm" not in text
        assert "void" not in text


async def test_escape_closes_a_long_card_at_once(tmp_path: Path) -> None:
    """In the middle of an exam one key brings the sheet back."""
    async with room(demo(tmp_path)) as desk:
        desk.app.show_keys("sheet")
        await desk.settle()
        assert "any key shows the rest, esc closes" in desk.text()
        assert SIGNS["sheet"] in desk.text()
        await desk.press("escape")
        assert not isinstance(desk.app.screen, KeyCard)


def test_text_is_never_wider_than_its_measure() -> None:
    """On a screen of 200 columns a question is broken where it can be read."""
    text = "why " * 100
    assert max(map(len, wrap(text, 192))) <= MEASURE
    assert " ".join(wrap(text, 192)).split() == text.split()


async def test_the_palette_finds_a_key_by_its_words(tmp_path: Path) -> None:
    """Whatever the key card says can be searched and done: alarm and points, too."""
    async with room(demo(tmp_path)) as exam:
        await exam.press(*CALL)
        found = {one.title: one for one in exam.app.get_system_commands(exam.app.screen)}
        assert not [title for title in found if "_" in title]
        assert "not asked for another reason: a choice of one key" in found
        (alarm,) = [one for title, one in found.items() if title.startswith("alarm: ")]
        point = found["point 2: tick a point, again: off"]
        await point.callback()
        await exam.settle()
        assert exam.app.desk.attempts()[0].questions[0].points == (2,)
        await alarm.callback()
        await exam.settle()
        assert "Everything stands still" in exam.text()


@pytest.mark.parametrize(
    "keys", [("enter",), CALL, (*CALL, "d")], ids=["called", "sheet", "decide"]
)
async def test_a_slip_does_not_end_the_app_in_mid_exam(
    tmp_path: Path, keys: tuple[str, ...]
) -> None:
    """With a student at the table ctrl+q asks first; on the board it quits at once."""
    async with room(demo(tmp_path)) as exam:
        await exam.press(*keys)
        assert "A student is with you. ctrl+q again quits" in await exam.press("ctrl+q")
        assert exam.app.is_running
        await exam.pilot.press("ctrl+q")
        assert exam.app._exit


def footer(exam: Room) -> str:
    """Return the last line of the screen."""
    return exam.text().splitlines()[-1].strip()


async def test_the_footer_says_what_the_keys_do_while_a_line_is_typed(tmp_path: Path) -> None:
    """On every screen with a line: what is typed, enter and esc, and no key that only types now."""
    keeps = "enter keeps it   esc drops it"
    async with room(demo(tmp_path)) as exam:
        await exam.press(*CALL)
        for screen, keys, wanted in (
            ("sheet", ("n",), f"note    {keeps}"),
            ("sheet", ("N",), f"incident    {keeps}"),
            ("decide", ("d", "n"), f"reason    {keeps}"),
            ("alarm", ("ctrl+a", "n"), f"incident    {keeps}"),
            ("board", ("enter", "e", "enter", "i"), f"incident    {keeps}"),
            ("board", ("slash",), "find a name    enter stays with the student found   esc too"),
            ("close", ("c", "n"), f"incident    {keeps}"),
            ("second-read", ("e", "r"), "name    enter keeps it   esc goes back"),
            ("second-read", ("enter", "n"), f"reason    {keeps}"),
            ("correct", ("escape", "d", "n"), f"reason    {keeps}"),
            (
                "close",
                ("escape", "escape", "escape", "c", "enter", "o"),
                "reason, or none    enter opens the day again   esc leaves it closed",
            ),
        ):
            await exam.press(*keys)
            top = exam.app.screen
            assert isinstance(top, ExamScreen)
            assert (top.name_in_registry, footer(exam)) == (screen, wanted)
            top.draw()
            assert footer(exam) == wanted
            if wanted.startswith("name"):
                continue
            await exam.press("escape")
            assert "? keys" in footer(exam)
