"""bank todo and bank carry-over, as they are typed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from examrunner.domain.bank.exposure import Answers, Exposure, Shown, Used
from examrunner.domain.exam.events import Verdict
from examrunner.main import main
from examrunner.services import draws
from examrunner.services.begin import commit_session, open_day
from examrunner.storage.readers.exposure_files import FILE, write_exposure
from tests.services.desks import REVIEWS, SETTINGS, Room, bank, write_small
from tests.test_architecture import loaded_by

if TYPE_CHECKING:
    from pathlib import Path

Captured = pytest.CaptureFixture[str]
WIDTH = 80


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a session of four students that nobody has opened."""
    return write_small(tmp_path)


def data_of(capsys: Captured) -> Any:
    """Return what a command gave as data; words there are none."""
    told = capsys.readouterr()
    assert told.err == ""
    return json.loads(told.out)


# --- todo ----------------------------------------------------------------------------------


def test_the_list_is_a_table_with_a_plot_below(folder: Path, capsys: Captured) -> None:
    """The most needed reading first; bars grow up to all draws; hours are told in words."""
    assert main(["bank", "todo", str(folder), "--hours", "1.5"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == ("small: 3 readings can be drawn, 0 with a full bank; 23 questions missing.")
    header = next(place for place, line in enumerate(lines) if line.startswith("chance"))
    assert " ".join(lines[header + 1].split()) == ("100% 1.00 0 0 0 0 2 4 4 3 2.0 4.0 1:05 paper-c")
    bars = [line.count("█") for line in lines if line.endswith("%")]
    assert bars == sorted(bars)
    assert (bars[0], bars[-1]) == (0, 40)
    assert lines[-1].startswith("With 1.5 hours of work, 2 banks of this list, 83% of draws meet")
    assert any("5 minutes a question (assumed" in line for line in lines)
    table = [line for line in lines if line.endswith(("paper-a", "paper-b", "paper-c"))]
    assert max(map(len, table)) <= WIDTH


def test_minutes_are_a_setting_and_said(folder: Path, capsys: Captured) -> None:
    """Twice the minutes, twice the work."""
    assert main(["bank", "todo", str(folder), "--minutes", "10", "--json"]) == 0
    found = data_of(capsys)
    assert found["minutes_per_question"] == 10
    assert [one["minutes"] for one in found["coverage"]] == [130, 180, 230]
    assert main(["bank", "todo", str(folder), "--minutes", "10"]) == 0
    assert "10 minutes a question (as told)" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["--hours", "0"], ["--minutes", "nan"], ["--hours", "1e9"]])
def test_numbers_that_mean_nothing_are_refused(folder: Path, words: list[str]) -> None:
    """Wrong usage, with the limits."""
    assert main(["bank", "todo", str(folder), *words]) == 2


def test_the_data_name_every_figure_and_nobody(folder: Path, capsys: Captured) -> None:
    """Each reading with its figures; no student stands anywhere in it."""
    assert main(["bank", "todo", str(folder), "--json"]) == 0
    told = capsys.readouterr().out
    found = json.loads(told)
    first = found["readings"][0]
    assert first == {
        "reading": "paper-c",
        "title": "Paper C",
        "chance": 1.0,
        "students": 1.0,
        "there": {"opening": 0, "core": 0, "detail": 0, "critique": 0},
        "aim": {"opening": 2, "core": 4, "detail": 4, "critique": 3},
        "missing": {"opening": 2, "core": 4, "detail": 4, "critique": 3},
        "waiting": 0,
        "repeats": {"second": 2.0, "third": 4.0},
        "minutes": 65.0,
    }
    assert found["coverage"][-1]["full"] == 1
    assert not [who for who in ("ana", "chi", "eli", "zoe", "Ana") if f'"{who}' in told]


def test_a_full_shelf_says_so(tmp_path: Path, capsys: Captured) -> None:
    """Nothing missing: one line, no empty table."""
    kinds = [*["opening"] * 2, *["core"] * 4, *["detail"] * 4, *["critique"] * 3]
    banks = {letter: bank(letter, *kinds) for letter in "ab"}
    reviews = REVIEWS.replace("eli,Paper C,\n", "")
    assert main(["bank", "todo", str(write_small(tmp_path, reviews=reviews, **banks))]) == 0
    assert capsys.readouterr().out == (
        "small: 2 readings can be drawn, 2 with a full bank; 0 questions missing.\n"
    )


