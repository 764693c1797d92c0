"""The day by keys: alarm, void and redraw, retake, order, incidents, second look, close."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from examrunner.domain.exam.events import KINDS
from examrunner.domain.exam.phases import Phase, SessionPhase
from examrunner.services.results import as_json, read_results
from examrunner.tui.words import what_words
from tests.classes import write_session
from tests.fakes import FakeClock
from tests.storage.ledgers import one_of
from tests.tui.room import CALL, SIZE, Room, demo, room

if TYPE_CHECKING:
    from pathlib import Path

DECIDE = {"pass": "p", "edge": "e", "fail": "f"}


async def examine(exam: Room, verdict: str) -> None:
    """Examine the chosen student by keys."""
    await exam.press(*CALL, "s", "d", DECIDE[verdict], "enter")


def day(exam: Room) -> Any:
    """Return what the results tell of the day."""
    return as_json(read_results(exam.app.desk.folder))["day"]


def fits(exam: Room) -> bool:
    """Say whether no row is wider than the screen."""
    return all(len(row) <= SIZE[0] for row in exam.text().splitlines())


async def test_an_alarm_stops_everything(tmp_path: Path) -> None:
    """One key in mid exam: the clock stands, an incident is noted, and the exam goes on."""
    clock = FakeClock()
    async with room(demo(tmp_path), clock) as exam:
        await exam.press(*CALL)
        clock.advance(60)
        screen = await exam.press("ctrl+a")
        assert "Everything stands still" in screen
        assert "since 09:01:00" in screen
        assert "stands, 4:00 left" in screen
        assert fits(exam)
        await exam.press("n")
        await exam.type("fire drill")
        await exam.press("enter")
        clock.advance(600)
        await exam.press("escape")
        assert "Everything stands still" in exam.text()
        screen = await exam.press("enter")
        assert "paused" in screen
        await exam.press("space")
        attempt = exam.app.desk.under_way()
        assert attempt is not None
        assert attempt.clock.left(clock.now()) == 240
        assert [one["kind"] for one in day(exam)] == ["suspended", "incident", "continued"]
        assert day(exam)[1]["text"] == "fire drill"


async def test_a_day_left_suspended_comes_back_suspended(tmp_path: Path) -> None:
    """Opened again, the alarm is on top, and nothing can begin before the day goes on."""
    folder = demo(tmp_path)
    async with room(folder) as exam:
        await examine(exam, "pass")
        await exam.press("ctrl+a")
    async with room(folder) as exam:
        assert "Everything stands still" in exam.text()
        screen = await exam.press("enter")
        assert "Student 02" in screen
        assert exam.app.desk.phase is SessionPhase.OPEN


async def test_an_interrupted_attempt_is_voided_and_drawn_again(tmp_path: Path) -> None:
    """`V` asks for the reason; the student waits once more, and gets another paper."""
    async with room(demo(tmp_path)) as exam:
        await exam.press(*CALL, "s")
        first = exam.record()["attempts"][0]["reading"]
        screen = await exam.press("V")
        assert "Void this attempt" in screen
        assert "not drawn again" in screen
        assert fits(exam)
        assert "Void" not in await exam.press("escape")
        screen = await exam.press("V", "2", "enter")
        assert "once more" in screen
        await exam.press("up", "up")
        await examine(exam, "pass")
        attempts = exam.record()["attempts"]
        assert [one["void"] for one in attempts] == ["illness", None]
        assert attempts[1]["reading"] != first
        assert exam.record()["score"] == 10


async def test_a_student_whose_only_paper_is_void_has_none_to_draw(tmp_path: Path) -> None:
    """The board says so before the student comes in, and the hand-over says what to do."""
    async with room(demo(tmp_path)) as exam:
        await exam.press("end", "up", "up", "enter", "enter", "r")
        screen = await exam.press("V", "enter")
        row = next(one for one in screen.splitlines() if "Student 22" in one)
        assert "no paper to draw" in row
        await exam.press("end", "up", "up")
        assert "c chooses a paper by hand" in await exam.press("enter", "enter", "r")


async def test_a_second_paper_that_nobody_can_draw_is_told_beforehand(tmp_path: Path) -> None:
    """The board says so once the only paper is done, and by hand that one is offered last."""
    folder = demo(tmp_path)
    settings = folder / "session.yaml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("papers_per_student: 1", "papers_per_student: 2"), "utf-8")
    async with room(folder) as exam:
        await exam.press("end", "up", "up")
        await examine(exam, "pass")
        row = next(one for one in exam.text().splitlines() if "Student 22" in one)
        assert "no paper to draw" in row
        screen = await exam.press("end", "up", "up", "enter", "enter", "c")
        assert "no other is the student's own" in screen
        assert "known already" not in screen
        shown: Any = exam.app.screen
        rows = (await exam.press(*["down"] * len(shown.choices))).splitlines()
        assert "MaskGIT" in next(one for one in rows if "known already" in one)


async def test_a_student_may_be_excused(tmp_path: Path) -> None:
    """Voided without a further attempt the student is done, without a score."""
    async with room(demo(tmp_path)) as exam:
        await exam.press(*CALL)
        screen = await exam.press("V", "2", "k", "a", "enter")
        assert "×" in screen
        assert "void" in screen
        assert exam.record()["score"] is None
        assert exam.record()["status"] == "void"


async def test_before_the_reveal_nothing_is_voided(tmp_path: Path) -> None:
    """An attempt whose paper nobody knows is sent back, not voided."""
    async with room(demo(tmp_path)) as exam:
        await exam.press("enter", "enter")
        assert "only an attempt whose paper is known" in await exam.press("V")


async def test_the_order_is_changed_by_keys(tmp_path: Path) -> None:
    """`J` lets a student come later, `K` earlier; the chosen student stays chosen."""
    async with room(demo(tmp_path)) as exam:
        assert "nothing has begun yet" in await exam.press("J")
        await exam.press("l", "home", "J")
        rows = exam.app.desk.rows()
        assert [row.student.name for row in rows[:3]] == ["Student 02", "Student 01", "Student 03"]
        await exam.press("K")
        rows = exam.app.desk.rows()
        assert [row.student.name for row in rows[:2]] == ["Student 01", "Student 02"]


async def test_a_call_taken_back_leaves_the_student_away(tmp_path: Path) -> None:
    """Looking whether somebody has come by now loses neither later nor absent."""
    async with room(demo(tmp_path)) as exam:
        for key, word in (("l", "later"), ("a", "not here")):
            await exam.press("home", key, "home", "enter")
            row = (await exam.press("escape")).splitlines()[2]
            assert "Student 01" in row
            assert word in row


async def test_incidents_are_typed_on_the_board(tmp_path: Path) -> None:
    """`i` opens a line that finds nobody and keeps what was typed; `/` still finds."""
    async with room(demo(tmp_path)) as exam:
        await examine(exam, "pass")
        await exam.press("i")
        await exam.type("Student 20 asked about the rules")
        await exam.press("enter")
        assert day(exam)[0]["text"] == "Student 20 asked about the rules"
        await exam.press("slash")
        await exam.type("20")
        await exam.press("enter")
        assert len(day(exam)) == 1


async def test_an_incident_is_typed_on_the_sheet(tmp_path: Path) -> None:
    """`N` in mid exam: the clock runs on, no mark is made, and the record shows it beside them."""
    async with room(demo(tmp_path)) as exam:
        await exam.press(*CALL, "s", "N")
        await exam.type("reads from a phone")
        exam.clock.advance(20)
        screen = await exam.press("enter")
        assert "incident noted" in screen
        (attempt,) = exam.app.desk.attempts()[:1]
        assert attempt.notes == ()
        assert attempt.phase is Phase.RUNNING
        assert attempt.clock.elapsed(exam.clock.now()) >= 20
        (told,) = day(exam)
        assert (told["student"], told["text"]) == ("s01", "reads from a phone")
        await exam.press("n")
        await exam.type("a note")
        assert "a note" in await exam.press("enter")
        assert len(day(exam)) == 1
        await exam.press("d", "p", "enter", "v", "home")
        screen = await exam.press("enter")
        assert "09:00:20  incident   reads from a phone" in screen


async def test_edges_are_decided_at_the_end(tmp_path: Path) -> None:
    """The close screen names what is open; an edge is decided without its name; then closed."""
    async with room(demo(tmp_path)) as exam:
        for verdict in ("edge", "pass"):
            await examine(exam, verdict)
        screen = await exam.press("c")
        assert "1 edge is to be decided" in screen
        assert "22 students are still to come" in screen
        assert fits(exam)
        assert "Student 01" in await exam.press("e")
        screen = await exam.press("h")
        assert "Student 01" not in screen
        assert "Student 01" not in await exam.press("enter")
        await exam.press("escape")
        assert "Student 01" not in await exam.press("d")
        screen = await exam.press("p", "enter")
        assert "no edge is left" in screen
        record = exam.record()["attempts"][0]
        assert [one["verdict"] for one in record["verdicts"]] == ["edge", "pass"]
        await exam.press("escape")
        screen = await exam.press("enter")
        assert "The day is closed" in screen
        screen = await exam.press("escape")
        assert "closed" in screen.splitlines()[0]
        assert "the day is closed" in await exam.press("home", "a")
        await exam.press("c", "o")
        await exam.type("a late appeal")
        screen = await exam.press("enter")
        assert "1 student is" not in screen
        assert "Close the day" in screen
        await exam.press("escape")
        assert "closed" not in exam.text().splitlines()[0]
        assert [(one["kind"], one["text"]) for one in day(exam)] == [
            ("closed", None),
            ("reopened", "a late appeal"),
        ]


async def test_a_closed_day_takes_no_incident(tmp_path: Path) -> None:
    """The key of an incident never opens a closed day again."""
    async with room(demo(tmp_path)) as exam:
        await examine(exam, "pass")
        await exam.press("c", "enter")
        assert "The day is closed; o opens it again." in await exam.press("n")
        screen = await exam.press("x", "enter", "escape", "c")
        assert "The day is closed" in screen
        assert exam.app.desk.phase is SessionPhase.CLOSED
        assert [one["kind"] for one in day(exam)] == ["closed"]


async def test_a_retake_is_granted_from_the_record(tmp_path: Path) -> None:
    """`t` on a record lets the student come once more; its verdict counts in the end."""
    async with room(demo(tmp_path)) as exam:
        await examine(exam, "fail")
        await exam.press("v", "home", "enter")
        assert "a further attempt waits" in await exam.press("t")
        assert "taken again already" in (await exam.press("t")) or "still to come" in exam.text()
        screen = await exam.press("escape", "escape")
        assert "once more" in screen
        await exam.press("home")
        await examine(exam, "pass")
        assert exam.record()["score"] == 10


async def test_the_hand_over_has_what_is_private_and_what_is_said(tmp_path: Path) -> None:
    """How to say the name, photo, adjustments, and the same words for everyone."""
    folder = demo(tmp_path)
    roster = folder / "roster.csv"
    rows = roster.read_text(encoding="utf-8").splitlines()
    rows[0] += ",say_name,photo,extra_time"
    rows[1] += ",STOO-dent one,photos/01.jpg,1.5"
    rows[2:] = [f"{row},,," for row in rows[2:]]
    roster.write_text("\n".join(rows) + "\n", encoding="utf-8")
    async with room(folder) as exam:
        screen = await exam.press("enter")
        for words in ("say STOO-dent one", "photo photos/01.jpg", "7:30 allowed", "We have 7:30."):
            assert words in screen
        assert "I ask 4 questions on one paper" in screen
        assert fits(exam)
        screen = await exam.press("enter", "r")
        assert "Tell every student" not in screen


async def test_two_of_a_name_are_told_apart_before_the_reveal(tmp_path: Path) -> None:
    """Board, hand-over, results and record show the ids of students who share a name."""
    roster = 'student_id,name\nk1,"Lee, Kim"\nk2,Kim Lee\nana,Ana Rivera\n'
    reviews = "student_id,paper\nk1,GPT\nk2,GPT\nana,GPT\n"
    folder = write_session(tmp_path / "small", roster=roster, reviews=reviews)
    async with room(folder) as exam:
        board = exam.text()
        assert "Lee, Kim (k1)" in board
        assert "Kim Lee (k2)" in board
        assert "Ana Rivera (" not in board
        assert "Kim Lee (k2)" in await exam.press("down", "enter")
        await exam.press("enter", "r", "space", "d", "p", "enter")
        assert "k2  GPT" in await exam.press("v")
        assert "Kim Lee (k2)" in await exam.press("down", "enter")


def test_every_event_has_words() -> None:
    """Whatever was saved last, the line above the footer can say it."""
    assert all(what_words(one_of(kind)) for kind in KINDS.values())


async def test_an_attempt_can_be_voided_while_everything_stands_still(tmp_path: Path) -> None:
    """`V` works on the alarm, which is there again afterwards; `enter` lets the day go on."""
    async with room(demo(tmp_path)) as exam:
        await exam.press(*CALL, "ctrl+a")
        assert "Void this attempt" in await exam.press("V")
        screen = await exam.press("enter")
        assert "Everything stands still" in screen
        assert str(exam.app.desk.phase) == "suspended"
        screen = await exam.press("enter")
        assert "once more" in screen
        assert str(exam.app.desk.phase) == "open"


def two_papers(parent: Path) -> Path:
    """Return the demo with two papers for each student."""
    folder = demo(parent)
    path = folder / "session.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count("papers_per_student: 1") == 1
    new = text.replace("papers_per_student: 1", "papers_per_student: 2")
    path.write_text(new, encoding="utf-8")
    return folder


async def test_the_record_of_an_edge_is_about_that_edge(tmp_path: Path) -> None:
    """Of two attempts of a student the one that was opened is corrected, without its name."""
    async with room(two_papers(tmp_path)) as exam:
        await examine(exam, "edge")
        await examine(exam, "pass")
        first, second = exam.record()["attempts"]
        assert [first["verdict"], second["verdict"]] == ["edge", "pass"]
        await exam.press("c", "e", "h", "enter")
        assert "so far: edge" in await exam.press("d")
        assert "Student 01" not in exam.text()
        assert "Student 01" not in await exam.press("escape", "V")
        await exam.press("escape", "d", "f", "enter")
        first, second = exam.record()["attempts"]
        assert [first["verdict"], second["verdict"]] == ["fail", "pass"]


async def test_an_earlier_attempt_can_be_chosen_on_the_record(tmp_path: Path) -> None:
    """Its number makes it the one that is corrected; the record marks it."""
    async with room(two_papers(tmp_path)) as exam:
        await examine(exam, "fail")
        await examine(exam, "pass")
        await exam.press("v", "home", "enter")
        assert "so far: pass" in await exam.press("d")
        await exam.press("escape")
        assert "▸" in await exam.press("1")
        assert "so far: fail" in await exam.press("d")
        await exam.press("e", "enter")
        assert [one["verdict"] for one in exam.record()["attempts"]] == ["edge", "pass"]


async def test_an_edge_that_was_taken_again_is_settled(tmp_path: Path) -> None:
    """Once the retake has a verdict, the edge before it is none to be decided any more."""
    async with room(demo(tmp_path)) as exam:
        await examine(exam, "edge")
        assert "1 edge is to be decided" in await exam.press("c")
        await exam.press("escape", "v", "home", "enter", "t", "escape", "escape", "home")
        assert "1 edge is to be decided" in await exam.press("c")
        await exam.press("escape", "home")
        await examine(exam, "pass")
        assert "edge is to be decided" not in await exam.press("c")
        assert "no edge is left" in await exam.press("e")


async def test_the_record_has_the_words_that_were_asked(tmp_path: Path) -> None:
    """A complaint is answered, and a second reader judges, without the bank at hand."""
    async with room(demo(tmp_path)) as exam:
        await exam.press(*CALL, "1")
        screen: Any = exam.app.screen
        question = screen._questions[0]
        await exam.press("s", "d", "p", "enter", "v", "home")
        text = await exam.press("enter")
        assert question.say.split()[0] in text
        assert f"1 ✓ {question.look_for[0].text.split()[0]}" in text
