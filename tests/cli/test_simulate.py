"""simulate, as it is typed."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from examrunner.cli import simulate as command
from examrunner.cli.output import Output
from examrunner.main import main
from tests.bench.sessions import folder_of
from tests.classes import write_session
from tests.cli.hearing import heard

if TYPE_CHECKING:
    from pathlib import Path

Captured = pytest.CaptureFixture[str]
WIDTH = 80


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """Return a session of 20 students who reviewed the same 20 papers."""
    return folder_of(tmp_path, "twenty", 20)


def test_the_figures_are_a_table_with_bars(draft: Path, capsys: Captured) -> None:
    """One line for each spacing, the bars longest where the figure is; nothing is written."""
    before = sorted(path.name for path in draft.iterdir())
    assert main(["simulate", str(draft), "--spacing", "3"]) == 0
    lines = capsys.readouterr().out.splitlines()
    rows = [line for line in lines if line[:2].strip().isdigit() and "%" in line]
    assert [int(line.split()[0]) for line in rows] == [0, 3, 12, 19]
    used = [line.split("%", maxsplit=1)[0].count("█") for line in rows]
    guess = [line.split("%", maxsplit=1)[1].count("█") for line in rows]
    assert used == sorted(used, reverse=True)
    assert guess == sorted(guess)
    assert used[0] == command.BAR
    assert max(map(len, rows)) <= WIDTH
    assert any("h = 12" in line and "fewer repeats" in line for line in lines)
    assert sorted(path.name for path in draft.iterdir()) == before


def test_a_wide_table_still_fits(tmp_path: Path, capsys: Captured) -> None:
    """200 students, hundreds of repeats: a line has at most 80 columns."""
    large = folder_of(tmp_path, "large", 200)
    assert main(["simulate", str(large), "--sessions", "3", "--spacing", "150"]) == 0
    out = capsys.readouterr().out
    rows = [line for line in out.splitlines() if "%" in line]
    assert rows[-1].split()[0] == "150"
    assert max(map(len, rows)) <= WIDTH
    assert "--spacing 199 shows it" in out


def test_the_data_have_every_figure(draft: Path, capsys: Captured) -> None:
    """Stdout is data alone, with the fairness counts where they are asked for."""
    asked = ["simulate", str(draft), "--json", "--sessions", "40", "--seed", "7"]
    assert main(asked) == 0
    told = capsys.readouterr()
    data = json.loads(told.out)
    assert told.err == ""
    assert (data["ok"], data["students"], data["spacing"], data["seed"]) == (True, 20, 12, 7)
    assert [one["h"] for one in data["figures"]] == [0, 12, 19]
    assert data["figures"][0]["guess"] == pytest.approx(0.05)
    assert data["fairness"] is None
    assert main([*asked, "--fairness"]) == 0
    fairness = json.loads(capsys.readouterr().out)["fairness"]
    assert (fairness["sessions"], fairness["freedom"]) == (40, 380)
    for student in fairness["students"]:
        assert student["chance"] == [1, 20]
        assert sum(student["counts"].values()) == 40


def test_fairness_is_a_table_by_student(draft: Path, capsys: Captured) -> None:
    """Each student's exact chance stands beside the shares drawn, and the verdict below."""
    assert main(["simulate", str(draft), "--fairness", "--sessions", "2000"]) == 0
    out = capsys.readouterr().out
    assert out.count("1/20 = 5.00%") == 20
    assert "s01" in out
    assert "on 380 degrees of freedom" in out
    assert "as even as chance allows" in out


def test_single_papers_are_said_to_need_no_test(tmp_path: Path, capsys: Captured) -> None:
    """Where everybody has one paper there is nothing to deviate; others are left out in words."""
    reviews = "email,paper\nana@example.edu,One\nchi@example.edu,Two\n"
    folder = write_session(tmp_path / "small", reviews=reviews)
    assert main(["simulate", str(folder), "--fairness", "--sessions", "9"]) == 0
    out = capsys.readouterr().out
    assert "2 students without a paper to draw left out." in out
    assert "nothing to test" in out
    assert "1/1 = 100.00%" in out


@pytest.mark.parametrize(
    "wrong",
    [
        ["--sessions", "0"],
        ["--sessions", "1000001"],
        ["--sessions", "many"],
        ["--spacing", "-1"],
        ["--spacing", "9999999999999999999999"],
        ["--seed", "x"],
    ],
)
def test_a_wrong_number_is_one_message(draft: Path, wrong: list[str], capsys: Captured) -> None:
    """Numbers that make no sense are told of in one line, and nothing is simulated."""
    assert main(["simulate", str(draft), *wrong]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert wrong[0] in told.err
    assert "Traceback" not in told.err


def test_nobody_to_draw_for_is_one_message(tmp_path: Path, capsys: Captured) -> None:
    """Where nobody of the class reviewed, that gives exit code 1 and a way to find out why."""
    folder = write_session(tmp_path / "small", reviews="email,paper\nghost@example.edu,One\n")
    assert main(["simulate", str(folder)]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("There is nobody to draw for")


def test_a_simulation_says_how_far_it_is(
    draft: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """Whoever looks on is told of each part of the sessions; where nobody does, stderr is empty."""
    told = heard(monkeypatch)
    assert main(["simulate", str(draft), "--sessions", "30"]) == 0
    assert [part for words, part in told if words == "30 of 90 sessions"] == [30 / 90]
    assert told[-1] == ("90 of 90 sessions", 1.0)
    assert capsys.readouterr().err == ""


def test_passing_words_are_safe_and_taken_away_once(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """A pipe gets none of them, hidden characters show as marks, nothing shown is not cleared."""
    out = Output(as_json=False)
    out.passing("one")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    out.passing("")
    out.passing("two\x1b[2J")
    assert capsys.readouterr().err == "\r\x1b[Ktwo␛[2J"
