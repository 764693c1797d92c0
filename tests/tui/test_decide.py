"""Deciding by keyboard: what the marks suggest, on demand, and a reason where one may be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from examrunner.domain.exam.suggest import Suggestion
from examrunner.tui.lines import EMPTY, line
from examrunner.tui.screens.decide import fitted, suggestion_words
from examrunner.tui.widgets.canvas import Canvas
from tests.classes import SETTINGS, write_session
from tests.tui.room import CALL, demo, room

if TYPE_CHECKING:
    from pathlib import Path

HIDDEN = "v shows what the marks suggest"
OFFER = "n adds a reason"
ALL_GOOD = ("s", "s", "e", "w")
"""Ratings of opening, core, detail and critique that suggest pass."""
IN_BETWEEN = ("s", "s", "w", "s")
ALL_WEAK = ("s", "w", "w", "s")
FLAG = "exclamation_mark"


def flat(text: str) -> str:
    """Return a screen's text in one line."""
    return " ".join(text.split())


async def test_the_suggestion_is_hidden_until_asked_for(tmp_path: Path) -> None:
    """It never shows by itself: `v` shows it, `v` again and coming back hide it."""
    async with room(demo(tmp_path)) as there:
        text = await there.press(*CALL, *ALL_GOOD, "d")
        assert HIDDEN in text
        assert "suggested" not in text
        text = flat(await there.press("v"))
        assert HIDDEN not in text
        assert "suggested: pass, because core strong unaided; detail enough unaided" in text
        assert "rests on 2 answers, 4 of 4 questions asked" in text
        assert "suggested" not in await there.press("v")
        assert "suggested" not in await there.press("v", "escape", "d")


async def test_the_suggestion_is_never_chosen_by_itself(tmp_path: Path) -> None:
    """Shown or not, `enter` without a chosen verdict saves none, and any verdict can be chosen."""
    async with room(demo(tmp_path)) as there:
        text = await there.press(*CALL, *ALL_GOOD, "d", "v", "enter")
        assert "p pass, e edge or f fail first" in text
        assert there.record()["attempts"][0]["verdict"] is None
        await there.press("f", "enter")
        attempt = there.record()["attempts"][0]
        assert (attempt["verdict"], attempt["suggested"]["verdict"]) == ("fail", "pass")


async def test_the_suggestion_is_dim(tmp_path: Path) -> None:
    """From across the table it is no more than grey text: no colour of a verdict, no capitals."""
    async with room(demo(tmp_path)) as there:
        await there.press(*CALL, *ALL_WEAK, "d", "v")
        rows = there.app.screen.query_one("#body", Canvas).lines
        (told,) = [row for row in rows if any("suggested" in text for text, _ in row)]
        assert told[0][0].startswith("  suggested: fail, because core weak unaided")
        assert [ink for _, ink in told] == ["dim"]


@pytest.mark.parametrize(
    ("marks", "offered"), [(ALL_GOOD, "ef"), (IN_BETWEEN, "ef"), (ALL_WEAK, "pef"), ((), "ef")]
)
async def test_a_reason_is_offered_where_it_matters(
    tmp_path: Path, marks: tuple[str, ...], offered: str
) -> None:
    """Fail, edge, and a pass against marks that suggest fail: there someone may ask why."""
    async with room(demo(tmp_path)) as there:
        assert OFFER not in await there.press(*CALL, *marks, "d")
        assert [key for key in "pef" if OFFER in await there.press(key)] == list(offered)


async def test_a_reason_is_offered_and_not_demanded(tmp_path: Path) -> None:
    """The offer goes once there is a reason; without one `enter` saves as well."""
    async with room(demo(tmp_path)) as there:
        assert OFFER in await there.press(*CALL, *ALL_WEAK, "d", "f")
        await there.press("n")
        await there.type("had not read it")
        text = await there.press("enter")
        assert OFFER not in text
        assert "had not read it" in text
        await there.press("enter", *CALL, *ALL_WEAK, "d", "f", "enter")
        verdicts = [there.record(place)["attempts"][0]["verdicts"][0] for place in (0, 1)]
        assert [one["reason"] for one in verdicts] == ["had not read it", None]


async def test_going_on_keeps_what_was_put_in(tmp_path: Path) -> None:
    """One question more, and verdict and reason are there again: nobody types them twice."""
    async with room(demo(tmp_path)) as exam:
        await exam.press(*CALL, "d", "f", "n")
        await exam.type("no method named")
        await exam.press("enter", "escape", "s")
        screen = await exam.press("d")
        assert "▸ FAIL" in screen
        assert "no method named" in screen
        await exam.press("e", "enter")
        assert exam.record()["attempts"][0]["verdict"] == "edge"
        screen = await exam.press(*CALL, "d")
        assert "▸" not in screen
        assert "no method named" not in screen


