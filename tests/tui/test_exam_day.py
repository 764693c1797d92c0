"""The exam day by keyboard: keys in, ledger and screen text out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.classes import write_session
from tests.fakes import FakeClock
from tests.tui.room import CALL, demo, room

if TYPE_CHECKING:
    from pathlib import Path


async def test_the_board_shows_the_class_and_no_verdicts(tmp_path: Path) -> None:
    """The board lists students with planned times; a verdict never shows there."""
    async with room(demo(tmp_path), size=(120, 40)) as there:
        text = there.text()
        assert "Student 01" in text
        assert "Student 24" in text
        assert "09:05" in text
        text = await there.press(*CALL, "s", "d", "f", "enter")
        assert "done" in text
        assert "fail" not in text


async def test_three_students_are_examined_by_keyboard_alone(tmp_path: Path) -> None:
    """After each verdict the board has the next student chosen: the same keys examine again."""
    async with room(demo(tmp_path)) as there:
        for verdict in "pfe":
            await there.press(*CALL, "1", "s", "e", "w", "s", "d", verdict, "enter")
        students = [there.record(place) for place in range(3)]
        assert [one["attempts"][0]["verdict"] for one in students] == ["pass", "fail", "edge"]
        assert [one["score"] for one in students] == [10, 0, None]
        assert there.app.screen.name_in_registry == "board"  # type: ignore[attr-defined]


async def test_every_mark_is_on_record_with_its_time(tmp_path: Path) -> None:
    """Ratings, ticks, help, flags, notes and questions not asked are in the results' JSON."""
    async with room(demo(tmp_path)) as there:
        await there.press(*CALL)
        there.clock.advance(40)
        await there.press("1", "3", "h", "h", "exclamation_mark", "n")
        await there.type("knows u d p")
        await there.press("enter", "s")
        there.clock.advance(10)
        await there.press("x", "w")
        there.clock.advance(20)
        await there.press("d", "p", "enter")
        attempt = there.record()["attempts"][0]
        first, second, third, fourth = attempt["questions"]
        assert first["rating"] == "strong"
        assert first["points"] == [1, 3]
        assert first["help"] == "probed"
        assert len(first["flags"]) == 1
        assert first["seconds"] == 40
        assert first["asked_at"] == "2024-12-13T15:00:40.000000Z"
        assert second["not_asked"] == "no-time"
        assert second["asked_at"] is None
        assert third["rating"] == "weak"
        assert fourth["not_asked"] == "not-reached"
        assert attempt["notes"][0]["text"] == "knows u d p"
        assert attempt["seconds"] == 70


async def test_undo_takes_back_the_last_mark(tmp_path: Path) -> None:
    """`u` takes back one mark a press, newest first, and says which."""
    async with room(demo(tmp_path)) as there:
        await there.press(*CALL, "1", "s")
        assert "taken back: strong" in await there.press("u")
        assert "taken back: point 1" in await there.press("u")
        assert "nothing to take back" in await there.press("u")
        question = there.record()["attempts"][0]["questions"][0]
        assert question["rating"] is None
        assert question["points"] == []
        assert question["asked_at"] is None


async def test_verdict_keys_do_nothing_on_the_sheet(tmp_path: Path) -> None:
    """`p` and `f` on the sheet change nothing, and looking is not asking."""
    async with room(demo(tmp_path)) as there:
        await there.press(*CALL)
        before = there.app.desk.saved
        await there.press("p", "f", "j", "j", "k", "7", "q")
        assert there.app.desk.saved is before
        assert all(q["asked_at"] is None for q in there.record()["attempts"][0]["questions"])


async def test_a_note_never_traps_the_keys(tmp_path: Path) -> None:
    """While the note is open no command works; escape drops it and the commands are back."""
    async with room(demo(tmp_path)) as there:
        await there.press(*CALL, "n", "s", "d")
        await there.press("escape")
        assert there.record()["attempts"][0]["notes"] == []
        await there.press("s")
        assert there.record()["attempts"][0]["questions"][0]["rating"] == "strong"


async def test_deciding_stops_the_clock_and_escape_goes_on(tmp_path: Path) -> None:
    """Time on the decide screen does not count; escape lets the clock run again."""
    async with room(demo(tmp_path)) as there:
        await there.press(*CALL)
        there.clock.advance(100)
        await there.press("d")
        there.clock.advance(50)
        await there.press("escape")
        there.clock.advance(10)
        await there.press("d", "n")
        await there.type("short but right")
        await there.press("enter", "p", "enter")
        attempt = there.record()["attempts"][0]
        assert attempt["seconds"] == 110
        assert attempt["verdicts"][0]["reason"] == "short but right"


async def test_a_verdict_must_be_chosen_before_it_is_confirmed(tmp_path: Path) -> None:
    """`enter` alone on the decide screen asks for a verdict and saves nothing."""
    async with room(demo(tmp_path)) as there:
        assert "first" in await there.press(*CALL, "d", "enter")
        assert there.record()["attempts"][0]["phase"] == "stopped"


async def test_time_up_changes_text_and_nothing_else(tmp_path: Path) -> None:
    """After the last second the sheet says that time is up; the attempt still runs."""
    async with room(demo(tmp_path)) as there:
        await there.press(*CALL)
        there.clock.advance(250)
        assert "last minute" in await there.press("j")
        there.clock.advance(57)
        assert "time is up" in await there.press("j", "j")
        assert there.record()["attempts"][0]["phase"] == "running"


async def test_absent_and_later_are_taken_back_by_the_same_key(tmp_path: Path) -> None:
    """`a` marks a student absent, `a` again brings the student back; so does `l`."""
    async with room(demo(tmp_path)) as there:
        assert "not here" in await there.press("a")
        await there.press("home", "a")
        assert there.record()["status"] == "waiting"
        assert "later" in await there.press("l")
        assert there.record()["status"] == "postponed"
        await there.press("home", "l")
        assert there.record()["status"] == "waiting"


