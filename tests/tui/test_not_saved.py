"""A disk that fails, a machine that sleeps and a clock that is set, as the examiner sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from examrunner.services.copier import Copier
from examrunner.storage.database.ledger import Ledger
from tests.fakes import FakeClock
from tests.tui.room import CALL, SIZE, demo, room

if TYPE_CHECKING:
    from pathlib import Path


class Disk:
    """A disk that can be taken away."""

    is_away = False


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    """Give the ledger's disk."""
    made, written = Disk(), Ledger._written

    def write(ledger: Ledger, *arguments: Any) -> Any:
        if made.is_away:
            raise OSError(28, "No space left on device")
        return written(ledger, *arguments)

    monkeypatch.setattr(Ledger, "_written", write)
    return made


async def test_the_banner_stays_until_all_is_saved(tmp_path: Path, disk: Disk) -> None:
    """While the disk takes nothing every screen says so; the exam goes on; then all is there."""
    async with room(demo(tmp_path)) as exam:
        await exam.press(*CALL)
        disk.is_away = True
        screen = await exam.press("s")
        assert "NOT SAVED  1 event waits: No space left on device" in screen
        assert "ctrl+s" in screen
        assert screen.splitlines()[0].rstrip().endswith("NOT SAVED")
        screen = await exam.press("e", "d")
        assert "NOT SAVED  3 events wait" in screen
        await exam.press("p", "enter")
        screen = exam.text()
        assert "NOT SAVED  4 events wait" in screen
        assert all(len(row) <= SIZE[0] for row in screen.splitlines())
        disk.is_away = False
        exam.clock.advance(1)
        exam.app.beat()
        await exam.settle()
        assert "saved: all 4 events that waited are on disk" in exam.text()
        assert "NOT SAVED" not in exam.text()
        assert exam.record()["score"] == 10


async def test_one_key_keeps_what_waits_elsewhere(tmp_path: Path, disk: Disk) -> None:
    """Ctrl+s writes a file and names it, and says so where nothing waits."""
    async with room(demo(tmp_path)) as exam:
        await exam.press(*CALL)
        assert "everything is saved" in await exam.press("ctrl+s")
        disk.is_away = True
        await exam.press("s")
        screen = await exam.press("ctrl+s")
        file = exam.app.desk.waiting.file
        assert file is not None
        assert f"kept for now in a file in {file.parent}"[:70] in screen
        assert "also in a file" in await exam.press("e")
        assert len(file.read_text(encoding="utf-8").splitlines()) == 2
        disk.is_away = False


async def test_leaving_without_a_disk_says_where_the_events_are(tmp_path: Path, disk: Disk) -> None:
    """An app that ends while events wait leaves them in a file and ends with exit code 4."""
    async with room(demo(tmp_path)) as exam:
        await exam.press(*CALL)
        disk.is_away = True
        await exam.press("s")
        exam.app.close_desk()
        failure = exam.app.failure
        assert failure is not None
        assert failure.exit_code == 4
        assert str(exam.app.desk.waiting.file) in failure.message


async def test_a_sleep_is_asked_about(tmp_path: Path) -> None:
    """After a gap the Resume screen asks; the note that was being typed is still there."""
    clock = FakeClock()
    async with room(demo(tmp_path), clock) as exam:
        await exam.press(*CALL)
        exam.app.beat()
        clock.advance(1)
        exam.app.beat()
        await exam.press("n")
        await exam.type("she knew")
        clock.fall_asleep(120)
        exam.app.beat()
        await exam.settle()
        screen = exam.text()
        assert "Resume" in screen
        assert "4:59 left" in screen
        assert "go on with 2:59; the break counts" in screen
        await exam.press("enter")
        await exam.press("enter")
        assert exam.record()["attempts"][0]["notes"][0]["text"] == "she knew"
        attempt = exam.app.desk.under_way()
        assert attempt is not None
        assert attempt.clock.left(clock.now()) == 299