async def test_an_ordinary_pass_takes_no_more_keys_for_it(tmp_path: Path) -> None:
    """Four ratings and a note, up to the saved verdict: at most 15 keys beside the note's text."""
    keys = [*CALL, *ALL_GOOD, "n", "enter", "d", "p", "enter"]
    assert len(keys) <= 15
    async with room(demo(tmp_path)) as there:
        await there.press(*keys)
        assert there.record()["attempts"][0]["verdict"] == "pass"


async def test_one_question_without_bank_or_limit_can_be_decided(tmp_path: Path) -> None:
    """With too little asked nothing is suggested, the screen says why, and a verdict is saved."""
    settings = "session: small\nexam: {minutes: none}\nsheet: {core: 1}\n"
    async with room(write_session(tmp_path / "one", settings)) as there:
        text = flat(await there.press(*CALL, "s", "d", "v"))
        assert "no time limit" in text
        assert "nothing suggested: core strong unaided; no detail answer rated" in text
        assert OFFER not in await there.press("p")
        await there.press("enter")
        attempt = there.record()["attempts"][0]
        assert (attempt["verdict"], attempt["suggested"]["verdict"]) == ("pass", None)


async def test_the_record_shows_the_suggestion_beside_the_verdict(tmp_path: Path) -> None:
    """The record derives it anew from the marks; the correction shows it on demand too."""
    async with room(demo(tmp_path)) as there:
        await there.press(*CALL, *ALL_WEAK, "d", "p", "enter", "v", "home")
        text = await there.press("enter")
        assert "pass   suggested fail" in text
        text = await there.press("d")
        assert "suggested" not in text
        assert "suggested: fail, because core weak" in await there.press("v")
        text = await there.press("f", "enter")
        assert "fail   suggested fail" in text


async def test_the_record_says_nothing_where_nothing_is_suggested(tmp_path: Path) -> None:
    """Beside a verdict on too little there stands no suggestion."""
    async with room(demo(tmp_path)) as there:
        text = await there.press(*CALL, "d", "p", "enter", "v", "home", "enter")
        assert "pass" in text
        assert "suggested" not in text


async def test_a_long_sheet_leaves_room_for_the_suggestion(tmp_path: Path) -> None:
    """At 80x24 with six questions, flags, a long title and a long reason nothing is cut off."""
    settings = f"{SETTINGS}sheet: {{opening: 1, core: 1, detail: 2, critique: 2}}\n"
    reviews = f"student_id,paper\nana,{'A title of very many words ' * 8}\n"
    folder = write_session(tmp_path / "long", settings, reviews=reviews)
    async with room(folder) as there:
        marks = [key for rating in "sswesw" for key in (FLAG, rating)]
        await there.press(*CALL, *marks, "d", "f", "v", "n")
        assert OFFER in there.text()
        there.app.screen.field.value = "word " * 70  # type: ignore[attr-defined]
        text = await there.press("enter")
        body = there.app.screen.query_one("#body", Canvas)
        assert len(body.lines) <= body.size.height
        assert "6 of 6 questions asked" in flat(text)
        assert "FAIL" in text
        assert "word…" in text


def test_air_goes_before_words() -> None:
    """Empty rows make room from the top; what says something always stays."""
    a, b, c = line("a"), line("b"), line("c")
    rows = [EMPTY, a, EMPTY, b, EMPTY, c]
    assert fitted(rows, 6) == rows
    assert fitted(rows, 5) == [a, EMPTY, b, EMPTY, c]
    assert fitted(rows, 2) == [a, b, c]


def test_without_a_sheet_the_words_say_so() -> None:
    """An attempt that was decided without any question has no reasons to list."""
    assert suggestion_words(Suggestion(None, ())) == "nothing suggested: no question on the sheet"


async def test_own_verdicts_are_recalled_where_the_session_asks_for_it(tmp_path: Path) -> None:
    """After every second student, here, the board tells what was given so far; else nothing."""
    folder = demo(tmp_path)
    rules = folder / "session.yaml"
    text = rules.read_text(encoding="utf-8")
    rules.write_text(text.replace("exam:\n", "exam:\n  anchor_every: 2\n", 1), encoding="utf-8")
    async with room(folder) as exam:
        screen = await exam.press(*CALL, "s", "h", "e", "d", "p", "enter")
        assert "first pass" not in screen
        screen = await exam.press(*CALL, "w", "d", "f", "enter")
        told = "1 pass, 1 fail; first pass: 1 strong, 1 enough, 1/2 unaided"
        assert told in screen
        assert "first pass" not in await exam.press(*CALL, "w", "d", "f", "enter")
