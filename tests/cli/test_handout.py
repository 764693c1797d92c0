"""handout and window, as they are typed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from examrunner import main as program
from examrunner.cli.output import Output
from examrunner.main import main
from tests.classes import write_session

if TYPE_CHECKING:
    from pathlib import Path

    from examrunner.services.ports import Way

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """Return a session that nobody has opened."""
    return write_session(tmp_path / "small")


def test_the_handout_is_text(draft: Path, capsys: Captured) -> None:
    """Sections, then a practice question with its points; the session is left as it was."""
    before = sorted(path.name for path in draft.iterdir())
    assert main(["handout", str(draft)]) == 0
    text = capsys.readouterr().out
    assert "FORMAT AND TIME" in text
    assert "You have 5 minutes." in text
    assert text.index("IF YOU DISAGREE") < text.index("A PRACTICE QUESTION")
    assert "(needed)" in text
    assert sorted(path.name for path in draft.iterdir()) == before


def test_the_handout_as_data_says_the_same(draft: Path, capsys: Captured) -> None:
    """Every sentence of the text is in the data, which stand alone on stdout."""
    assert main(["handout", str(draft)]) == 0
    text = capsys.readouterr().out
    assert main(["handout", str(draft), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["ok"] is True
    assert data["written"] is None
    for section in data["sections"]:
        assert all(words in text for words in section["words"])
    assert data["practice"]["say"] in text
    assert all(point["text"] in text for point in data["practice"]["points"])


def test_the_page_is_a_new_file(draft: Path, tmp_path: Path, capsys: Captured) -> None:
    """--html writes one page and says where; a file that is there is not overwritten."""
    page = tmp_path / "handout.html"
    assert main(["handout", str(draft), "--html", str(page)]) == 0
    assert str(page) in capsys.readouterr().out
    html = page.read_bytes()
    assert html.startswith(b"<!DOCTYPE html>")
    assert b"You have 5 minutes." in html
    assert main(["handout", str(draft), "--html", str(page), "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["ok"] is False
    assert page.read_bytes() == html


def test_a_handout_of_an_examined_session(session: Path, capsys: Captured) -> None:
    """After the day it can still be printed, from the record."""
    assert main(["handout", str(session)]) == 0
    assert "You have 5 minutes." in capsys.readouterr().out


def test_the_window_is_a_way_to_open(draft: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`window` starts the app to show only; without a terminal it is refused."""
    caught: list[Way] = []

    def open_session(_folder: Path, way: Way) -> int:
        caught.append(way)
        return 0

    monkeypatch.setattr(program, "_open_session", open_session)
    monkeypatch.setattr(Output, "is_terminal", lambda _: False)
    assert main(["window", str(draft)]) == 4
    monkeypatch.setattr(Output, "is_terminal", lambda _: True)
    assert main(["window", str(draft)]) == 0
    assert [way.window for way in caught] == [True]
    assert main(["window", str(draft / "none")]) == 2
