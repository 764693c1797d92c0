"""Planned breaks on the board."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.classes import SETTINGS, write_session
from tests.tui.room import CALL, room

if TYPE_CHECKING:
    from pathlib import Path

BREAKS = f"{SETTINGS}  breaks: [{{at: 09:11, minutes: 7}}]\n"


async def test_a_break_stands_between_the_students_and_cannot_be_chosen(tmp_path: Path) -> None:
    """The line of the break is passed over by keys and by the mouse."""
    async with room(write_session(tmp_path / "small", BREAKS)) as made:
        rows = made.text().splitlines()
        at = next(n for n, row in enumerate(rows) if "09:11    break, 7 min" in row)
        assert "09:05" in rows[at - 1]
        assert "09:18" in rows[at + 1]
        board = made.app.screen
        await made.press("down", "down")
        assert board.chosen == 2  # type: ignore[attr-defined]
        await made.pilot.click(offset=(10, at))
        assert board.chosen == 2  # type: ignore[attr-defined]
        await made.pilot.click(offset=(10, at - 1))
        assert board.chosen == 1  # type: ignore[attr-defined]
        await made.pilot.click(offset=(10, at + 1))
        assert board.chosen == 2  # type: ignore[attr-defined]


async def test_the_board_says_that_a_break_is_due(tmp_path: Path) -> None:
    """After the last student before it the status says until when; the pace says on time."""
    async with room(write_session(tmp_path / "small", BREAKS)) as made:
        for seconds in (340, 330):
            await made.press(*CALL)
            assert "a break is due" not in made.text()
            made.clock.advance(seconds)
            await made.press("d", "p", "enter")
        made.clock.advance(5 * 60)
        made.app.screen.refresh_pace()  # type: ignore[attr-defined]
        screen = made.text()
        assert "a break is due until 09:18" in screen
        assert "on time" in screen
        made.clock.advance(2 * 60)
        made.app.screen.refresh_pace()  # type: ignore[attr-defined]
        assert "a break is due" not in made.text()


async def test_the_side_stays_in_its_rows_beside_a_break(tmp_path: Path) -> None:
    """On a wide screen the pace stands at the side of the list, break or not."""
    async with room(write_session(tmp_path / "small", BREAKS), size=(120, 40)) as made:
        rows = [row for row in made.text().splitlines() if row.strip()]
        assert any("break, 7 min" in row for row in rows)
        columns = {row.index("on time") for row in rows if "on time" in row}
        assert columns == {120 - 44}


async def test_the_last_student_of_a_long_list_stays_in_view(tmp_path: Path) -> None:
    """Lines of breaks take rows of the list, and the chosen row is never pushed out."""
    names = "".join(f"s{n:02},Student {n:02}\n" for n in range(60))
    breaks = ", ".join(f"{{at: {h}:{m:02}, minutes: 5}}" for h in (9, 10, 11, 12) for m in (15, 45))
    settings = SETTINGS.replace("end: 09:30", "end: 18:00") + f"  breaks: [{breaks}]\n"
    folder = write_session(tmp_path / "small", settings, roster=f"student_id,name\n{names}")
    async with room(folder) as made:
        assert "Student 59" in await made.press("end")
        for _ in range(59):
            text = await made.press("up")
            place = made.app.screen.chosen  # type: ignore[attr-defined]
            assert f"Student {place:02}" in text


async def test_who_is_ahead_hears_of_a_break_when_it_is_near(tmp_path: Path) -> None:
    """Long before it nothing is said, then when it begins, and in it how long it lasts."""
    async with room(write_session(tmp_path / "small", BREAKS)) as made:
        for _ in range(2):
            await made.press(*CALL, "d", "p", "enter")
        for seconds, told in ((0, ""), (180, "due at 09:11"), (540, "due until 09:18")):
            made.clock.advance(seconds)
            made.app.screen.refresh_pace()  # type: ignore[attr-defined]
            assert f"a break is {told}" in made.text() if told else "a break" not in made.text()
