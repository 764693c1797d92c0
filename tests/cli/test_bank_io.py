"""bank export and bank import, as they are typed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from examrunner.main import main

if TYPE_CHECKING:
    from pathlib import Path

Captured = pytest.CaptureFixture[str]
BANK = "reading: bert\ngist: G\nquestions:\n  - {kind: core, say: Why?, look_for: [{must: x}]}\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with one bank."""
    (tmp_path / "bert.yaml").write_text(BANK)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_export_says_what_is_lost(place: Path, capsys: Captured) -> None:
    """In words, and as data that stand alone on stdout."""
    assert main(["bank", "export", "bert", "--form", "gift"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("1 question in bert.gift.txt.\nGIFT has no place for:\n")
    assert "  - points to look for (1 question)\n" in text
    assert "  - the gist (1 bank)\n" in text
    assert main(["bank", "export", "bert", "--form", "moodle", "--out", "m.xml", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["ok"], data["written"], data["questions"]) == (True, "m.xml", 1)
    assert data["lost"] == [{"field": "gist", "words": "the gist", "banks": 1}]
    assert main(["bank", "export", "bert", "--form", "html"]) == 0
    assert "nothing takes it in again" in capsys.readouterr().out


def test_exit_codes_tell_what_went_wrong(place: Path, capsys: Captured) -> None:
    """2 for an unknown bank or format, 3 for a file that is there, 1 for one that is none."""
    (place / "q.csv").write_text("kind\ncore\n")
    (place / "q.dat").write_text("x")
    assert main(["bank", "export", "./gpt.yaml", "--form", "gift"]) == 2
    assert main(["bank", "export", "bert", "--form", "gift", "--out", "q.csv"]) == 3
    assert main(["bank", "import", "q.csv", "--reading", "bert"]) == 3
    assert main(["bank", "import", "q.csv", "--reading", "gpt"]) == 1
    assert main(["bank", "import", "q.csv"]) == 2
    assert main(["bank", "import", "q.dat", "--reading", "gpt"]) == 2
    assert main(["bank", "import", "none.xml", "--reading", "gpt"]) == 1
    assert "Traceback" not in capsys.readouterr().err
    assert sorted(path.name for path in place.iterdir()) == ["bert.yaml", "q.csv", "q.dat"]


def test_an_import_names_what_stayed_behind(place: Path, capsys: Captured) -> None:
    """Every skipped question with its kind and line; nothing of a hostile name is shown."""
    (place / "q.gift").write_text("::a::Why?{}\n\n::b\x1b[31m::True?{T}\n")
    assert main(["bank", "import", "q.gift", "--reading", "gpt", "--kind", "detail"]) == 0
    text = capsys.readouterr().out
    assert "1 question from GIFT in gpt.yaml; all of them are drafts.\n" in text
    assert "1 question stayed behind:\n  - b\u241b[31m: true or false (line 3)\n" in text
    assert "\x1b" not in text
    assert "kind: detail" in (place / "gpt.yaml").read_text()
    assert main(["bank", "import", "q.gift", "--reading", "other", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["written"], data["questions"]) == ("other.yaml", ["a"])
    assert data["skipped"] == [{"name": "b\u241b[31m", "why": "true or false", "line": 3}]


def test_readings_are_proposed_beside_the_course(place: Path, capsys: Captured) -> None:
    """What is known or alike is named; BibTeX makes no bank."""
    (place / "course.yaml").write_text(
        "id: c\nreadings: [{id: bert, title: A Title of Many Words 1}]\n"
    )
    (place / "r.bib").write_text(
        "@misc{a, title={A title of many words 1}}\n@misc{b, title={A Title of Many Words 2}}\n"
    )
    assert main(["bank", "import", "r.bib", "--reading", "x"]) == 2
    capsys.readouterr()
    assert main(["bank", "import", "r.bib"]) == 0
    text = capsys.readouterr().out
    assert "1 reading in r-readings.yaml; compared with course.yaml.\n" in text
    assert "- a and bert: the same title; left out\n" in text
    assert "- b and bert: alike; kept, decide yourself\n" in text
    (place / "r-readings.yaml").unlink()
    assert main(["bank", "import", "r.bib", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["new"] == [{"id": "b", "title": "A Title of Many Words 2"}]
    assert [one["why"] for one in data["known"]] == ["title"]
