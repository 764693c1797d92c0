"""Questions in writing for one student: agreed in the roster, shown to nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.course.people import Student
from examrunner.domain.exam.settings import Settings
from examrunner.services.doctor.rules import Class, rules_in_words
from examrunner.services.kit import make_kit
from examrunner.services.watching import Watch
from examrunner.services.window import view_of
from tests.classes import SETTINGS
from tests.services.desks import Room, write_small
from tests.services.test_watching import mirrored
from tests.tui.room import room

if TYPE_CHECKING:
    from pathlib import Path

ROSTER = "student_id,name,written\nana,Ana,yes\nchi,Chi,no\neli,Eli,\nzoe,Zoe,\n"


def written(folder: Path, settings: str = SETTINGS) -> Path:
    """Write a session in which Ana reads the questions."""
    return write_small(folder, f"{settings}course: course.yaml\nbanks: [banks]\n", roster=ROSTER)


def test_the_window_shows_the_question_to_this_student_only(tmp_path: Path) -> None:
    """Where the session shows no question, Ana still reads hers, from the mirror; Chi does not."""
    made = Room(written(tmp_path))
    try:
        made.running("ana")
        mirrored(made, copy=True)
        seen = Watch(made.folder, made.clock, "ann")
        assert view_of(seen).question.startswith("Why")
        assert view_of(made.desk) == view_of(seen)
    finally:
        made.leave()


def test_nobody_else_reads_a_question(tmp_path: Path) -> None:
    """Chi has no such agreement."""
    made = Room(written(tmp_path))
    try:
        made.running("chi")
        assert view_of(made.desk).question == ""
    finally:
        made.leave()


def test_the_kit_has_a_card_for_this_student_only(tmp_path: Path) -> None:
    """The card holds the questions of the student's own sheet, and no points."""
    made = Room(written(tmp_path))
    try:
        made.decided("chi")
        page = make_kit(made.desk, tmp_path / "kit.html").file.read_text()
    finally:
        made.leave()
    assert page.count('<section class="card">') == 1
    card = page.split('<section class="card">')[1].split("</section>")[0]
    assert card.count("<li>") == 4
    assert "Ana" not in card
    assert page.count("may read each question") == 1


def test_the_rules_are_read_out() -> None:
    """Doctor says how many read their questions."""
    one = Student("ana", "Ana", written=True)
    known = Class((one,), papers=(2,), different=2, bankless=0, spacing=0, reviews=None)
    told = {rule.about: rule.words for rule in rules_in_words(Settings("s"), known)}
    assert told["written"] == "1 student may read each question: second window or card."


async def test_the_hand_over_says_it_and_the_sheet_reminds_once(tmp_path: Path) -> None:
    """The reminder stands there until the first mark, on Ana's sheet and not on Chi's."""
    async with room(written(tmp_path)) as made:
        assert "reads each question" in await made.press("enter")
        screen = await made.press("enter", "r", "space")
        assert "reads each question: second window or card" in screen
        assert "reads each question" not in await made.press("s")
        await made.press("d", "p", "enter")
        assert "reads each question" not in await made.press("enter")
        assert "reads each question" not in await made.press("enter", "r", "space")