async def test_the_question_keeps_its_seconds_before_a_sleep(tmp_path: Path) -> None:
    """What was said before the machine slept stays time of the question; the sleep is not."""
    clock = FakeClock()
    async with room(demo(tmp_path), clock) as exam:
        await exam.press(*CALL)
        clock.advance(20)
        exam.app.beat()
        clock.fall_asleep(120)
        exam.app.beat()
        await exam.settle()
        await exam.press("enter", "s")
        assert exam.record()["attempts"][0]["questions"][0]["seconds"] == 20


async def test_a_break_can_count(tmp_path: Path) -> None:
    """The examiner may let a gap count: the clock then shows less."""
    clock = FakeClock()
    async with room(demo(tmp_path), clock) as exam:
        await exam.press(*CALL)
        exam.app.beat()
        clock.fall_asleep(60)
        exam.app.beat()
        await exam.settle()
        await exam.press("c")
        attempt = exam.app.desk.under_way()
        assert attempt is not None
        assert attempt.clock.left(clock.now()) == 240


async def test_only_sleep_in_mid_exam_is_asked_about(tmp_path: Path) -> None:
    """Sleep on the board, a moment's sleep, and a terminal that stood still ask nothing."""
    clock = FakeClock()
    async with room(demo(tmp_path), clock) as exam:
        exam.app.beat()
        clock.fall_asleep(600)
        exam.app.beat()
        await exam.settle()
        assert "Resume" not in exam.text()
        await exam.press(*CALL)
        clock.fall_asleep(4)
        exam.app.beat()
        await exam.settle()
        assert "Resume" not in exam.text()
        clock.advance(40)  # nobody read the terminal: keys typed meanwhile are still to come
        exam.app.beat()
        await exam.settle()
        assert "Resume" not in exam.text()


async def test_a_set_clock_changes_no_time_left(tmp_path: Path) -> None:
    """The wall clock set back an hour in mid exam: time left is right, the record says so."""
    clock = FakeClock()
    async with room(demo(tmp_path), clock) as exam:
        await exam.press(*CALL)
        clock.advance(2)
        exam.app.beat()
        wall = clock.at
        clock.advance(2)
        clock.at = wall.replace(hour=wall.hour - 1)
        exam.app.beat()
        await exam.settle()
        assert "the machine's clock was set" in exam.text()
        attempt = exam.app.desk.under_way()
        assert attempt is not None
        assert attempt.clock.left(clock.now()) == 296
        ledger = exam.app.desk.ledger
        assert ledger is not None
        jump = ledger.last("clock-jumped")
        assert jump is not None
        assert jump.body() == '{"seconds":-3602}'
        clock.advance(1)
        exam.app.beat()
        assert ledger.head()[0] == jump.seq


async def test_who_was_shut_out_sees_it_on_every_screen(tmp_path: Path) -> None:
    """After a take-over the bar and the line above the footer say so, whole, until the end."""
    async with room(demo(tmp_path)) as exam:
        await exam.press(*CALL)
        ledger = exam.app.desk.ledger
        assert ledger is not None
        other = Ledger.open(exam.app.desk.folder / "exam.db", ledger.session, create=False)
        other.take_lease("bob", exam.clock.now())
        other.close()
        screen = await exam.press("s")
        assert "Taken over by another examiner: this window can write nothing more." in screen
        assert screen.splitlines()[0].rstrip().endswith("TAKEN OVER")
        screen = await exam.press("j")
        assert "Taken over by another examiner" in screen


async def test_failing_copies_are_told_once_and_behind_what_matters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy that fails warns, never in the place of NOT SAVED or of the news that all is saved."""
    monkeypatch.setattr(Copier, "_ask", lambda _, __: None)
    async with room(demo(tmp_path)) as exam:
        await exam.press(*CALL)
        copier = exam.app.desk.copier
        assert copier is not None
        copier.places[0].fault = "No copy in /media/stick: gone."
        exam.app.say("kept")
        exam.app.beat()
        assert "No copy" not in exam.text()
        await exam.press("1")
        exam.app.beat()
        await exam.settle()
        assert "No copy in /media/stick: gone." in exam.text()
        screen = await exam.press("1")
        assert "No copy" not in screen
        copier.places[0].fault = ""
        exam.app.beat()
        await exam.settle()
        assert "copies are made again" in exam.text()
