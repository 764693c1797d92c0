"""Troubles of a rehearsal as the app shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.services.rehearse import copy_inputs
from examrunner.services.troubles import Troubles
from tests.tui.room import CALL, demo, room

if TYPE_CHECKING:
    from pathlib import Path

NOBODY = "(rehearsal) nobody comes in"


async def test_the_no_show_does_not_come(tmp_path: Path) -> None:
    """The hand-over says so; what then happens stays the person's."""
    async with room(demo(tmp_path)) as made:
        made.app.troubles = Troubles(no_show="s01")
        assert NOBODY in await made.press("enter")
        assert made.record()["status"] == "examining"
        await made.press("a")
        assert NOBODY not in await made.press("enter")


async def test_the_latecomer_comes_in_after_some_others(tmp_path: Path) -> None:
    """Nobody comes when called; after two others the status says who came, until the call."""
    async with room(demo(tmp_path)) as made:
        made.app.troubles = Troubles(latecomer="s01", after=2)
        assert NOBODY in await made.press("enter")
        await made.press("l")
        assert "comes in, late" not in await made.press(*CALL, "d", "p", "enter")
        screen = await made.press(*CALL, "d", "p", "enter")
        assert "(rehearsal) Student 01 comes in, late" in screen
        assert NOBODY not in await made.press("home", "enter")
        await made.press("enter", "r", "space", "d", "p", "enter")
        assert "comes in, late" not in made.text()


async def test_a_real_day_has_no_troubles(tmp_path: Path) -> None:
    """The app as it is opened for an exam has none, and no screen calls itself a rehearsal."""
    async with room(demo(tmp_path)) as made:
        assert made.app.troubles is None
        assert "REHEARSAL" not in made.text() + await made.press(*CALL)


async def test_every_screen_of_a_rehearsal_says_so(tmp_path: Path) -> None:
    """Nobody takes the copy for the real day, also when it is kept and opened later."""
    copy = tmp_path / "copy"
    copy_inputs(demo(tmp_path), copy)
    async with room(copy) as made:
        keys = ("enter", "enter", "r", "space", "d", "p", "enter", "v", "enter", "escape", "g")
        for key in keys:
            bar = (await made.press(key)).splitlines()[0]
            assert bar.endswith("REHEARSAL  ●"), key


async def test_what_is_wrong_with_a_file_fits_the_line(tmp_path: Path) -> None:
    """A call that a file stands against says which and why: the whole path would fill the line."""
    folder = demo(tmp_path / ("long-" * 12))
    settings = folder / "session.yaml"
    text = settings.read_text(encoding="utf-8")
    assert text.count("/course.yaml") == 1
    settings.write_text(text.replace("/course.yaml", "/no-course.yaml"), encoding="utf-8")
    async with room(folder) as exam:
        told = (await exam.press("enter")).splitlines()[-2].rstrip()
        assert told == "  no-course.yaml: the file cannot be read: No such file or directory"
        (folder / "reviews.csv").write_text("student_id\ns01\n", encoding="utf-8")
        told = (await exam.press("enter")).splitlines()[-2].rstrip()
        assert told.startswith("  no-course.yaml: the file cannot be read")
        assert told.endswith(" (and 1 more)")


async def test_banks_that_stop_the_day_are_counted_where_the_line_is_short(tmp_path: Path) -> None:
    """The words on the first are cut before the number of the others is, and warnings are none."""
    folder = demo(tmp_path)
    settings = folder / "session.yaml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("questions: draft", "questions: approved"), encoding="utf-8")
    async with room(folder, size=(80, 24)) as exam:
        told = (await exam.press("enter")).splitlines()[-2].rstrip()
    assert told.startswith("  attention-is-all-you-need.yaml: the bank of")
    assert told.endswith("… (and 20 more)")
    assert len(told) <= 80
