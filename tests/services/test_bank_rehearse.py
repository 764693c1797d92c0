"""A bank is tried out on the real path, with pretend students and the session's own rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from examrunner.domain.errors import Refused
from examrunner.domain.problems import BadInput
from examrunner.services.bank_rehearse import STUDENTS, pretend
from tests.services.desks import SETTINGS, Room, bank, write_small

if TYPE_CHECKING:
    from pathlib import Path


def test_every_pretend_student_is_examined_on_the_bank(tmp_path: Path) -> None:
    """The real draw gives the reading, and the second sheet repeats no question of the first."""
    bank = write_small(tmp_path) / "banks" / "paper-a.yaml"
    pretend(tmp_path / "try", bank)
    room = Room(tmp_path / "try")
    sheets = [
        {one.id for one in room.decided(row.student.student_id).questions}
        for row in room.desk.rows()[:2]
    ]
    assert len(room.desk.rows()) == STUDENTS
    assert sheets[0] | sheets[1] == {f"a{n}" for n in range(1, 9)}
    assert not sheets[0] & sheets[1]
    room.leave()


def test_minutes_and_sheet_are_those_of_the_session(tmp_path: Path) -> None:
    """With a session its rules hold, but for window, breaks and approval."""
    settings = (
        f"{SETTINGS}questions: approved\nexam: {{minutes: 3, reserve: 1}}\nsheet: {{core: 2}}\n"
    )
    folder = write_small(tmp_path, settings)
    made = pretend(tmp_path / "try", folder / "banks" / "paper-a.yaml", folder)
    assert made.sheet == (("core", 2),)
    assert made.exam.minutes is not None
    assert made.exam.minutes.total_seconds() == 180
    assert made.exam.reserve == 0
    room = Room(tmp_path / "try")
    assert len(room.revealed("try-1").questions) == 2
    room.leave()


@pytest.mark.parametrize(
    "text", ["reading: paper-a\nquestions: []\n", bank("a", "core", status="retired")]
)
def test_a_bank_without_a_question_is_told_before_the_app_opens(tmp_path: Path, text: str) -> None:
    """One that was only begun, or whose questions are all retired, cannot be tried out."""
    path = write_small(tmp_path, a=text) / "banks" / "paper-a.yaml"
    with pytest.raises(Refused, match="no question to ask yet"):
        pretend(tmp_path / "try", path)
    assert not (tmp_path / "try").exists()


def test_a_bank_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A broken bank is refused with its place, and nothing is written."""
    bank = write_small(tmp_path) / "banks" / "paper-a.yaml"
    bank.write_text("reading: [", encoding="utf-8")
    with pytest.raises(BadInput):
        pretend(tmp_path / "try", bank)
    assert not (tmp_path / "try").exists()