async def test_reveal_waits_for_the_student(tmp_path: Path) -> None:
    """`r` before the student is marked present shows no paper; escape takes the call back."""
    async with room(demo(tmp_path)) as there:
        assert "enter first" in await there.press("enter", "r")
        await there.press("escape")
        assert there.record()["status"] == "waiting"


async def test_a_paper_chosen_by_hand_is_recorded_as_such(tmp_path: Path) -> None:
    """`c` before the reveal lists the papers; the one taken is on record as chosen by hand."""
    async with room(demo(tmp_path)) as there:
        text = await there.press("enter", "enter", "c", "down", "enter")
        assert "chosen by hand" in text
        assert there.record()["attempts"][0]["origin"] == "chosen by hand"


async def test_a_corrected_verdict_keeps_both(tmp_path: Path) -> None:
    """A correction from the record adds a verdict; the first stays on record and on screen."""
    async with room(demo(tmp_path)) as there:
        await there.press(*CALL, "s", "d", "f", "enter", "v", "home", "enter")
        text = await there.press("d", "p", "enter")
        assert "fail" in text
        assert "pass" in text
        verdicts = [one["verdict"] for one in there.record()["attempts"][0]["verdicts"]]
        assert verdicts == ["fail", "pass"]
        assert there.record()["score"] == 10


async def test_a_crash_in_the_exam_comes_back_to_the_same_second(tmp_path: Path) -> None:
    """A new process offers Resume with the time left when the old one was last alive."""
    folder, clock = demo(tmp_path), FakeClock()
    async with room(folder, clock) as there:
        await there.press(*CALL, "1", "s")
        clock.advance(61)
        there.app.desk.beat()
    clock.advance(30)
    async with room(folder, clock) as there:
        text = there.text()
        assert "Resume" in text
        assert "3:59 left" in text
        assert "go on with 3:29; the break counts" in text
        await there.press("enter")
        attempt = there.app.desk.under_way()
        assert attempt is not None
        assert attempt.clock.left(clock.now()) == 239
        assert attempt.questions[0].rating == "strong"


async def test_a_break_may_be_left_open(tmp_path: Path) -> None:
    """The board stays as long as it is wanted; whoever goes on with the student is asked again."""
    folder, clock = demo(tmp_path), FakeClock()
    async with room(folder, clock) as there:
        await there.press(*CALL)
        clock.advance(61)
        there.app.desk.beat()
    clock.advance(30)
    async with room(folder, clock) as there:
        assert "planned" in await there.press("escape")
        clock.advance(2)
        there.app.beat()
        await there.settle()
        assert "Resume" not in there.text()
        assert "3:59 left" in await there.press("home", "enter")
        await there.press("enter")
        attempt = there.app.desk.under_way()
        assert attempt is not None
        assert attempt.clock.left(clock.now()) == 239
        assert "of 1:00" in there.text()


async def test_find_chooses_by_name(tmp_path: Path) -> None:
    """`/` and a part of a name choose the student; enter keeps the choice."""
    async with room(demo(tmp_path)) as there:
        await there.press("slash")
        await there.type("19")
        text = await there.press("enter", "enter")
        assert "Student 19" in text


async def test_scores_are_exported_from_the_results(tmp_path: Path) -> None:
    """`v`, `x`, `c`, `enter` writes a table below exports and never the same name twice."""
    async with room(demo(tmp_path)) as there:
        await there.press(*CALL, "s", "d", "p", "enter", "v", "x", "c")
        assert "written" in await there.press("enter")
        await there.press("c", "enter")
        files = list((there.app.desk.folder / "exports").iterdir())
        assert len(files) == 2


async def test_hostile_names_stay_text(tmp_path: Path) -> None:
    """Names with markup, and questions with brackets, are shown letter by letter."""
    roster = 'student_id,name\nana,"[bold]Ana[/] [@click=app.quit]x[/]"\n'
    reviews = 'student_id,paper\nana,"[red]Odd[/red] paper [/]"\n'
    folder = write_session(tmp_path / "odd", roster=roster, reviews=reviews)
    async with room(folder) as there:
        assert "[bold]Ana[/] [@click=app.quit]x[/]" in there.text()
        text = await there.press("enter", "enter", "r")
        assert "[red]Odd[/red] paper [/]" in text
        await there.press("space", "s", "d", "p", "enter", "v")
        assert "[bold]Ana[/]" in there.text()


async def test_a_small_terminal_is_told_so(tmp_path: Path) -> None:
    """Below 80x24 the screen says what it needs instead of cutting words."""
    async with room(demo(tmp_path), size=(60, 20)) as there:
        assert "80x24" in there.text()


async def test_the_key_card_and_the_blank_screen_close_on_any_key(tmp_path: Path) -> None:
    """`?` shows what the keys do, `b` shows nothing; the key that closes them does nothing else."""
    async with room(demo(tmp_path)) as there:
        assert "call the chosen student" in await there.press("question_mark")
        await there.press("q")
        assert there.text().strip()
        assert not (await there.press("b")).strip()
        assert "Student 01" in await there.press("q")


async def test_footers_name_decide_undo_and_keys_at_80_columns(tmp_path: Path) -> None:
    """At 80 columns the sheet's footer still offers the ratings, help, note, undo and decide."""
    async with room(demo(tmp_path)) as there:
        footer = (await there.press(*CALL)).splitlines()[-1]
        for word in ("strong", "enough", "weak", "help", "note", "undo", "decide", "? keys"):
            assert word in footer
        assert len(footer) <= 80
