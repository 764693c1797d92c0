"""The bank browser: the shelf, a bank, sheets, judgements, and files that change meanwhile."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, contextmanager
from datetime import date
from threading import Event
from typing import TYPE_CHECKING

from examrunner.domain.bank.approval import Judged
from examrunner.domain.bank.banks import State
from examrunner.services.approving import judge, waiting_for
from examrunner.services.bank_list import Shelf, sample_sheet, shelf_of
from examrunner.storage.readers.approval_files import FILE, read_approvals
from examrunner.storage.readers.bank_files import read_bank
from examrunner.tui.app import ExamApp
from examrunner.tui.screens.banks import BanksScreen
from tests.fakes import FakeClock
from tests.services.desks import USUAL_KINDS, bank, write_small
from tests.tui.room import Room

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    import pytest

    from examrunner.services.desk import Desk

SIZE = (100, 30)


class SlowShelf(Shelf):
    """A shelf whose files take as long to look at as a test likes."""

    def __init__(self, folders: tuple[Path, ...], refreshing: Callable[[], bool]) -> None:
        super().__init__(folders)
        self.refreshing = refreshing

    def refresh(self) -> bool:
        """Look as the test says."""
        return self.refreshing()


def no_session(folder: Path) -> Desk:
    """Open nothing: the browser has no session."""
    raise AssertionError(folder)


@asynccontextmanager
async def browsing(*paths: Path) -> AsyncIterator[Room]:
    """Open the browser and wait until the banks are read."""
    shelf = shelf_of(paths)
    app = ExamApp(no_session, first=lambda: BanksScreen(shelf))
    async with app.run_test(size=SIZE) as pilot:
        made = Room(app, pilot, FakeClock())
        await made.settle()
        yield made


async def look(made: Room) -> str:
    """Let the browser look at the files again."""
    screen = next(one for one in made.app.screen_stack if isinstance(one, BanksScreen))
    await made.settle()  # a look that is under way may have passed the file already
    screen.look_again()
    await made.settle()
    return made.text()


async def test_the_shelf_lists_banks_with_kinds_and_states(tmp_path: Path) -> None:
    """Each bank stands with its questions by kind and how far they have come."""
    folder = write_small(tmp_path) / "banks"
    async with browsing(folder) as made:
        text = made.text()
        assert "2 banks, 16 questions" in text
        assert "2  2  2  2  8 draft" in text
        assert "chance" not in text


async def test_states_that_have_no_room_are_not_cut(tmp_path: Path) -> None:
    """The list then says how many are least far; the bank's own screen has all states."""
    folder = write_small(tmp_path) / "banks"
    (waiting, _) = waiting_for([folder / "paper-a.yaml"], Judged.APPROVED)
    states = (Judged.APPROVED, Judged.REVIEWED, Judged.REVIEWED)
    for one, state in zip(waiting, states, strict=False):
        judge(one, state, "ta-2", date(2024, 12, 1))
    async with browsing(folder) as made:
        assert "  5 draft of 8  " in made.text()
        assert "1 approved, 5 draft, 2 reviewed" in await made.press("enter")


async def test_a_session_s_shelf_ranks_by_chance_and_names_what_is_missing(tmp_path: Path) -> None:
    """With a session the likeliest reading comes first, and one without a bank says so."""
    async with browsing(write_small(tmp_path)) as made:
        rows = [row for row in made.text().splitlines() if row.startswith("  Paper")]
        assert len(rows) == 3
        assert next(row for row in rows if "Paper C" in row).split()[-1] == "100%"
        assert "no bank" in next(row for row in rows if "Paper C" in row)
        place = next(n for n, row in enumerate(rows) if "Paper C" in row)
        await made.press(*["down"] * place)
        assert "general questions" in await made.press("enter")


async def test_a_look_that_takes_long_is_not_joined_by_another(tmp_path: Path) -> None:
    """The banks are read by one thread at a time, however often a look falls due."""
    async with browsing(write_small(tmp_path) / "banks") as made:
        screen = next(one for one in made.app.screen_stack if isinstance(one, BanksScreen))
        begun, may_end = Event(), Event()
        looks: list[bool] = []

        def refresh() -> bool:
            looks.append(True)
            begun.set()
            return not may_end.wait(10)

        screen.shelf = SlowShelf(screen.shelf.folders, refresh)
        screen.look_again()
        assert await asyncio.to_thread(begun.wait, 10)
        screen.look_again()
        screen.look_again()
        may_end.set()
        await made.settle()
        assert looks == [True]


async def test_a_saved_file_shows_at_once(tmp_path: Path) -> None:
    """A bank that breaks and one that is mended show without a key."""
    folder = write_small(tmp_path) / "banks"
    path = folder / "paper-a.yaml"
    async with browsing(folder) as made:
        whole = path.read_text(encoding="utf-8")
        path.write_text(whole.replace("kind: core", "kind: [", 1), encoding="utf-8")
        assert "unreadable" in await look(made)
        assert "1 error" in made.text()
        path.write_text(whole + "  - {kind: core, say: One more?}\n", encoding="utf-8")
        text = await look(made)
        assert "9 draft" in text
        assert "error" not in text


