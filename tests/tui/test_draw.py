"""The draw in the app: public value, spoken number, receipt, late students, papers drawn ahead."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from examrunner.services.begin import commit_session, open_day
from examrunner.services.draws import draw_all
from tests.classes import ROSTER, SETTINGS, write_session
from tests.services.desks import Room as Desks
from tests.services.desks import bank, write_small
from tests.tui.room import Room, room

if TYPE_CHECKING:
    from pathlib import Path

DICE = f"{SETTINGS}draw: {{public: six dice rolled at nine}}\n"
SPOKEN = f"{SETTINGS}draw: {{spoken_number: true}}\n"


def lines(made: Room) -> list[dict[str, Any]]:
    """Return the lines of the public log as they are on disk."""
    ledger = made.app.desk.ledger
    assert ledger is not None
    return [json.loads(line) for line in ledger.lines()]


# --- the public value ----------------------------------------------------------------------


async def test_the_public_value_is_asked_for_before_the_first_call(tmp_path: Path) -> None:
    """The first call commits, shows the commitment, takes the value and then calls."""
    async with room(write_session(tmp_path / "small", DICE)) as made:
        shown = await made.press("enter")
        assert "six dice rolled at nine" in shown
        assert made.app.desk.stored is not None
        assert made.app.desk.stored.commit in shown
        assert not made.app.desk.has_begun
        await made.type("4 2 6 1 1 3")
        assert "the student is here" in await made.press("enter")
        assert lines(made)[0]["public"] == "4 2 6 1 1 3"
        await made.press("escape")
        assert "six dice" not in await made.press("enter")


async def test_a_value_that_cannot_be_one_stays_in_the_line(tmp_path: Path) -> None:
    """An empty value is refused in words, and the line stays open."""
    async with room(write_session(tmp_path / "small", DICE)) as made:
        await made.press("enter")
        shown = await made.press("enter")
        assert "public value must be" in shown
        await made.type("7")
        await made.press("enter")
        assert lines(made)[0]["public"] == "7"


async def test_leaving_the_public_value_begins_nothing(tmp_path: Path) -> None:
    """After escape the session is committed and may still be committed again."""
    async with room(write_session(tmp_path / "small", DICE)) as made:
        await made.press("enter", "escape")
        assert not made.app.desk.has_begun
        assert "Rivera" in made.text()
        await made.press("a")
        assert "six dice" in made.text()
        await made.type("5")
        await made.press("enter")
        assert [line["e"] for line in lines(made)] == ["start", "absent"]


async def test_nobody_is_asked_without_a_source(tmp_path: Path) -> None:
    """Whoever wants no proof never meets it."""
    async with room(write_session(tmp_path / "small")) as made:
        assert "the student is here" in await made.press("enter")
        assert lines(made)[0]["public"] == "-"


# --- the spoken number ---------------------------------------------------------------------


async def test_the_spoken_number_takes_part_in_the_draw(tmp_path: Path) -> None:
    """R opens a line, enter reveals with what was said, and the record shows it."""
    async with room(write_session(tmp_path / "small", SPOKEN)) as made:
        await made.press("enter", "enter", "r")
        assert made.app.screen.query_one("Field").has_class("-open")
        await made.type("17")
        await made.press("enter")
        assert lines(made)[1]["nonce"] == "17"
        drawn = made.app.desk.log().draws[0]
        await made.press("space", "d", "p", "enter", "v", "enter")
        shown = made.text()
        assert f"draw 1, number said 17, ticket {drawn.ticket:,} of 1,073,741,824" in shown
        assert f"head of the log {drawn.head[:20]}" in shown


async def test_an_empty_line_means_no_number(tmp_path: Path) -> None:
    """Enter alone reveals without one; escape reveals nothing."""
    async with room(write_session(tmp_path / "small", SPOKEN)) as made:
        await made.press("enter", "enter", "r", "escape")
        assert [line["e"] for line in lines(made)] == ["start"]
        await made.press("r", "enter")
        assert lines(made)[1]["nonce"] == "-"


async def test_a_number_that_cannot_be_one_is_refused_in_words(tmp_path: Path) -> None:
    """A too long number leaves the line open and draws nothing."""
    async with room(write_session(tmp_path / "small", SPOKEN)) as made:
        await made.press("enter", "enter", "r")
        await made.type("1" * 33)
        assert "1 to 32 plain characters" in await made.press("enter")
        assert [line["e"] for line in lines(made)] == ["start"]


# --- late students -------------------------------------------------------------------------


async def test_a_committed_session_does_not_say_that_its_files_count(tmp_path: Path) -> None:
    """Between commit and first call the record counts: F and J say so, and what takes lists in."""
    folder = write_session(tmp_path / "small")
    desks = Desks(folder)
    commit_session(desks.desk)
    desks.leave()
    (folder / "roster.csv").write_text(ROSTER + "kim,Kim Late,kim@x.edu\n", encoding="utf-8")
    async with room(folder) as made:
        shown = await made.press("f")
        assert "the committed class list counts; commit --why takes another" in shown
        assert "Kim Late" not in shown
        assert "the committed order counts" in await made.press("J")


async def test_a_late_student_is_taken_in_from_the_board(tmp_path: Path) -> None:
    """F compares the files with the record, enter takes in, and the student can be called."""
    folder = write_session(tmp_path / "small")
    async with room(folder) as made:
        assert "nothing has begun" in await made.press("f")
        await made.press("enter", "escape")
        assert "as on record" in await made.press("f")
        await made.press("escape")
        (folder / "roster.csv").write_text(ROSTER + "kim,Kim Late,kim@x.edu\n", encoding="utf-8")
        with (folder / "reviews.csv").open("a", encoding="utf-8") as file:
            file.write("kim@x.edu,Attention Is All You Need,\n")
        assert "Kim Late, 1 paper to draw from" in await made.press("f")
        shown = await made.press("enter")
        assert "1 change taken in" in shown
        assert "Kim Late" in shown
        assert lines(made)[-1]["e"] == "add"
        await made.press("end", "enter", "enter", "r")
        assert lines(made)[-2]["s"] == lines(made)[1]["s"]


async def test_questions_written_later_are_told_and_stay_where_they_are(tmp_path: Path) -> None:
    """F says which readings have other questions by now, and what would take them in."""
    folder = write_small(tmp_path)
    async with room(folder) as made:
        await made.press("enter", "escape")
        text = bank("c", "opening", "core", "detail", "critique")
        (folder / "banks" / "paper-c.yaml").write_text(text, encoding="utf-8")
        shown = await made.press("f")
        assert "questions  on paper-c changed since the commit" in shown
        assert "update --banks takes newer ones." in shown


# --- drawn ahead ---------------------------------------------------------------------------


async def test_papers_drawn_ahead_stay_hidden_until_the_reveal(tmp_path: Path) -> None:
    """The board names no paper; r shows the one that was drawn before."""
    folder = write_session(tmp_path / "small")
    desks = Desks(folder)
    commit_session(desks.desk)
    open_day(desks.desk)
    draw_all(desks.desk)
    papers = {one.student: one.paper for one in desks.desk.log().draws}
    desks.leave()
    async with room(folder) as made:
        titles = [made.app.desk.stored_session().title(name) for name in papers.values()]
        assert not any(title[:12] in made.text() for title in titles)
        await made.press("enter")
        key = made.app.desk.under_way()
        assert key is not None
        shown = await made.press("enter", "r")
        assert made.app.desk.stored_session().title(papers[key.student])[:12] in shown
        assert [line["e"] for line in lines(made)][-1] == "sheet"
