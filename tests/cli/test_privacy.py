"""forget and purge, as they are typed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from examrunner.cli.output import Output
from examrunner.main import main
from examrunner.services import forget
from tests.services.people import ZOE, emergency, examined, left_behind, strewn, written

if TYPE_CHECKING:
    from pathlib import Path

Captured = pytest.CaptureFixture[str]


def typed(*words: object) -> int:
    """Run the program with these words."""
    return main([str(word) for word in words])


def data(capsys: Captured) -> Any:
    """Return what stands on stdout, which must be JSON and nothing else."""
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a session in which everyone was examined, with all that is left behind."""
    return strewn(examined(tmp_path))


def everything(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder, but for the lock."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "exam.lock")
    return {str(path): path.read_bytes() for path in files}


def test_a_dry_run_shows_all_and_changes_nothing(folder: Path, capsys: Captured) -> None:
    """--dry-run names the student, counts notes and rows, lists files, and leaves every byte."""
    file = emergency(folder)
    before = everything(folder)
    assert typed("forget", folder, "Zoë Núñez", "--dry-run") == 0
    said = capsys.readouterr().out
    for words in (
        "Zoë Núñez, 0007700001, zoe.nunez@example.edu",
        "3 texts",
        "1 more about others",
        "reviews.csv: 2 rows",
        "roster.csv: 1 row deleted",
        f"deleted    {folder / 'kit' / 'sheets.html'}",
        f"deleted    {folder / 'photos' / 'zoe.jpg'}",
        f"notes out  {file}",
        "already uploaded",
        "under a key",
    ):
        assert words in said
    assert everything(folder) == before


def test_a_kit_in_the_folder_is_not_called_out_of_reach(folder: Path, capsys: Captured) -> None:
    """What is deleted does not stand among the exports that are beyond reach, too."""
    assert typed("kit", folder, "--blank", "--yes") == 0
    assert typed("export", "csv", folder, "--out", folder.parent / "out.csv") == 0
    capsys.readouterr()
    assert typed("forget", folder, "Zoë Núñez", "--dry-run") == 0
    said = capsys.readouterr().out
    assert "beyond     the export out.csv" in said
    assert "the export blank.html" not in said


def test_without_a_person_it_needs_yes(folder: Path, capsys: Captured) -> None:
    """Where nobody can answer nothing is deleted, and --yes is named; with it all goes."""
    assert typed("forget", folder, "0007700001") == 3
    assert "--yes" in capsys.readouterr().err
    assert left_behind(folder, ["Zoë Núñez"])
    assert typed("forget", folder, "0007700001", "--yes") == 0
    assert "Forgotten." in capsys.readouterr().out
    assert left_behind(folder, ZOE) == []


@pytest.mark.parametrize(("answer", "gone"), [("y", True), ("", False), ("no", False)])
def test_a_person_is_asked(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, answer: str, gone: bool
) -> None:
    """Only a yes deletes; a no is no failure."""
    monkeypatch.setattr(Output, "is_terminal", lambda _: True)
    monkeypatch.setattr("builtins.input", lambda _: answer)
    assert typed("forget", folder, "0007700001") == 0
    assert (left_behind(folder, ZOE) == []) is gone


def test_nobody_is_exit_code_1(folder: Path, capsys: Captured) -> None:
    """A second time, and for a wrong name, nobody is there: said on stderr."""
    typed("forget", folder, "0007700001", "--yes")
    capsys.readouterr()
    assert typed("forget", folder, "0007700001", "--yes") == 1
    assert "Nobody in this session" in capsys.readouterr().err


def test_as_data_it_is_one_document(folder: Path, capsys: Captured) -> None:
    """With --json plan, refusal and receipt are data."""
    assert typed("forget", folder, "0007700001", "--json") == 3
    refused = data(capsys)
    assert (refused["ok"], refused["done"], refused["problems"][0]["rule"]) == (
        False,
        None,
        "refused",
    )
    assert typed("forget", folder, "0007700001", "--json", "--yes") == 0
    done = data(capsys)
    assert done["ok"] is True
    assert done["plan"]["students"][0]["student_id"] == "0007700001"
    assert (done["plan"]["texts"], done["plan"]["mentions"]) == (3, 1)
    assert done["done"]["receipts"] == 1
    assert typed("results", folder, "--json") == 0
    assert data(capsys)["head"] == done["done"]["head"]


def test_what_was_interrupted_is_finished_first(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """The same command again brings an interrupted forgetting to its end, without asking."""
    monkeypatch.setattr(forget, "STEPS", (*forget.STEPS[:2], _fail))
    with pytest.raises(ZeroDivisionError):
        typed("forget", folder, "0007700001", "--yes")
    monkeypatch.undo()
    assert left_behind(folder, ["Zoë Núñez"])
    capsys.readouterr()
    assert typed("forget", folder, "0007700001") == 0
    assert "interrupted; it is done now" in capsys.readouterr().out
    assert left_behind(folder, ZOE) == []


def _fail(_: forget.Work) -> None:
    raise ZeroDivisionError


def test_hostile_words_are_shown_as_marks(folder: Path, capsys: Captured) -> None:
    """A name that is typed with control characters reaches the terminal as visible marks."""
    assert typed("forget", folder, "\x1b[31mZoë") == 1
    assert "\x1b" not in capsys.readouterr().err


# --- purge ---------------------------------------------------------------------------------


def test_purge_shows_asks_and_deletes(folder: Path, capsys: Captured) -> None:
    """Purge lists the sessions, needs a yes, and leaves results with stand-ins."""
    words = ["purge", folder.parent, "--before", "2025-01-01"]
    assert typed(*words) == 3
    assert f"{folder}  2024-12-13         3      8" in capsys.readouterr().out
    assert typed(*words, "--yes") == 0
    assert "everyone is forgotten, 3 receipts" in capsys.readouterr().out
    assert typed("results", folder) == 0
    assert capsys.readouterr().out.count("forgotten-s-") == 3
    assert typed(*words, "--yes") == 0
    assert "anybody left to forget" in capsys.readouterr().out


def test_purge_as_data(folder: Path, tmp_path: Path, capsys: Captured) -> None:
    """With --json sessions, receipts and what is left alone are data; a fault gives exit code 1."""
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "session.yaml").write_text("exam: [", encoding="utf-8")
    words = ["purge", tmp_path, "--before", "2025-01-01", "--json", "--yes"]
    assert typed(*words) == 1
    found = data(capsys)
    assert [one["session"] for one in found["left_alone"]] == [str(broken)]
    assert "\n" not in found["left_alone"][0]["why"]
    assert [(one["session"], one["receipts"]) for one in found["done"]] == [(str(folder), 3)]


def test_purge_wants_a_day(tmp_path: Path, capsys: Captured) -> None:
    """What is no day is wrong usage."""
    assert typed("purge", written(tmp_path), "--before", "last year") == 2
    assert "2024-12-31" in capsys.readouterr().err
