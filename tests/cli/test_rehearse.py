"""The command rehearse, as words, as data and as the app."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from examrunner import main as program
from examrunner.cli.output import Output
from examrunner.main import main
from examrunner.services.troubles import Troubles

if TYPE_CHECKING:
    from pathlib import Path

    from examrunner.services.ports import Way

Captured = pytest.CaptureFixture[str]


def test_a_day_by_itself_is_told(session: Path, tmp_path: Path, capsys: Captured) -> None:
    """Words and data tell the same day; without --to nothing of it stays."""
    beside = set(tmp_path.iterdir())
    assert main(["rehearse", str(session), "--auto", "--seed", "3"]) == 0
    words = capsys.readouterr().out
    assert main(["rehearse", str(session), "--auto", "--seed", "3", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["ok"] is True
    assert data["kept"] is False
    assert f"{data['students']} students, {data['decided']} with a verdict" in words
    assert set(tmp_path.iterdir()) == beside


def test_a_kept_day_can_be_looked_at(
    session: Path, gradebook: Path, tmp_path: Path, capsys: Captured
) -> None:
    """With --to results and exports work on it, and say that its scores are made up."""
    kept = str(tmp_path / "kept")
    assert main(["results", str(session), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rehearsal"] is False
    assert main(["rehearse", str(session), "--auto", "--to", kept]) == 0
    assert main(["results", kept]) == 0
    assert "rehearsal: nobody was examined" in capsys.readouterr().out
    assert main(["results", kept, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rehearsal"] is True
    upload = ["export", "canvas", kept, "--into", str(gradebook), "--out", str(tmp_path / "up.csv")]
    assert main([*upload, "--yes"]) == 0
    assert "this is a rehearsal: its scores are made up" in capsys.readouterr().out
    assert main(["export", "csv", kept, "--out", str(tmp_path / "scores.csv")]) == 0
    assert main(["rehearse", str(session), "--auto", "--to", kept]) == 3
    assert "not empty" in capsys.readouterr().err


def test_by_hand_the_app_opens_on_a_copy(
    session: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """The app gets a fresh copy without a record, and the speed; a wrong speed is told."""
    caught: list[tuple[Path, Way, set[str]]] = []

    def open_session(folder: Path, way: Way) -> int:
        caught.append((folder, way, {path.name for path in folder.iterdir()}))
        return 0

    monkeypatch.setattr(Output, "is_terminal", lambda _: True)
    monkeypatch.setattr(program, "_open_session", open_session)
    assert main(["rehearse", str(session), "--speed", "10"]) == 0
    (folder, way, names) = caught[0]
    assert way.speed == 10
    assert way.troubles == Troubles()
    assert names == {"session.yaml", "roster.csv", "reviews.csv"}
    assert not folder.exists()
    assert main(["rehearse", str(session), "--speed", "100"]) == 2


def test_troubles_are_for_a_rehearsal_by_hand(session: Path, capsys: Captured) -> None:
    """With --auto they are refused, and so are unknown ones; nothing is opened."""
    assert main(["rehearse", str(session), "--auto", "--with", "crash"]) == 2
    assert "by hand" in capsys.readouterr().err
    assert main(["rehearse", str(session), "--with", "flood"]) == 2
    assert "no-show, latecomer, crash" in capsys.readouterr().err
