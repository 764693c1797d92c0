"""Hostile texts on every screen: letter by letter, nothing eaten, restyled or run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.events import Paste

from examrunner.domain.bank.banks import Anchors, Point, Question
from examrunner.domain.course.titles import title_key
from examrunner.domain.exam.attempts import Asked
from examrunner.domain.exam.events import Help
from examrunner.domain.text import bad_character, is_blank, safe, tidy
from examrunner.tui.lines import cells_of, line, pad, wrap
from examrunner.tui.sheet_lines import SheetView, sheet_lines
from examrunner.tui.widgets.canvas import Canvas
from tests.classes import write_session
from tests.hostile import REFUSED, SHOWN, let_in, texts
from tests.hostile_files import table
from tests.tui.room import Room, room

if TYPE_CHECKING:
    from pathlib import Path

    from textual.strip import Strip

    from tests.faults.conftest import Fault

WIDTH = 80
CALL = ("enter", "enter", "r")


def squeezed(text: str) -> str:
    """Return a text without white space, at which rows may be broken."""
    return re.sub(r"\s+", "", text)


def begins(text: str) -> str:
    """Return what must be on the screen of a text, however narrow its place is."""
    return squeezed(pad(text, 18)).rstrip("…")


def due(text: str) -> str:
    """Return what must be on the screen of a text in a row of 160 cells."""
    return squeezed(pad(text, 130)).rstrip("…")


def packed() -> list[str]:
    """Return all classes of text, several in one row as far as they fit."""
    rows = [""]
    for text in SHOWN.values():
        joined = f"{rows[-1]} / {text}" if rows[-1] else text
        if cells_of(joined) <= 125:
            rows[-1] = joined
        else:
            rows.append(text)
    return rows


def class_of(folder: Path, names: list[str]) -> Path:
    """Write a session of students of these names, who each reviewed a paper of that title."""
    rows = [[f"s{n:04}", text, text] for n, text in enumerate(names)]
    return write_session(
        folder / "hostile",
        "session: hostile\n",
        roster=table(["student_id", "name", "say_name"], *rows).decode(),
        reviews=table(["student_id", "paper"], *(row[:2] for row in rows)).decode(),
    )


def strips(there: Room) -> list[Strip]:
    """Return every row of the screen on top, as Textual draws it."""
    canvases = there.app.screen.query(Canvas)
    return [one.render_line(y) for one in canvases for y in range(one.size.height)]


def demand_plain(there: Room) -> None:
    """Fail where a row has a link, an action, a control character or another width."""
    for strip in strips(there):
        for segment in strip:
            assert segment.control is None
            assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]", segment.text)
            assert segment.style is None or not (segment.style.meta or segment.style.link)
        assert sum(cell_len(segment.text) for segment in strip) == strip.cell_length


async def paste(there: Room, text: str) -> None:
    """Paste a text into the open field."""
    screen: Any = there.app.screen
    screen.field.post_message(Paste(text))
    await there.settle()


class Board(App[None]):
    """An app of one canvas."""

    def __init__(self, rows: list[str]) -> None:
        super().__init__()
        self.rows = rows

    def compose(self) -> ComposeResult:
        """Show every text in a row of its own."""
        yield Canvas()

    def on_mount(self) -> None:
        """Draw."""
        self.query_one(Canvas).show([line((text, "strong")) for text in self.rows])


async def test_every_text_is_drawn_as_it_is(fault: Fault) -> None:
    """A canvas draws each text in one style, exactly, with what is hidden made visible."""
    rows = texts()
    app = Board(rows)
    async with app.run_test(size=(WIDTH, 24)) as pilot:
        await pilot.pause()
        canvas = app.query_one(Canvas)
        for y, text in enumerate(rows):
            strip = canvas.render_line(y)
            drawn = "".join(segment.text for segment in strip)
            assert cell_len(drawn) == WIDTH == strip.cell_length
            assert cells_of(drawn.rstrip()) <= WIDTH
            assert safe(text).startswith(drawn.rstrip()) or drawn.startswith(safe(text))
            assert len({segment.style for segment in strip if segment.text.strip()}) <= 1
    fault.report(24, "texts drawn by a canvas", count=len(rows))


@pytest.mark.parametrize("cells", [1, 7, 76])
def test_a_text_is_wrapped_without_loss(cells: int) -> None:
    """Rows are never too wide, and joined again they hold every visible character in order."""
    for text in texts():
        rows = wrap(text, cells)
        assert all(cells_of(row) <= max(2, cells) for row in rows), ascii(text)
        wanted = squeezed(safe(text.replace("\n", " ")))
        assert squeezed("".join(rows)) == wanted, ascii(text)


@pytest.mark.parametrize("cells", [0, 1, 2, 20])
def test_a_padded_text_takes_exactly_its_place(cells: int) -> None:
    """A text in a column is cut or filled up, so that the next column stays where it is."""
    for text in texts():
        assert cells_of(pad(text, cells)) == cells, ascii(text)


def test_lines_of_a_text_are_lines_on_the_screen() -> None:
    """A text of several lines is broken where its writer broke it."""
    assert wrap("one\ntwo  three\n\nfour", 40) == ["one", "two three", "four"]
    assert wrap("a b c d", 3, most=1) == ["a…"]


def _question(text: str) -> Question:
    return Question(
        id="q1",
        kind="core",
        say=text,
        seconds=60,
        marks=2,
        look_for=(Point(text),),
        anchors=Anchors(strong=text, enough="", weak=""),
        probes=(text,),
        hints=(text,),
        red_flags=(text,),
    )


def test_every_text_is_shown_on_a_sheet() -> None:
    """As a question, a point, a probe, a flag, a hint, an anchor or a note each text is whole."""
    for text in let_in():
        asked = Asked("q1", "core", help=Help.LED, probes=1, hints=1)
        view = SheetView([_question(text)], [asked], 0, 0, [text])
        rows = sheet_lines(view, WIDTH, 10_000)
        shown = squeezed("".join(part for row in rows for part, _ in row if part != "  ▌ "))
        assert shown.count(squeezed(safe(text))) >= 7, ascii(text)


async def test_every_name_is_on_board_and_results(tmp_path: Path, fault: Fault) -> None:
    """Page by page all names of the corpora are in the lists, each in its own row."""
    names = let_in()
    async with room(class_of(tmp_path, names), size=(WIDTH, 60)) as there:
        for key in ("", "v"):
            seen = await there.press(key) if key else there.text()
            for _ in range(len(names) // 50 + 1):
                demand_plain(there)
                seen += "\n" + await there.press("pagedown")
            rows = squeezed(seen)
            assert [text for text in names if begins(text) not in rows] == []
    fault.report(24, "names on board and results", count=len(names))


async def _examine(there: Room, text: str) -> None:
    """Examine the chosen student, looking at each screen on the way."""
    shown = await there.press(*CALL)
    assert squeezed(shown).count(due(text)) == 3  # name, how to say it, title
    assert "start" in shown
    demand_plain(there)
    shown = await there.press("space", "n")
    assert squeezed(shown).count(begins(text)) == 2  # name and title
    await paste(there, text)
    shown = await there.press("enter")
    beside = r" +\d\d:\d\d:\d\d  .*|▌"  # the timeline and the edge of the current question
    seen = squeezed(re.sub(beside, "", shown.split("note", 1)[1]))
    assert squeezed(safe(text)) in seen
    demand_plain(there)
    await there.press("s", "d", "n")
    await paste(there, text)
    shown = await there.press("enter", "p")
    assert squeezed(shown).count(due(text)) == 3  # name, title and reason
    assert "PASS" in shown
    demand_plain(there)
    await there.press("enter")


async def test_every_class_of_text_through_a_whole_exam(tmp_path: Path, fault: Fault) -> None:
    """As name, title, note and reason it is whole on hand-over, sheet, decide and record."""
    names = packed()
    async with room(class_of(tmp_path, names), size=(2 * WIDTH, 60)) as there:
        for text in names:
            await _examine(there, text)
        await there.press("v", "home")
        for text in names:
            shown = await there.press("enter")
            assert squeezed(shown).count(due(text)) >= 4  # name, title, reason and note
            demand_plain(there)
            await there.press("escape", "down")
        for place, text in enumerate(names):
            attempt = there.record(place)["attempts"][0]
            assert attempt["notes"][0]["text"] == text
            assert attempt["verdicts"][0]["reason"] == text
    fault.report(24, "classes of text through an exam", count=len(SHOWN))


async def test_the_choice_by_hand_and_resume_show_titles_as_they_are(tmp_path: Path) -> None:
    """The list of papers and the Resume screen hold titles letter by letter."""
    names = list(SHOWN.values())
    folder = class_of(tmp_path, names)
    async with room(folder, size=(WIDTH, 60)) as there:
        seen = squeezed(await there.press("enter", "enter", "c"))
        demand_plain(there)
        titles = {title_key(text): text for text in reversed(names)}
        assert [text for text in titles.values() if begins(text) not in seen] == []
        await there.press("enter", "space")
    async with room(folder) as there:
        assert "Resume" in there.text()
        assert begins(names[0]) in squeezed(there.text())
        demand_plain(there)


async def test_a_long_note_is_whole_in_the_record(tmp_path: Path) -> None:
    """The timeline breaks a note and a reason into rows instead of cutting them."""
    words = " ".join(f"word{n}" for n in range(60))
    async with room(class_of(tmp_path, ["Ann"])) as there:
        await there.press(*CALL, "space", "n")
        await paste(there, words)
        await there.press("enter", "s", "d", "n")
        await paste(there, words)
        shown = await there.press("enter", "p", "enter", "v", "home", "enter")
        shown += await there.press(*["down"] * 30)
        assert squeezed(words) in squeezed(shown)
        assert "word59" in shown


@pytest.mark.parametrize("text", ["\u738b" * 1000, "[/] " * 250], ids=["wide", "words"])
async def test_the_longest_name_hides_no_step(tmp_path: Path, text: str) -> None:
    """With the longest name and title all steps and choices are still on an 80x24 screen."""
    async with room(class_of(tmp_path, [text.strip()])) as there:
        shown = await there.press(*CALL)
        for words in ("5:00 allowed", "enter  present", "r      reveal", "space  start"):
            assert words in shown
        assert len(there.app.screen.query_one("#body", Canvas).lines) <= 21
        await there.press("space", "d", "n")
        await paste(there, text)
        shown = await there.press("enter")
        assert "confirms" in await there.press("p")
        assert len(there.app.screen.query_one("#body", Canvas).lines) <= 21


async def test_nothing_hidden_is_pasted_into_a_note(tmp_path: Path) -> None:
    """The line takes only what it can show, and that is what the ledger keeps."""
    wanted = []
    async with room(class_of(tmp_path, ["Ann"])) as there:
        await there.press(*CALL, "space")
        screen: Any = there.app.screen
        for what, text in REFUSED.items():
            await there.press("n")
            await paste(there, text)
            typed = screen.field.value
            assert bad_character(typed) is None, what
            assert is_blank(text) or typed[:2] == text[:2], what
            wanted += [] if is_blank(typed) else [typed]
            await there.press("enter")
        notes = there.record()["attempts"][0]["notes"]
        assert [note["text"] for note in notes] == [tidy(text) for text in wanted]


async def test_all_lines_of_a_pasted_text_are_kept(tmp_path: Path) -> None:
    """Line ends become spaces; commands within a pasted text do nothing."""
    async with room(class_of(tmp_path, ["Ann"])) as there:
        await there.press(*CALL, "space", "n")
        await paste(there, "first\nsecond\r\nd p\n")
        await there.press("enter")
        attempt = there.record()["attempts"][0]
        assert attempt["notes"][0]["text"] == "first second d p"
        assert attempt["phase"] == "running"


async def test_a_text_pasted_without_an_open_line_does_nothing(tmp_path: Path) -> None:
    """On the sheet a pasted text is no sequence of keys."""
    async with room(class_of(tmp_path, ["Ann"])) as there:
        await there.press(*CALL, "space")
        before = there.app.desk.saved
        there.app.post_message(Paste("sssd p\r"))
        await there.settle()
        assert there.app.desk.saved is before
