"""The second reader's screen: blind, and beside the verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tui.room import CALL, Room, demo, room

if TYPE_CHECKING:
    from pathlib import Path


async def examined(made: Room) -> None:
    """Examine two students to an edge, the first with a note, and one to a pass."""
    await made.press(*CALL, "s", "n")
    await made.type("mixed up the loss terms")
    await made.press("enter", "d", "e", "n")
    await made.type("thin on the loss")
    await made.press("enter", "enter")
    await made.press(*CALL, "w", "d", "e", "enter")
    await made.press(*CALL, "s", "d", "p", "enter")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=str)
async def test_a_reader_sees_sheet_and_timeline_and_nothing_else(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    """No name, no verdict, no reason; the name of the reader is asked once."""
    async with room(demo(tmp_path), size=size) as made:
        await examined(made)
        screen = await made.press("v", "e", "r")
        assert "Who reads?" in screen
        seen = await made.press("enter")
        assert "1 of 2, the edges, shuffled" in seen
        seen += await made.press(*["down"] * 30)
        seen += await made.press("p", "enter") + await made.press(*["down"] * 30)
        assert "2 of 2" in seen
        assert "Who reads?" not in seen
        assert "mixed up the loss terms" in seen
        for hidden in ("Student 01", "Student 02", "thin on the loss", "▸ EDGE"):
            assert hidden not in seen
        assert "Nothing is left to read" in await made.press("e", "enter")
        assert made.record(0)["attempts"][0]["verdict"] == "edge"
        given = [made.record(n)["attempts"][0]["second_readings"] for n in (0, 1)]
        assert sorted(one["verdict"] for (one,) in given) == ["edge", "pass"]
        assert {one["reader"] for (one,) in given} == {"dr-grey"}


async def test_both_stand_side_by_side(tmp_path: Path) -> None:
    """The edges show the verdict in force and the reader's; the results count agreement."""
    async with room(demo(tmp_path)) as made:
        await examined(made)
        await made.press("v", "e", "r", *["backspace"] * 7)
        await made.type("Bo")
        await made.press("enter", "p", "n")
        await made.type("it was all there")
        await made.press("enter", "enter", "e", "enter")
        screen = await made.press("escape")
        assert "edge  Bo: pass, disagrees" in screen
        assert "edge  Bo: edge, agrees" in screen
        assert "2 second readings, 1 agree" in await made.press("escape")
        told = await made.press("enter") + await made.press("escape", "down", "enter")
        assert "second reading by Bo, beside edge" in told
        assert "it was all there" in told


async def test_all_that_is_decided_is_the_other_choice(tmp_path: Path) -> None:
    """Edges are read by default; a key widens it to every attempt with a verdict."""
    async with room(demo(tmp_path)) as made:
        await examined(made)
        await made.press("v", "e", "r")
        assert "1 of 2, the edges" in await made.press("enter")
        assert "1 of 3, all decided" in await made.press("a")
        assert "1 of 2, the edges" in await made.press("a")


async def test_a_long_bar_keeps_the_saved_mark(tmp_path: Path) -> None:
    """What a screen is may be cut; that all is saved, or is not, stays in sight."""
    folder = demo(tmp_path)
    settings = folder / "session.yaml"
    text = settings.read_text(encoding="utf-8")
    named = [
        f"session: {'a-long-name-' * 5}end" if row.startswith("session:") else row
        for row in text.splitlines()
    ]
    settings.write_text("\n".join(named) + "\n", encoding="utf-8")
    async with room(folder) as made:
        assert made.text().splitlines()[0].endswith("…  ●")
        await examined(made)
        bar = (await made.press("v", "e", "r", "enter", "a")).splitlines()[0]
        assert "names and verdicts hidden" in bar
        assert bar.endswith("●")


async def test_nothing_is_saved_without_a_name_or_a_verdict(tmp_path: Path) -> None:
    """An empty name asks on, escape leaves, enter without a verdict says so; V voids nothing."""
    async with room(demo(tmp_path)) as made:
        await examined(made)
        assert "Who reads?" in await made.press("v", "e", "r", *["backspace"] * 7, "enter")
        assert "second look at the edges" in await made.press("escape")
        assert "p pass, e edge or f fail first" in await made.press("r", "enter", "enter")
        assert "names and verdicts hidden" in await made.press("V")
        assert "second look at the edges" in await made.press("escape")
        assert not made.record()["attempts"][0]["second_readings"]


async def test_a_long_timeline_scrolls(tmp_path: Path) -> None:
    """Everything can be read, and the choice stays in view."""
    async with room(demo(tmp_path)) as made:
        await made.press(*CALL)
        for number in range(12):
            await made.press("n")
            await made.type(f"note {number}")
            await made.press("enter")
        await made.press("d", "e", "enter", "v", "e", "r")
        screen = await made.press("enter")
        assert "more: ↓" in screen
        assert "note 11" not in screen
        screen = await made.press(*["down"] * 20)
        assert "note 11" in screen
        assert "more: ↓" not in screen
        assert "f fail" in screen
        assert "note 11" not in await made.press(*["up"] * 20)