def test_questions_that_wait_are_told(tmp_path: Path, capsys: Captured) -> None:
    """They are written: what they need is somebody who approves them."""
    folder = write_small(tmp_path, f"{SETTINGS}questions: approved\n")
    assert main(["bank", "todo", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "16 questions more are written and wait: examrunner bank approve." in told
    assert "there: questions that are approved at least, by kind" in told


def test_after_a_draw_made_ahead_decoys_are_told_of(folder: Path, capsys: Captured) -> None:
    """The list says what it is, and how a bank written now gets into this session."""
    room = Room(folder)
    commit_session(room.desk)
    open_day(room.desk)
    draws.draw_all(room.desk)
    room.desk.close()
    (folder / "banks" / "paper-c.yaml").write_text(bank("c", "core"), encoding="utf-8")
    assert main(["bank", "todo", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "All papers are drawn. These are their readings among decoys" in told
    assert "The record has other questions on 1 reading than the files: paper-c." in told
    assert "The day has begun: this session asks the questions of its record" in told
    assert "examrunner update --banks" in told


def test_a_committed_session_tells_how_a_new_bank_comes_in(folder: Path, capsys: Captured) -> None:
    """Before the day begins a bank that the record lacks can be committed."""
    room = Room(folder)
    commit_session(room.desk)
    room.desk.close()
    (folder / "banks" / "paper-c.yaml").write_text(bank("c", "core"), encoding="utf-8")
    assert main(["bank", "todo", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "files: paper-c; examrunner commit --why takes them in before" in told
    assert "The day has begun" not in told


def test_everybody_examined_leaves_nothing_to_write(folder: Path, capsys: Captured) -> None:
    """Once all papers are known the list is empty, and that is said."""
    room = Room(folder)
    for who in ("ana", "chi", "eli"):
        room.decided(who, Verdict.PASS)
    room.desk.close()
    assert main(["bank", "todo", str(folder)]) == 0
    assert capsys.readouterr().out.startswith("small: no paper is still to be drawn")


def test_questions_to_look_at_again_are_named(folder: Path, capsys: Captured) -> None:
    """Those that everybody or nobody answered, with how many were asked."""
    shown = (Shown("a1", 3, Answers(asked=3, weak=3)), Shown("b2", 1))
    memory = Exposure((Used("spring", "0" * 64, questions=shown),))
    write_exposure(folder / "banks" / FILE, memory)
    assert main(["bank", "todo", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "2 questions in 2 banks were shown in earlier sessions." in told
    assert "  a1: nobody answered it, of 3 asked\n" in told
    assert "b2:" not in told


# --- carry-over ----------------------------------------------------------------------------


def test_carrying_over_says_what_it_did(folder: Path, tmp_path: Path, capsys: Captured) -> None:
    """How many files went, what is remembered, and that an open day is to be carried again."""
    room = Room(folder)
    room.decided("chi")
    room.desk.close()
    to = tmp_path / "next"
    assert main(["bank", "carry-over", str(folder), "--to", str(to)]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"2 files copied to {to}.\n")
    assert "exposure.yaml remembers 4 questions of small, with answers to 0 of them" in told
    assert "The day is not closed" in told
    (to / "paper-a.yaml").write_text("mine")
    assert main(["bank", "carry-over", str(folder), "--to", str(to), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["copied"], found["there_already"]) == ([], ["paper-b.yaml"])
    assert found["left_as_they_are"] == ["paper-a.yaml"]
    assert (to / "paper-a.yaml").read_text() == "mine"


def test_nothing_to_carry_is_refused(folder: Path, tmp_path: Path) -> None:
    """A session that nobody was examined in: exit 3, and no folder."""
    assert main(["bank", "carry-over", str(folder), "--to", str(tmp_path / "next")]) == 3
    assert not (tmp_path / "next").exists()


# --- what it costs -------------------------------------------------------------------------


def test_the_worklist_of_a_draft_loads_no_database_and_no_app(folder: Path) -> None:
    """Neither the app, the database nor figures in arrays are needed for it."""
    program = f"""
from examrunner.services.bank_todo import worklist
from pathlib import Path
worklist(Path({str(folder)!r}))
"""
    assert not loaded_by(program) & {"textual", "sqlalchemy", "numpy"}
