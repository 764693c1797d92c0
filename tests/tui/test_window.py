"""The student's second window: what it shows in each phase, and what it never shows."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.errors import Environment
from examrunner.domain.exam.events import Help, Rating, Verdict
from examrunner.services import conduct, day_acts, draws
from examrunner.services.watching import Watch
from examrunner.tui.lines import width_of
from examrunner.tui.widgets.canvas import Canvas
from examrunner.tui.window_app import WindowApp
from examrunner.tui.window_lines import large_clock
from tests.services.desks import COURSE, SETTINGS, Room, bank, write_small
from tests.tui import room as rooms

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from examrunner.domain.bank.banks import Question

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=str)
KINDS = ("opening", "core", "detail", "critique")
SAY = "In which way do the many words of this question number"
ROSTER = "student_id,name\nana,Anastasia Quill\nchi,Chidubem Wren\n"
REVIEWS = "student_id,paper\nana,Paper A\nchi,Paper A\n"
WITH_QUESTION = f"{SETTINGS}second_window: {{question: true}}\n"
PAPER = "Paper A Ada Finch, Bo Lark"
KEYS = (
    *"abcdefghijklmnoprstuvwxyz0123456789",
    *("enter", "escape", "space", "tab", "up", "down", "pageup", "pagedown", "question_mark"),
    *("ctrl+p", "ctrl+l", "ctrl+s", "ctrl+c", "ctrl+z", "f1", "slash", "exclamation_mark"),
)
"""Every key but those that leave."""


def written(folder: Path, settings: str = SETTINGS) -> Path:
    """Write a session of two students and one paper with one question of each kind."""
    made = write_small(
        folder,
        settings,
        roster=ROSTER,
        reviews=REVIEWS,
        a=bank("a", *KINDS, say=SAY),
        b=bank("b", *KINDS),
    )
    course = COURSE.replace("title: Paper A", "title: Paper A, authors: 'Ada Finch, Bo Lark'")
    (made / "course.yaml").write_text(course, encoding="utf-8")
    return made


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Room]:
    """Open a session with the usual settings."""
    made = Room(written(tmp_path))
    yield made
    made.leave()


@pytest.fixture
def exam(tmp_path: Path) -> Iterator[Room]:
    """Open a session that shows its questions to the student."""
    made = Room(written(tmp_path, WITH_QUESTION))
    yield made
    made.leave()


class Shown:
    """The second window beside an exam."""

    def __init__(self, exam: Room, it: rooms.Room) -> None:
        self.exam = exam
        self.it = it
        self.app = it.app

    async def text(self, seconds: float = 0) -> str:
        """Let time pass and the window look again. Returns what it shows."""
        if self.exam.desk.copier is not None:
            self.exam.desk.copier.bring_up_to_date(copy=True)
        self.exam.clock.advance(seconds)
        self.app.beat()
        await self.it.settle()
        return self.it.text()

    async def words(self, seconds: float = 0) -> str:
        """Return what is shown after some seconds as one line of words."""
        return " ".join((await self.text(seconds)).split())

    def time(self) -> str:
        """Return which time the large clock shows, from its cells; empty where there is none."""
        rows = [row for row in self._lines() if any(ink.startswith("block") for _, ink in row)]
        cells = _cells(rows)
        edge = min((len(row) - len(row.lstrip()) for row in cells), default=0)
        cells = [row[edge:] for row in cells]
        times = [f"{seconds // 60}:{seconds % 60:02}" for seconds in range(601)]
        sizes = range(1, 5)
        return next(
            (one for one in times for n in sizes if _cells(large_clock(one, n, "b")) == cells), ""
        )

    def _lines(self) -> list[tuple[tuple[str, str], ...]]:
        return list(self.app.screen.query_one(Canvas).lines)


def _cells(rows: list[tuple[tuple[str, str], ...]]) -> list[str]:
    drawn = ["".join(("#" if ink else " ") * len(text) for text, ink in row) for row in rows]
    return [row.rstrip() for row in drawn]


@asynccontextmanager
async def window(exam: Room, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Shown]:
    """Open the second window on a session; it looks again when a test says so."""
    app = WindowApp(lambda session: Watch(session, exam.clock, "bob"), exam.folder)
    app.beats = False
    async with app.run_test(size=size) as pilot:
        made = Shown(exam, rooms.Room(app, pilot, exam.clock))
        await made.it.settle()
        await made.it.settle()
        try:
            yield made
        finally:
            app.close_desk()


def is_open(shown: Shown) -> bool:
    """Say whether the window is still there."""
    return bool(shown.app.is_running)


def sheet(exam: Room) -> list[Question]:
    """Return the questions of the attempt under way."""
    return draws.sheet(exam.desk, exam.attempt())


# --- what is shown -------------------------------------------------------------------------


async def test_it_waits_for_the_first_call_and_picks_the_session_up(plain: Room) -> None:
    """Before the first backup there is nothing to show; then it follows without being asked."""
    async with window(plain) as shown:
        assert "nothing to show yet" in await shown.words()
        assert "nothing to show yet" in await shown.words(1)
        plain.called()
        assert await shown.words() == "please wait"


@SIZES
async def test_each_phase_has_its_page(plain: Room, size: tuple[int, int]) -> None:
    """Wait, paper, running clock, pause, stop and wait again; the words say what colour says."""
    async with window(plain, size) as shown:
        plain.called()
        assert await shown.words() == "please wait"
        draws.reveal(plain.desk, plain.attempt())
        assert await shown.words() == f"{PAPER} the clock has not started"
        assert shown.time() == "5:00"
        conduct.start(plain.desk, plain.attempt())
        assert await shown.words(30.5) == PAPER
        assert shown.time() == "4:30"
        conduct.pause_or_resume(plain.desk, plain.attempt())
        assert await shown.words(60) == f"{PAPER} paused"
        assert shown.time() == "4:30"
        conduct.pause_or_resume(plain.desk, plain.attempt())
        assert await shown.words(210) == f"{PAPER} last minute"
        assert shown.time() == "1:00"
        assert await shown.words(75) == f"{PAPER} time is up"
        assert shown.time() == "0:00"
        conduct.stop(plain.desk, plain.attempt())
        assert await shown.words() == f"{PAPER} the clock is stopped"
        conduct.decide(plain.desk, plain.attempt(), Verdict.FAIL)
        assert await shown.words() == "please wait"


async def test_a_suspended_day_says_so(plain: Room) -> None:
    """While the day stands still neither paper nor clock is shown; then the paper is back."""
    async with window(plain) as shown:
        plain.running()
        assert await shown.words() == PAPER
        day_acts.suspend(plain.desk)
        assert await shown.words() == "the exam is suspended Please wait."
        assert shown.time() == ""
        day_acts.go_on(plain.desk)
        assert await shown.words() == f"{PAPER} paused"


async def test_without_a_limit_there_is_no_clock(tmp_path: Path) -> None:
    """An attempt without a time limit shows no time, and says why."""
    exam = Room(written(tmp_path, f"{SETTINGS}exam: {{minutes: none}}\n"))
    async with window(exam) as shown:
        exam.running()
        assert await shown.words(500) == f"{PAPER} no time limit"
        assert shown.time() == ""
    exam.leave()


async def test_no_question_shows_unless_that_is_allowed(plain: Room) -> None:
    """By default the question is never there, whatever is asked."""
    async with window(plain) as shown:
        plain.running()
        for question in sheet(plain):
            assert await shown.words() == PAPER
            conduct.rate(plain.desk, plain.attempt(), question.id, Rating.WEAK, 1)


@SIZES
async def test_the_question_that_is_asked_stands_large(exam: Room, size: tuple[int, int]) -> None:
    """Where allowed, the open question is whole and bold, and the next one follows a rating."""
    async with window(exam, size) as shown:
        exam.running()
        listed = sheet(exam)
        for question in listed:
            assert await shown.words() == f"{PAPER} {question.say}"
            assert shown.time() == "5:00"
            conduct.tick(exam.desk, exam.attempt(), question.id, 1, 1)
            assert await shown.words() == f"{PAPER} {question.say}"
            conduct.rate(exam.desk, exam.attempt(), question.id, Rating.ENOUGH, 1)
        assert await shown.words() == PAPER
        conduct.undo(exam.desk, exam.attempt())
        assert await shown.words() == f"{PAPER} {listed[-1].say}"
        conduct.pause_or_resume(exam.desk, exam.attempt())
        assert await shown.words() == f"{PAPER} paused"


async def test_a_question_asked_out_of_order_shows_with_its_first_mark(exam: Room) -> None:
    """Where the examiner looks is on no record, so the window follows the marks."""
    async with window(exam) as shown:
        exam.running()
        first, second, third, fourth = sheet(exam)
        conduct.tick(exam.desk, exam.attempt(), third.id, 1, 5)
        assert third.say in await shown.words()
        conduct.not_asked(exam.desk, exam.attempt(), third.id, 5)
        assert fourth.say in await shown.words()
        conduct.rate(exam.desk, exam.attempt(), fourth.id, Rating.WEAK, 5)
        assert first.say in await shown.words()
        conduct.rate(exam.desk, exam.attempt(), first.id, Rating.WEAK, 5)
        conduct.note(exam.desk, exam.attempt(), first.id, "said later", 5)
        assert second.say in await shown.words()


# --- what is never shown -------------------------------------------------------------------


async def test_no_name_verdict_rating_or_note_is_ever_shown(exam: Room) -> None:
    """Through an exam with every kind of mark, no word of the record reaches the student."""
    seen: list[str] = []
    async with window(exam) as shown:
        exam.running()
        desk, first = exam.desk, sheet(exam)[0].id
        for deed in (
            lambda: conduct.give_help(desk, exam.attempt(), first, 1),
            lambda: conduct.flag(desk, exam.attempt(), first, 1),
            lambda: conduct.note(desk, exam.attempt(), first, "private note", 1),
            lambda: conduct.rate(desk, exam.attempt(), first, Rating.STRONG, 1),
            lambda: conduct.stop(desk, exam.attempt()),
            lambda: conduct.decide(desk, exam.attempt(), Verdict.EDGE, "private reason"),
            lambda: exam.called("chi"),
            lambda: conduct.absent(desk, exam.key("chi")),
        ):
            deed()
            seen.append((await shown.words(3)).lower())
    words = {word.strip(".,?") for one in seen for word in one.split()}
    record = {*map(str, Rating), *map(str, Verdict), *map(str, Help)}
    names = {"anastasia", "quill", "chidubem", "wren", "ana", "chi", "ann", "bob", "small"}
    assert "please" in words
    assert not words & (record | names | {"private", "note", "flagged", "absent"})


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
async def test_one_key_leaves_and_no_other_does_anything(exam: Room, key: str) -> None:
    """All other keys leave screen and record as they are; q or ctrl+q ends the window."""
    async with window(exam) as shown:
        exam.running()
        before, screens = await shown.text(), list(shown.app.screen_stack)
        head = exam.ledger.head()
        await shown.it.pilot.press(*KEYS)
        await shown.it.settle()
        assert shown.it.text() == before
        assert list(shown.app.screen_stack) == screens
        assert not shown.app.screen.query("Toast")
        assert shown.app.return_value is None
        assert is_open(shown)
        await shown.it.pilot.press(key)
        await shown.it.pilot.pause()
        assert not is_open(shown)
        assert exam.ledger.head() == head


async def test_a_session_that_cannot_be_read_ends_the_window(tmp_path: Path) -> None:
    """It waits only while there is nothing yet: a fault of the machine is told at its end."""

    def broken(_: Path) -> Watch:
        raise Environment("The disk is gone.")

    app = WindowApp(broken, written(tmp_path))
    app.beats = False
    async with app.run_test() as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
    assert app.failure is not None
    assert app.return_code == Environment.exit_code


# --- room ----------------------------------------------------------------------------------


@SIZES
@pytest.mark.parametrize("words", [6, 40, 120])
async def test_everything_fits(tmp_path: Path, size: tuple[int, int], words: int) -> None:
    """Long texts are broken between words and nothing is cut; the clock makes room for them."""
    folder = written(tmp_path, WITH_QUESTION)
    say = " ".join(f"word{place}" for place in range(words))
    (folder / "banks" / "paper-a.yaml").write_text(bank("a", *KINDS, say=say), encoding="utf-8")
    title = " ".join(f"title{place}" for place in range(20))
    text = (folder / "course.yaml").read_text("utf-8").replace("Paper A,", f"{title},")
    (folder / "course.yaml").write_text(text, encoding="utf-8")
    (folder / "reviews.csv").write_text(REVIEWS.replace("Paper A", title), encoding="utf-8")
    exam = Room(folder)
    async with window(exam, size) as shown:
        exam.running()
        seen = (await shown.words()).replace(" 5:00 ", " ")
        assert seen == f"{title} Ada Finch, Bo Lark {sheet(exam)[0].say}"
        assert shown.time() == "5:00" or "  5:00" in shown.it.text()
        lines = shown.app.screen.query_one(Canvas).lines
        assert len(lines) <= size[1]
        assert max(width_of(row) for row in lines) <= size[0]
    exam.leave()