async def test_a_question_is_approved_and_a_changed_one_is_not(tmp_path: Path) -> None:
    """A asks who stands behind it; the sign changes, and one edited word takes it away."""
    folder = write_small(tmp_path) / "banks"
    async with browsing(folder) as made:
        assert "never judged" in await made.press("enter")
        await made.press("a")
        await made.press(*["backspace"] * 40)
        await made.type("instructor")
        text = await made.press("enter")
        assert "approved by instructor" in text
        assert "1 approved" in text
        (entry,) = read_approvals(folder / FILE)[0].approvals
        assert entry.by == "instructor"
        path = folder / "paper-a.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("Why 1?", "Why so?"))
        assert "changed since it was judged" in await look(made)


async def test_a_question_goes_back_with_a_word(tmp_path: Path) -> None:
    """B asks why; without a word nothing is written."""
    folder = write_small(tmp_path) / "banks"
    async with browsing(folder) as made:
        await made.press("enter", "x")
        assert "with a word why" in await made.press("enter")
        assert not (folder / FILE).exists()
        await made.press("x")
        await made.type("too long")
        assert "too long" in await made.press("enter")


async def test_the_question_that_was_shown_is_the_one_that_is_judged(tmp_path: Path) -> None:
    """One that is put in front while the name is typed does not slip under the judgement."""
    folder = write_small(tmp_path) / "banks"
    path = folder / "paper-a.yaml"
    async with browsing(folder) as made:
        await made.press("enter", "down", "a")
        assert "a2: approved by whom?" in made.text()
        text = path.read_text(encoding="utf-8")
        new = "questions:\n  - {id: a0, kind: core, say: What is new?}\n"
        path.write_text(text.replace("questions:\n", new), encoding="utf-8")
        await look(made)
        await made.type("x")
        await made.press("enter")
        (entry,) = read_approvals(folder / FILE)[0].approvals
        assert entry.question == "a2"
        assert "  ✓ opening" not in made.text()


async def test_a_question_that_changes_while_the_name_is_typed_is_not_judged(
    tmp_path: Path,
) -> None:
    """Nobody stands behind words that were not on the screen."""
    folder = write_small(tmp_path) / "banks"
    path = folder / "paper-a.yaml"
    async with browsing(folder) as made:
        await made.press("enter", "a")
        path.write_text(path.read_text(encoding="utf-8").replace("Why 1?", "Why so?"))
        await look(made)
        assert "hanged" in await made.press("enter")
        assert not (folder / FILE).exists()


async def test_the_choice_stays_with_its_bank_and_question(tmp_path: Path) -> None:
    """Files and questions that come or go above do not move the choice to another one."""
    folder = write_small(tmp_path) / "banks"
    async with browsing(folder) as made:
        await made.press("down")
        (folder / "paper-a.yaml").unlink()
        await look(made)
        assert "Why 1?" in await made.press("enter")
        path = folder / "paper-b.yaml"
        await made.press("down", "down")
        whole = path.read_text(encoding="utf-8")
        first = whole.index("  - {id: b1"), whole.index("  - {id: b2")
        path.write_text(whole[: first[0]] + whole[first[1] :], encoding="utf-8")
        assert "  b3, " in await look(made)


async def test_enter_shows_a_question_whole(tmp_path: Path) -> None:
    """What does not fit under the list is announced there, and all of it can be read and judged."""
    aids = [f"probe number {n}" for n in range(40)]
    text = (
        "bank_version: 1\nreading: paper-a\nquestions:\n  - id: a1\n    kind: core\n    say: Why?\n"
        f"    probes: [{', '.join(aids)}]\n    anchors: {{strong: all of it, weak: none}}\n"
        "    red_flags: [never heard of it]\n    source: [{at: Section 3}]\n"
    )
    folder = write_small(tmp_path, a=text) / "banks"
    async with browsing(folder) as made:
        assert "more: enter" in await made.press("enter")
        assert "Section 3" not in made.text()
        assert "more: ↓" in await made.press("enter")
        text = await made.press(*["down"] * 40)
        for words in ("flag    never heard of it", "strong  all of it", "place   Section 3"):
            assert words in text
        await made.press("r")
        await made.press(*["backspace"] * 40)
        await made.type("somebody else")
        await made.press("enter", *["up"] * 40)
        assert "reviewed by somebody else" in made.text()
        assert "1 reviewed" in await made.press("escape")


