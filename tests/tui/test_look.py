"""How the main screens look. Behaviour is asserted elsewhere; these guard the picture.

They are the contact sheet of the README, so that there are twelve of them and no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from examrunner.domain.exam.events import Rating, Verdict
from examrunner.domain.exam.phases import Phase
from examrunner.services import conduct, draws
from examrunner.services.opening import open_desk
from examrunner.storage.database.ledger import Ledger
from examrunner.tui.app import ExamApp
from tests.fakes import FakeClock, FakeEntropy
from tests.tui.room import demo

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot

    from examrunner.services.desk import Desk
    from examrunner.services.known import Row

    Snap = Callable[..., bool]

SMALL, LARGE = (80, 24), (120, 40)
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
ATTENTION = "attention-is-all-you-need"
TALKS = (250, 275, 350, 315, 240, 330, 365, 290)
"""Seconds of the talks of the morning."""
VERDICTS = "ppefpppe"
CHANGEOVER = 35


def can_be_called(row: Row) -> bool:
    """Say whether a student still waits."""
    return row.attempt.phase is Phase.WAITING


class Picture:
    """The app on the demo class after a part of the morning, with a clock that stands."""

    def __init__(
        self, folder: Path, theme: str = "dark", done: int = 2, *, is_left: bool = False
    ) -> None:
        """`is_left`: the program died with a clock running."""
        self.clock = FakeClock()
        desk = self.open(folder)
        for seconds, letter in list(zip(TALKS, VERDICTS, strict=True))[:done]:
            self.examine(desk, seconds, letter)
        conduct.absent(desk, desk.rows()[done].key)
        if is_left:
            self.start(desk)
            self.clock.advance(100)
        desk.close()
        self.app = ExamApp(self.open, folder, lambda _: theme)
        self.app.beats = False  # what waits is not saved behind the picture's back

    def open(self, folder: Path) -> Desk:
        """Open the session."""
        return open_desk(folder, self.clock, FakeEntropy(), "dr-grey")

    def start(self, desk: Desk) -> str:
        """Start the next student's clock. Returns the student's key."""
        key = conduct.call(desk, next(row.key for row in desk.rows() if can_be_called(row)))
        conduct.present(desk, desk.row(key).attempt)
        draws.reveal(desk, desk.row(key).attempt)
        self.clock.advance(CHANGEOVER)
        conduct.start(desk, desk.row(key).attempt)
        return key

    def examine(self, desk: Desk, seconds: int, letter: str) -> None:
        """Examine the next student for so long, with the verdict of this letter."""
        key = self.start(desk)
        for question in desk.row(key).attempt.questions:
            self.clock.advance(seconds // 4)
            rating = Rating.WEAK if letter == "f" else Rating.ENOUGH
            conduct.rate(desk, desk.row(key).attempt, question.id, rating, seconds // 4)
        conduct.stop(desk, desk.row(key).attempt)
        verdict = next(one for one in Verdict if str(one)[0] == letter)
        conduct.decide(desk, desk.row(key).attempt, verdict)
        self.clock.advance(10)

    async def settle(self, pilot: Pilot[None]) -> None:
        """Wait until nothing is going on."""
        await self.app.workers.wait_for_complete()
        await pilot.pause()

    async def press(self, pilot: Pilot[None], *keys: str) -> None:
        """Press keys, seven seconds apart."""
        for key in keys:
            await pilot.press(key)
            self.clock.advance(7)
            await self.settle(pilot)

    async def board(self, pilot: Pilot[None]) -> None:
        """Wait for the board."""
        await self.settle(pilot)
        await self.settle(pilot)

    async def hand_over(self, pilot: Pilot[None]) -> None:
        """Reveal a paper with a bank."""
        await self.board(pilot)
        await self.press(pilot, "enter", "enter", "c")
        screen: Any = self.app.screen
        place = screen.choices.index(ATTENTION)
        await self.press(pilot, *["down"] * place, "enter")

    async def sheet(self, pilot: Pilot[None]) -> None:
        """Go to the second question."""
        await self.hand_over(pilot)
        await self.press(pilot, "space", "1", "3", "s", "1", "h")
        screen: Any = self.app.screen
        screen.tick()
        await self.settle(pilot)

    async def not_saved(self, pilot: Pilot[None]) -> None:
        """Go to the sheet and take the disk away."""
        await self.sheet(pilot)

        def write(*_arguments: object) -> None:
            raise OSError(28, "No space left on device")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Ledger, "_written", write)
            await self.press(pilot, "e", "2")
            screen: Any = self.app.screen
            screen.tick()
            await self.settle(pilot)

    async def decide(self, pilot: Pilot[None]) -> None:
        """Choose a verdict."""
        await self.sheet(pilot)
        await self.press(pilot, "e", "x", "w", "d", "v", "p")

    async def results(self, pilot: Pilot[None]) -> None:
        """Show the results; the head of a record is another one each time."""
        await self.board(pilot)
        ledger: Any = self.app.desk.ledger
        ledger.head = lambda: (93, "5eed" * 16)
        await self.press(pilot, "v")

    async def record(self, pilot: Pilot[None]) -> None:
        """Show what is on record about one student."""
        await self.decide(pilot)
        await self.press(pilot, "enter", "v", "down", "down", "down", "enter")

    async def course(self, pilot: Pilot[None]) -> None:
        """Show the course of the day."""
        await self.results(pilot)
        await self.press(pilot, "g")


@pytest.fixture
def photo(snap_compare: Snap, tmp_path: Path) -> Snap:
    """Return what compares one screen, by its name, with its picture."""

    def take(
        steps: str,
        size: tuple[int, int] = SMALL,
        *,
        theme: str = "dark",
        done: int = 2,
        is_left: bool = False,
    ) -> bool:
        picture = Picture(demo(tmp_path), theme, done, is_left=is_left)
        return snap_compare(picture.app, terminal_size=size, run_before=getattr(picture, steps))

    return take


def test_the_board(photo: Snap) -> None:
    """The board is calm: who is done, who comes next, and when the day will be done."""
    assert photo("board", LARGE, done=8)


def test_the_board_in_the_light(photo: Snap) -> None:
    """The same by daylight, in 80 columns."""
    assert photo("board", theme="light", done=8)


def test_the_hand_over(photo: Snap) -> None:
    """Three steps, the one that is due set off, and nothing but this student."""
    assert photo("hand_over")


@SIZES
def test_the_sheet(photo: Snap, size: tuple[int, int]) -> None:
    """On the sheet the name and the time are largest, then the question; nothing is cut."""
    assert photo("sheet", size)


def test_the_sheet_in_high_contrast(photo: Snap) -> None:
    """The same for eyes that need more."""
    assert photo("sheet", theme="contrast")


def test_the_sheet_not_saved(photo: Snap) -> None:
    """A full disk is a banner, and the exam goes on."""
    assert photo("not_saved")


def test_deciding(photo: Snap) -> None:
    """What was seen, what it suggests, and the verdict that was chosen."""
    assert photo("decide")


def test_the_results(photo: Snap) -> None:
    """Verdicts and scores in a table."""
    assert photo("results", done=8)


def test_the_record(photo: Snap) -> None:
    """One student's questions and the timeline behind them."""
    assert photo("record", LARGE)


def test_the_course_of_the_day(photo: Snap) -> None:
    """Delays and verdicts along the day, with the figures in words."""
    assert photo("course", done=8)


def test_resume(photo: Snap) -> None:
    """After a crash: what was open, how much time was left, and the choice."""
    assert photo("board", is_left=True)
