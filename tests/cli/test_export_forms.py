"""export in each of its forms, as it is typed."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from examrunner.main import main
from examrunner.services.results import read_results
from examrunner.storage.database.ledger import Ledger
from tests.classes import VERDICTS, examine, write_session
from tests.cli.hearing import heard
from tests.lms.test_blackboard_trips import download
from tests.lms.test_brightspace_trips import MADE as BRIGHTSPACE
from tests.lms.test_moodle_trips import MADE as MOODLE
from tests.lms.test_oneroster_trips import write as write_set

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
def sources(tmp_path: Path) -> dict[str, list[object]]:
    """Return for each form the words that name what it starts from."""
    (tmp_path / "m.csv").write_text(MOODLE, encoding="utf-8")
    (tmp_path / "d.csv").write_text(BRIGHTSPACE.format(most=10), encoding="utf-8")
    (tmp_path / "l.xls").write_bytes(download("\t", "utf-16"))
    roster = write_set(tmp_path / "set")
    return {
        "moodle": ["--into", tmp_path / "m.csv"],
        "brightspace": ["--from", tmp_path / "d.csv"],
        "blackboard": ["--into", tmp_path / "l.xls"],
        "oneroster": ["--into", roster, "--column", "Oral"],
    }


FORMS = ("moodle", "brightspace", "blackboard", "oneroster")


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_shown_written_and_recorded(
    session: Path, sources: dict[str, list[object]], capsys: Captured, form: str
) -> None:
    """The difference comes first; with --yes the file is written below exports and recorded."""
    words = ["export", form, session, *sources[form]]
    assert typed(*words) == 3
    said = capsys.readouterr()
    assert "Rivera, Ana" in said.out
    assert "edge: to be decided in a second look" in said.out
    assert "--yes" in said.err
    assert not list(session.glob("exports/*"))
    assert typed(*words, "--yes", "--json") == 0
    found = data(capsys)
    assert found["form"] == form
    assert found["written"]["file"].startswith(str(session / "exports" / f"{form}-"))
    with Ledger.open(session / "exam.db", "small", create=False) as ledger:
        last = ledger.events()[-1]
    assert (last.kind, last.what.form) == ("exported", form)  # type: ignore[union-attr]


@pytest.mark.parametrize("form", FORMS[:3])
def test_the_difference_as_data(
    session: Path, sources: dict[str, list[object]], capsys: Captured, form: str
) -> None:
    """Old and new, held back, left out and why, and who is nobody's, all stand in --json."""
    assert typed("export", form, session, *sources[form], "--json") == 3
    found = data(capsys)
    assert [(one["student"], one["new"]) for one in found["changes"]] == [("ana", "10")]
    (held,) = found["held_back"]
    assert (held["student"], held["new"]) == ("chi", "0")
    assert {one["student"] for one in found["left_out"]} == {"chi", "eli", "zoe"}
    assert found["not_in_class"] == (["Stranger, Sam"] if form == "moodle" else [])
    assert found["not_in_file"] == []
    assert found["written"] is None


@pytest.mark.parametrize("form", ["moodle", "brightspace"])
def test_without_a_file_the_item_is_named(
    session: Path, tmp_path: Path, capsys: Captured, form: str
) -> None:
    """The class list alone is enough for these two, with the item's name."""
    assert typed("export", form, session, "--yes") == 2
    assert "What is the item called" in capsys.readouterr().err
    out = tmp_path / "up.csv"
    assert typed("export", form, session, "--column", "Oral", "--yes", "--out", out) == 0
    assert "10" in out.read_text(encoding="utf-8").splitlines()[1]


@pytest.mark.parametrize("form", ["canvas", "blackboard", "oneroster"])
def test_the_others_need_a_file(session: Path, capsys: Captured, form: str) -> None:
    """Without --into these forms are wrongly used."""
    assert typed("export", form, session, "--yes") == 2
    assert "--into" in capsys.readouterr().err


def test_a_workbook(session: Path, tmp_path: Path, capsys: Captured) -> None:
    """`xlsx` writes a workbook, and never a second time over it."""
    out = tmp_path / "scores.xlsx"
    assert typed("export", "xlsx", session, "--out", out) == 0
    assert "4 students, 2 settled scores" in capsys.readouterr().out
    before = out.read_bytes()
    assert zipfile.is_zipfile(out)
    assert typed("export", "xlsx", session, "--out", out) == 3
    assert out.read_bytes() == before


@pytest.mark.parametrize("notes", [False, True])
def test_results_as_a_file_of_data(session: Path, tmp_path: Path, *, notes: bool) -> None:
    """`json` says what its fields mean; an examiner's own words are in it only when asked for."""
    out = tmp_path / "results.json"
    more = ["--with-notes"] if notes else []
    assert typed("export", "json", session, "--out", out, *more) == 0
    text = out.read_text(encoding="utf-8")
    found = json.loads(text)
    assert found["format"] == "examrunner-results/1"
    assert "never zero" in found["about"]["score"]
    assert [one["score"] for one in found["students"]] == [10, 0, None, None]
    assert found["head"] in {one for one in text.split('"') if len(one) == 64}
    assert ("private" in text) is notes


def test_the_absent_get_what_is_asked_for(session: Path, tmp_path: Path, gradebook: Path) -> None:
    """--absent counts for one file, whatever the session says; nobody else's cell changes."""
    for rule, rows in (("blank", 1), ("zero", 2), ("excused", 2)):
        out = tmp_path / f"{rule}.csv"
        words = ["export", "canvas", session, "--into", gradebook, "--yes", "--out", out]
        assert typed(*words, "--absent", rule) == 0
        lines = out.read_text(encoding="utf-8").splitlines()[2:]
        assert len(lines) == rows
        zoe = [line.rpartition(",")[2] for line in lines if "Zoë" in line]
        assert zoe == {"blank": [], "zero": ["0"], "excused": ["EX"]}[rule]


def test_an_edge_is_no_score_in_any_form(
    session: Path, sources: dict[str, list[object]], tmp_path: Path
) -> None:
    """Eli's edge waits for a second look, so that no file holds anything about Eli's points."""
    for form in FORMS[:3]:
        out = tmp_path / f"{form}.out"
        assert typed("export", form, session, *sources[form], "--yes", "--out", out) == 0
        text = out.read_bytes()
        assert b"eli" not in text
        assert "eli".encode("utf-16-le") not in text
    assert read_results(session).results[2].score is None


def test_an_export_says_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading the record and each part of the rows are told to whoever looks on."""
    folder = write_session(tmp_path / "small")
    examine(folder, VERDICTS)
    told = heard(monkeypatch)
    assert typed("export", "csv", folder) == 0
    assert told == [("reading the record", None), (f"row 0 of {len(VERDICTS)}", 0.0)]
