"""Questions about reviews in the app: answered by one key each, written by enter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from examrunner.services.demo import shipped_course
from examrunner.services.opening import prepared_of
from examrunner.storage.readers.course_files import read_course
from examrunner.tui.screens.matching import MatchingScreen
from tests.services.desks import REVIEWS, write_small
from tests.tui.room import SIZE, demo, room

if TYPE_CHECKING:
    from pathlib import Path

TITLES = "zoe,The A paper,\nzoe,Talk,\n"


@pytest.mark.parametrize("size", [SIZE, (120, 40)], ids=str)
async def test_titles_are_asked_and_written(tmp_path: Path, size: tuple[int, int]) -> None:
    """Each title is one question; enter writes the list, and the draft knows it at once."""
    folder = write_small(tmp_path, reviews=REVIEWS + TITLES)
    async with room(folder, size=size) as desk:
        text = await desk.press("m")
        assert "Which reading is this?  1 of 2" in text
        assert "The A paper" in text
        assert "on line 6" in text
        assert "1  Paper A" in text
        text = await desk.press("1", "o")
        assert "Zoe: 1 new, 1 gone, 1 as before" in text
        text = await desk.press("enter")
        assert not isinstance(desk.app.screen, MatchingScreen)
        assert "reviews.csv is written" in text
        assert prepared_of(desk.app.desk).eligible["zoe"].eligible == ("paper-a", "talk")
    assert "The A paper,paper-a" in (folder / "answers.csv").read_text()
    assert "Talk,own" in (folder / "answers.csv").read_text()


async def test_what_does_not_fit_on_the_screen_can_be_scrolled_to(tmp_path: Path) -> None:
    """More linked titles than rows: what follows is told, and nothing is written unseen."""
    folder = demo(tmp_path)
    course, _ = read_course(shipped_course())
    assert course is not None
    titles = [one.title.split() for one in course.readings]
    turned = [" ".join([*words[1:], words[0]]) for words in titles if len(words) > 4]
    rows = "".join(f's01,"{title}"\n' for title in turned[:20])
    (tmp_path / "turned.csv").write_text(f"student_id,paper\n{rows}", encoding="utf-8")
    async with room(folder) as desk:
        await desk.press("m", "i")
        await desk.type(str(tmp_path / "turned.csv"))
        text = await desk.press("enter")
        while "Which reading" in text:
            text = await desk.press("n")
        assert " more: ↓" in text
        assert "as before" not in text
        text = await desk.press(*["down"] * 40)
        assert "Student 01:" in text
        assert " more: ↓" not in text


async def test_nothing_is_written_on_the_way_out(tmp_path: Path) -> None:
    """Escape leaves everything as it was, whatever was answered; u takes an answer back."""
    folder = write_small(tmp_path, reviews=REVIEWS + TITLES)
    before = (folder / "reviews.csv").read_bytes()
    async with room(folder) as desk:
        await desk.press("m", "1", "s")
        assert "2 of 2" in await desk.press("u")
        await desk.press("escape")
        assert not isinstance(desk.app.screen, MatchingScreen)
    assert (folder / "reviews.csv").read_bytes() == before
    assert not (folder / "answers.csv").exists()


async def test_another_file_is_taken_in(tmp_path: Path) -> None:
    """A path that is typed is read, its people asked about, and what is open left out."""
    folder = write_small(tmp_path)
    (tmp_path / "more.csv").write_text("name,paper\nAna,Paper C\nAnna,Paper A\nZed,Paper B\n")
    async with room(folder) as desk:
        await desk.press("m", "i")
        await desk.type(str(tmp_path / "nothing.csv"))
        assert "there is no file" in await desk.press("enter")
        await desk.press("i")
        await desk.type(str(tmp_path / "more.csv"))
        text = await desk.press("enter")
        assert "Who is this?  1 of 2" in text
        assert "1  Ana (ana)" in text
        text = await desk.press("1", "n")
        assert "1 question left open" in text
        assert "2 reviews of 1 student" in text
        assert "Ana: 1 new, 1 gone, 1 as before" in text
        await desk.press("enter")
        assert prepared_of(desk.app.desk).eligible["ana"].eligible == ("paper-a", "paper-c")


async def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A bad file leaves the questions as they were and says what is wrong."""
    folder = write_small(tmp_path, reviews=REVIEWS + TITLES)
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n")
    async with room(folder) as desk:
        await desk.press("m", "i")
        await desk.type(str(tmp_path / "bad.csv"))
        text = await desk.press("enter")
        assert "no column says who" in text
        assert "The A paper" in text


async def test_a_day_that_has_begun_is_asked_what_it_takes_in(tmp_path: Path) -> None:
    """Once the day has begun, what was written is compared with the record at once."""
    folder = write_small(tmp_path)
    async with room(folder) as desk:
        await desk.press("enter", "enter", "escape")
        (folder / "reviews.csv").write_text(REVIEWS + "zoe,The A paper,\n")
        await desk.press("m", "1")
        text = await desk.press("enter")
        assert "Late students and corrected lists" in text
        assert "Zoe: with paper-a" in text
