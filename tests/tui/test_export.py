"""The export screen: every form by key or by enter, the difference in words, then the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.classes import GRADEBOOK, VERDICTS, examine, write_session
from tests.lms.test_brightspace_trips import MADE as BRIGHTSPACE
from tests.tui.room import room

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tui.room import Room

WAY = ("v", "x")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a session in which everyone has been called."""
    made = write_session(tmp_path / "small")
    examine(made, VERDICTS)
    return made


def files(folder: Path) -> list[str]:
    """Return what was exported."""
    place = folder / "exports"
    return sorted(one.suffix for one in place.iterdir()) if place.exists() else []


async def given(it: Room, key: str, path: Path) -> str:
    """Choose a form and give it a file. Returns the screen."""
    await it.press(key)
    it.app.screen.query_one("Field").value = str(path)  # type: ignore[attr-defined]
    return await it.press("enter")


async def test_every_form_is_offered_with_its_key(folder: Path) -> None:
    """The screen begins with the forms; enter takes the chosen one."""
    async with room(folder) as it:
        text = await it.press(*WAY)
        for form in ("csv", "xlsx", "json", "canvas", "moodle", "brightspace", "blackboard"):
            assert form in text
        assert "4 students, 2 scores" in await it.press("down", "enter")
        assert "written" in await it.press("enter")
    assert files(folder) == [".xlsx"]


@pytest.mark.parametrize(("key", "ending"), [("c", ".csv"), ("x", ".xlsx"), ("j", ".json")])
async def test_tables_and_data_are_written(folder: Path, key: str, ending: str) -> None:
    """A key shows what will be written, enter writes it."""
    async with room(folder) as it:
        await it.press(*WAY, key)
        assert files(folder) == []
        assert "written" in await it.press("enter")
    assert files(folder) == [ending]


async def test_the_difference_stands_in_words(folder: Path, tmp_path: Path) -> None:
    """Changed, left out and why, unchanged, and not in the class: each is a row in words."""
    book = tmp_path / "book.csv"
    text = GRADEBOOK.replace("3.00,,1", "3.00,10,1", 1)
    book.write_text(text + '"Stranger, Sam",105,,sam,CS 1,3.00,,1\n', encoding="utf-8")
    async with room(folder) as it:
        await it.press(*WAY)
        text = await given(it, "g", book)
        for words in (
            "unchanged: 10",
            "left out: Canvas has 4.00, not 0",
            "left out: edge: to be decided in a second look",
            "left out: absent",
            "not in the class",
            "overwritten only on purpose",
        ):
            assert words in text
        await it.press("enter")
        assert files(folder) == []
        assert "4.00 -> 0" in await it.press("f")
        assert "1 score)" in await it.press("enter")
    assert files(folder) == [".csv"]


async def test_a_column_is_chosen_where_none_is_clear(folder: Path, tmp_path: Path) -> None:
    """Without an exam in sight the columns are listed, and enter takes one."""
    grades = tmp_path / "grades.csv"
    grades.write_text(BRIGHTSPACE.format(most=10).replace("Oral exam", "Talk"), encoding="utf-8")
    async with room(folder) as it:
        await it.press(*WAY)
        assert "which column takes the scores?" in await given(it, "d", grades)
        assert "score into Talk Points Grade" in await it.press("down", "enter")


async def test_escape_goes_back_step_by_step(folder: Path, tmp_path: Path) -> None:
    """From the difference to the forms, and from there to the results; nothing is written."""
    book = tmp_path / "book.csv"
    book.write_text(GRADEBOOK, encoding="utf-8")
    async with room(folder) as it:
        await it.press(*WAY)
        await given(it, "g", book)
        assert "what shall be written?" in await it.press("escape")
        assert "verdict" in await it.press("escape")
    assert files(folder) == []


@pytest.mark.parametrize("key", ["g", "m", "d", "l", "o"])
async def test_a_file_that_is_none_is_told(folder: Path, tmp_path: Path, key: str) -> None:
    """A wrong path is one message, and the forms are offered again."""
    async with room(folder) as it:
        await it.press(*WAY)
        text = await given(it, key, tmp_path / "nowhere.csv")
        assert "cannot be read" in text
        assert "what shall be written?" in text
