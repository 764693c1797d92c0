"""The sheet by keyboard: offers, taking back and bringing back, reasons, the timeline, asides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from examrunner.domain.exam.events import NotAskedWhy
from tests.fakes import FakeClock
from tests.tui.room import CALL, demo, room

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tui.room import Room

PAPER = "attention-is-all-you-need"
WIDE, TALL = (120, 40), (90, 36)


async def attention(there: Room) -> None:
    """Start an attempt on a paper that has a bank."""
    await there.press("enter", "enter", "c")
    screen: Any = there.app.screen
    await there.press(*["down"] * screen.choices.index(PAPER), "enter", "space")


def asked(there: Room, place: int = 0) -> Any:
    """Return a question of the record, read from the disk."""
    return there.record()["attempts"][0]["questions"][place]


def kinds(there: Room) -> list[str]:
    """Return the kinds of the events of the attempt."""
    attempt = there.app.desk.under_way()
    assert attempt is not None
    return [event.kind for event in there.app.desk.events(attempt.id)]


# --- the time of a question ----------------------------------------------------------------


@pytest.mark.parametrize("keys", [("b", "b"), ("question_mark", "escape"), ("V", "escape")])
async def test_a_question_keeps_its_seconds_under_another_screen(
    tmp_path: Path, keys: tuple[str, ...]
) -> None:
    """Blanking, the key card or a look at the void screen takes no second from the question."""
    async with room(demo(tmp_path)) as there:
        await there.press(*CALL, "s")
        there.clock.advance(34)
        await there.press(*keys)
        await there.press("e")
        assert asked(there, 1)["seconds"] == 34


# --- taking back and bringing back ---------------------------------------------------------


async def test_what_was_taken_back_comes_back(tmp_path: Path) -> None:
    """`u` takes marks back one by one, `U` brings them back in turn, and each says what it was."""
    async with room(demo(tmp_path)) as there:
        await there.press(*CALL, "1", "s")
        await there.press("u", "u")
        assert asked(there)["points"] == []
        assert "counts again: point 1" in await there.press("U")
        assert "counts again: strong" in await there.press("U")
        assert "nothing was taken back" in await there.press("U")
        assert (asked(there)["rating"], asked(there)["points"]) == ("strong", [1])
        assert kinds(there)[-6:] == ["ticked", "rated", "undone", "undone", "redone", "redone"]


async def test_what_is_said_stays_on_its_screen(tmp_path: Path) -> None:
    """Words above the footer, and the key that takes a mark back, stand only where they hold."""
    async with room(demo(tmp_path)) as there:
        assert "nothing was taken back" in await there.press(*CALL, "s", "U")
        assert "nothing was taken back" not in await there.press("V")
        assert "nothing was taken back" in await there.press("escape")
        assert "u takes it back" in await there.press("1")
        assert "takes it back" not in await there.press("V")
        assert "v shows the record" in await there.press("escape", "d", "p", "enter", "up", "enter")
        assert "v shows the record" not in await there.press("v")


async def test_a_new_mark_ends_bringing_back(tmp_path: Path) -> None:
    """After another mark nothing older comes back in its place."""
    async with room(demo(tmp_path)) as there:
        await there.press(*CALL, "s", "u", "w", "U")
        assert asked(there)["rating"] == "weak"
        assert "redone" not in kinds(there)


# --- offers --------------------------------------------------------------------------------


async def test_probes_and_hints_show_one_at_a_time(tmp_path: Path) -> None:
    """Nothing shows before it is offered; what is left is told; each is on record with its help."""
    async with room(demo(tmp_path)) as there:
        await attention(there)
        screen: Any = there.app.screen
        question = screen._questions[0]
        probes, hints = question.probes, question.hints
        assert probes
        assert hints
        assert f"probe 1 of {len(probes)}" in there.text()
        words = [text.split(maxsplit=4)[:4] for text in (*probes, *hints)]
        starts = [" ".join(some) for some in words]
        assert not any(start in there.text() for start in starts)
        for number, start in enumerate(starts, 1):
            text = await there.press("o")
            assert start in text
            assert not any(later in text for later in starts[number:])
            is_probe = number <= len(probes)
            found = asked(there)
            assert found["help"] == ("probed" if is_probe else "led")
            assert found["probes"] + found["hints"] == number
        before = kinds(there)
        assert "no probe or hint is left" in await there.press("o")
        assert kinds(there) == before
        await there.press("u")
        assert asked(there)["hints"] == len(hints) - 1


# --- not asked -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("s", NotAskedWhy.SKIPPED),
        ("d", NotAskedWhy.DECLINED),
        ("n", NotAskedWhy.NOT_NEEDED),
        ("t", NotAskedWhy.NO_TIME),
    ],
)
async def test_one_more_key_says_why_a_question_is_not_asked(
    tmp_path: Path, key: str, why: NotAskedWhy
) -> None:
    """`X` and a letter leave the code on record and never a rating; the sheet goes on."""
    async with room(demo(tmp_path)) as there:
        text = await there.press(*CALL, "X")
        assert "why is this question not asked?" in text
        assert "declined" in text.splitlines()[-1]
        text = await there.press(key)
        assert str(why).replace("-", " ") in text
        assert (asked(there)["not_asked"], asked(there)["rating"]) == (str(why), None)
        assert there.app.screen.name_in_registry == "sheet"  # type: ignore[attr-defined]
        await there.press("s")
        assert asked(there, 1)["rating"] == "strong"


@pytest.mark.parametrize("key", ["escape", "w", "q", "1", "space", "u"])
async def test_any_other_key_drops_the_choice_and_does_nothing_else(
    tmp_path: Path, key: str
) -> None:
    """The choice never traps the keys: the next command works again."""
    async with room(demo(tmp_path)) as there:
        await there.press(*CALL)
        before = kinds(there)
        text = await there.press("X", key)
        assert "why is this" not in text
        assert kinds(there) == before
        await there.press("w")
        assert asked(there)["rating"] == "weak"


async def test_the_screen_can_be_hidden_while_a_reason_is_asked_for(tmp_path: Path) -> None:
    """ctrl+l blanks the screen there too, and the choice is still open after it."""
    async with room(demo(tmp_path)) as there:
        await there.press(*CALL, "X")
        assert not (await there.press("ctrl+l")).strip()
        assert "why is this" in await there.press("q")
        await there.press("d")
        assert asked(there)["not_asked"] == "declined"


# --- info and review -----------------------------------------------------------------------


async def test_misconceptions_and_sample_answers_are_one_key_away(tmp_path: Path) -> None:
    """`i` shows them in the place of the other questions and writes nothing; `i` or esc closes."""
    async with room(demo(tmp_path), size=WIDE) as there:
        await attention(there)
        await there.press("j")
        before = kinds(there)
        screen: Any = there.app.screen
        question = screen._questions[1]
        claim = question.misconceptions[0].claim
        for close in ("i", "escape"):
            assert claim not in there.text()
            text = await there.press("i")
            assert claim in text
            assert "critique" not in text.replace("and critique fit", "")
            assert "critique" in await there.press(close)
        assert kinds(there) == before
        await there.press("i")
        assert claim not in await there.press("s")


async def test_info_is_whole_at_80x24(tmp_path: Path) -> None:
    """What does not fit is a page away, and the points can still be ticked."""
    async with room(demo(tmp_path)) as there:
        await attention(there)
        text = await there.press("j", "i", "1")
        assert "1 ✓" in text
        screen: Any = there.app.screen
        one = screen._questions[1].misconceptions[0]
        text += await there.press(*["pagedown"] * 4)
        assert one.claim.split()[-1] in text
        assert "wrong" in text


async def test_the_students_own_review_stands_beside_the_sheet(tmp_path: Path) -> None:
    """`r` shows the beginning of its file as plain text; without a file it says so."""
    folder = demo(tmp_path)
    async with room(folder) as there:
        await attention(there)
        assert "no file" in await there.press("r")
        student = there.record()["student"]
    (folder / "reviews").mkdir()
    review = folder / "reviews" / f"{student}-{PAPER}.md"
    review.write_bytes(b"[bold]The mask[/] is \x1b[31mthe point.\n\nI doubt \xff table 3.\n")
    async with room(folder) as there:
        await there.press("enter")
        before = kinds(there)
        assert "r own review" in there.text()
        text = await there.press("r")
        assert review.name in text
        assert "[bold]The mask[/] is" in text
        assert "table 3." in text
        assert "\x1b" not in text
        assert "I doubt" not in await there.press("r")
        assert kinds(there) == before


async def test_a_review_is_never_read_through_a_link(tmp_path: Path) -> None:
    """A name that leads elsewhere is no review."""
    folder = demo(tmp_path)
    (tmp_path / "elsewhere").write_text("private", encoding="utf-8")
    (folder / "reviews").mkdir()
    async with room(folder) as there:
        student = there.app.desk.rows()[0].student.student_id
        (folder / "reviews" / f"{student}-{PAPER}.md").symlink_to(tmp_path / "elsewhere")
        await attention(there)
        assert "no file" in await there.press("r")


# --- the timeline and what still fits ------------------------------------------------------


@pytest.mark.parametrize("size", [WIDE, TALL])
async def test_the_timeline_tells_what_happened_by_the_second(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    """Each mark that stands has its line with time, kind and word; what is taken back has none."""
    async with room(demo(tmp_path), size=size) as there:
        await there.press(*CALL)
        there.clock.advance(40)
        await there.press("1", "s", "n")
        await there.type("knows the mask")
        await there.press("enter", "x")
        text = await there.press("w", "u")
        for words in (
            "09:00:40  opening   point 1",
            "09:00:40  opening   strong",
            "09:00:40  core      knows the mask",
            "09:00:40  core      no time",
        ):
            assert words in text
        assert "detail    weak" not in text
        assert "09:00:40  detail    weak" in await there.press("U")


async def test_there_is_no_timeline_at_80x24(tmp_path: Path) -> None:
    """The small screen has its status line and no row to spare."""
    async with room(demo(tmp_path)) as there:
        text = await there.press(*CALL, "1", "s")
        assert "09:00:00  opening" not in text
        assert "strong   u takes it back" in text


async def test_what_still_fits_is_suggested_and_nothing_is_done(tmp_path: Path) -> None:
    """With time all fit; later the critique is to be dropped; at the end nothing is said."""
    async with room(demo(tmp_path)) as there:
        await there.press(*CALL, "s")
        before = kinds(there)
        assert "detail and critique fit" in there.text()
        there.clock.advance(150)
        await there.press("j")
        assert "drop critique" in there.text()
        assert " left for " in there.text()
        there.clock.advance(200)
        assert " left for " not in await there.press("k", "j")
        assert kinds(there) == before


# --- keys and room -------------------------------------------------------------------------


async def test_an_ordinary_pass_takes_at_most_fifteen_keys(tmp_path: Path) -> None:
    """From the board to the board with four ratings and one note, its text not counted."""
    before, after = [*CALL, "s", "e", "n"], ["enter", "s", "e", "d", "p", "enter"]
    assert len(before) + len(after) <= 15
    async with room(demo(tmp_path)) as there:
        await there.press(*before)
        await there.type("a word")
        await there.press(*after)
        attempt = there.record()["attempts"][0]
        assert [one["rating"] for one in attempt["questions"]] == ["strong", "enough"] * 2
        assert (attempt["verdict"], len(attempt["notes"])) == ("pass", 1)
        assert there.app.screen.name_in_registry == "board"  # type: ignore[attr-defined]


async def test_the_record_says_in_words_why_a_question_was_not_asked(tmp_path: Path) -> None:
    """Codes stay in the data; people read words, and how much was offered."""
    async with room(demo(tmp_path)) as there:
        await attention(there)
        await there.press("o", "s", "x", "X", "n")
        text = await there.press("d", "p", "enter", "v", "home", "enter")
        assert "not asked (no time)" in text
        assert "not asked (not needed)" in text
        assert "1 probe" in text
        assert "no-time" not in text


# --- time and order ------------------------------------------------------------------------


async def test_going_back_from_the_verdict_loses_no_time(tmp_path: Path) -> None:
    """The seconds before `d` belong to the question, also after `esc`."""
    clock = FakeClock()
    async with room(demo(tmp_path), clock) as there:
        await there.press(*CALL)
        clock.advance(20)
        assert "0:20 of 5:00 used" in await there.press("d")
        await there.press("escape")
        clock.advance(5)
        assert "0:25 of 1:00" in await there.press("n", "escape")
        await there.press("s")
        assert asked(there)["seconds"] == 25


async def test_after_a_rating_comes_the_next_open_question(tmp_path: Path) -> None:
    """A question that was rated out of order is passed over, as in the second window."""
    async with room(demo(tmp_path)) as there:
        await there.press(*CALL, "j", "s", "k", "k", "s", "w")
        assert [asked(there, place)["rating"] for place in range(3)] == ["strong", "strong", "weak"]
        await there.press("e")
        assert asked(there, 3)["rating"] == "enough"


async def test_a_terminal_that_is_too_small_keeps_saying_so(tmp_path: Path) -> None:
    """Neither the next second nor a mark paints over the words; larger again, all is there."""
    clock = FakeClock()
    async with room(demo(tmp_path), clock) as there:
        await there.press(*CALL)
        await there.pilot.resize_terminal(79, 24)
        await there.settle()
        clock.advance(2)
        screen: Any = there.app.screen
        screen.tick()
        assert "79x24 is too small" in await there.press("1")
        await there.pilot.resize_terminal(80, 24)
        await there.settle()
        assert "1 ✓" in there.text()


async def test_sums_of_the_results_are_whole_at_80_columns(tmp_path: Path) -> None:
    """Whatever there is to count, no word of it is cut."""
    async with room(demo(tmp_path)) as there:
        await there.press(*CALL, "s", "d", "p", "enter", "v")
        screen: Any = there.app.screen
        screen._sums = (
            "10 pass, 4 edge, 4 fail, 2 absent, 3 to come, 1 void, 12 second readings, 9 agree"
        )
        screen.draw()
        words = " ".join(there.text().split())
        assert "12 second readings, 9 agree record" in words