async def test_a_sample_sheet_is_one_that_could_be_drawn(tmp_path: Path) -> None:
    """S shows one question of each kind; escape shows all again, then the shelf."""
    folder = write_small(tmp_path) / "banks"
    async with browsing(folder) as made:
        await made.press("enter")
        text = await made.press("s")
        assert "a sheet that could be drawn" in text
        shown = [row.split()[1] for row in text.splitlines() if row.startswith("  · ")]
        assert shown == list(USUAL_KINDS)
        assert "a sheet" not in (await made.press("escape")).split("\n")[0]
        assert "2 banks" in await made.press("escape")


async def test_a_sample_sheet_has_no_question_that_a_draw_refuses(tmp_path: Path) -> None:
    """With `questions: reviewed` it is chosen from those that count as reviewed."""
    text = bank("a", *USUAL_KINDS, *USUAL_KINDS).replace("draft", "reviewed")
    session = write_small(tmp_path, a=text)
    settings = session / "session.yaml"
    rules = settings.read_text(encoding="utf-8")
    settings.write_text(f"{rules}questions: reviewed\n", encoding="utf-8")
    wanted = [f"a{n}" for n in range(5, 9)]
    (waiting, _) = waiting_for([session / "banks" / "paper-a.yaml"], Judged.REVIEWED)
    for one in waiting:
        if one.question.id in wanted:
            judge(one, Judged.REVIEWED, "ta-2", date(2024, 12, 1))
    shelf = shelf_of([session])
    shelf.refresh()
    row = next(row for row in shelf.rows if row.reading == "paper-a")
    async with browsing(session) as made:
        rows = made.text().splitlines()
        place = [one.split()[1] for one in rows if one.startswith("  Paper")].index("A")
        await made.press(*["down"] * place, "enter")
        for _ in range(5):
            text = await made.press("s")
            signs = [one.split()[0] for one in text.splitlines() if "Why " in one][:4]
            assert signs == ["+"] * 4
    asked = sample_sheet(row, shelf.sheet_rule, shelf.settings.questions)
    assert [one.id for one in asked] == wanted


async def test_what_was_refused_is_not_said_of_what_comes_next(tmp_path: Path) -> None:
    """Words about one bank or question are gone once another deed begins, and name theirs."""
    session = write_small(tmp_path)
    path = session / "banks" / "paper-a.yaml"
    async with browsing(session) as made:
        rows = [row for row in made.text().splitlines() if row.startswith("  Paper")]
        places = {row.split()[1]: place for place, row in enumerate(rows)}
        await made.press(*["down"] * places["C"])
        assert "paper-c has no bank yet" in await made.press("enter")
        await made.press("home", *["down"] * places["A"])
        assert "no bank yet" not in await made.press("enter")
        await made.press("a")
        path.write_text(path.read_text(encoding="utf-8").replace("Why 1?", "Why so?"))
        await look(made)
        assert "changed meanwhile" in await made.press("enter")
        assert "changed meanwhile" not in await made.press("a")


async def test_the_editor_opens_at_the_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E gives the terminal to the editor at the line of the chosen question."""
    folder = write_small(tmp_path) / "banks"
    told: list[tuple[str, int | None]] = []

    def edit(path: Path, at: int | None = None) -> None:
        told.append((path.name, at))

    @contextmanager
    def suspended() -> Iterator[None]:
        yield

    monkeypatch.setattr("examrunner.storage.editor.edit", edit)
    async with browsing(folder) as made:
        monkeypatch.setattr(made.app, "suspend", suspended)
        await made.press("e", "enter", "down", "e")
    lines = (folder / "paper-a.yaml").read_text(encoding="utf-8").splitlines()
    assert told == [("paper-a.yaml", 1), ("paper-a.yaml", 5)]
    assert "id: a2" in lines[4]


def test_a_shelf_reads_only_what_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking again at files that did not change opens none."""
    folder = write_small(tmp_path) / "banks"
    shelf = Shelf((folder,))
    opened: list[str] = []

    def reading(path: Path) -> object:
        opened.append(path.name)
        return read_bank(path)

    monkeypatch.setattr("examrunner.services.bank_list.read_bank", reading)
    assert shelf.refresh()
    assert not shelf.refresh()
    (folder / "paper-b.yaml").write_text(bank("b", "core"), encoding="utf-8")
    assert shelf.refresh()
    assert opened == ["paper-a.yaml", "paper-b.yaml", "paper-b.yaml"]


def test_retired_questions_are_on_no_sheet(tmp_path: Path) -> None:
    """A sample sheet takes what may be drawn only."""
    text = bank("a", *USUAL_KINDS, *USUAL_KINDS).replace("draft", "retired", 4)
    folder = write_small(tmp_path, a=text) / "banks"
    shelf = Shelf((folder,))
    shelf.refresh()
    row = next(row for row in shelf.rows if row.reading == "paper-a")
    assert row.states == {State.RETIRED: 4, State.DRAFT: 4}
    assert row.bank is not None
    assert {q.id for q in sample_sheet(row, shelf.sheet_rule)} == {"a5", "a6", "a7", "a8"}
