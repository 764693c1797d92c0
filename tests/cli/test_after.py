"""results and export, as they are typed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from examrunner.cli.output import Output
from examrunner.domain.exam.events import Verdict
from examrunner.main import main
from examrunner.services import day_acts
from examrunner.services.results import read_results
from tests.classes import GRADEBOOK, SETTINGS, examine, write_session
from tests.services.desks import Room, write_small

if TYPE_CHECKING:
    from pathlib import Path

Captured = pytest.CaptureFixture[str]


def typed(*words: object) -> int:
    """Run the program with these words."""
    return main([str(word) for word in words])


def data(capsys: Captured) -> Any:
    """Return what stands on stdout, which must be JSON and nothing else."""
    return json.loads(capsys.readouterr().out)


# --- results -------------------------------------------------------------------------------


def test_results_show_each_student_and_the_sums(session: Path, capsys: Captured) -> None:
    """The table has verdict, score and time; below stand the sums and the head of the record."""
    assert typed("results", session) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split()[:5] == ["Rivera,", "Ana", "done", "pass", "10"]
    assert lines[2].split()[:5] == ["Chi", "Okafor", "done", "fail", "0"]
    assert lines[3].split()[:4] == ["Eli", "Lane", "done", "edge"]
    assert "1 pass, 1 edge, 1 fail, 1 absent, 2 of 4 scores settled" in lines
    assert lines[-1].endswith(f"head {read_results(session).head[:12]}")


def test_two_of_a_name_are_shown_with_their_ids(tmp_path: Path, capsys: Captured) -> None:
    """Results and the difference say whose score is whose, also of `Lee, Kim` and `Kim Lee`."""
    roster = 'student_id,name\nk1,"Lee, Kim"\nk2,Kim Lee\nana,Ana\n'
    reviews = "student_id,paper\nk1,GPT\nk2,GPT\nana,GPT\n"
    folder = write_session(tmp_path / "small", roster=roster, reviews=reviews)
    examine(folder, {"k1": Verdict.PASS, "k2": Verdict.FAIL, "ana": None})
    assert typed("results", folder) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines[1:4]] == ["Lee, Kim (k1)", "Kim Lee (k2)", "Ana"]
    typed("export", "brightspace", folder, "--column", "Oral")
    shown = capsys.readouterr().out
    assert "Lee, Kim (k1)  -               10" in shown
    assert "Kim Lee (k2)   -               0" in shown


def test_verdicts_of_voided_attempts_stand_no_more(tmp_path: Path, capsys: Captured) -> None:
    """A voided pass is one void and no pass, as the app says; each attempt is counted once."""
    room = Room(folder := write_small(tmp_path))
    day_acts.void(room.desk, room.decided("ana"), "interrupted")
    room.decided("ana", Verdict.FAIL)
    day_acts.void(room.desk, room.decided("chi"), "other", again=False)
    room.leave()
    assert typed("results", folder) == 0
    told = capsys.readouterr().out
    assert "1 fail, 2 waiting, 2 void, 1 of 4 scores settled" in told


def test_results_of_a_draft(tmp_path: Path, capsys: Captured) -> None:
    """Before the first student everyone waits, and there is no record."""
    assert typed("results", write_session(tmp_path / "draft")) == 0
    said = capsys.readouterr().out
    assert "4 waiting, 0 of 4 scores settled" in said
    assert "record:" not in said


def test_results_as_data(session: Path, capsys: Captured) -> None:
    """With --json stdout is the record; an unsettled score is null and never zero."""
    assert typed("results", session, "--json") == 0
    found = data(capsys)
    assert [one["score"] for one in found["students"]] == [10, 0, None, None]
    assert found["head"] == read_results(session).head


def test_check_of_an_opened_session_says_what_counts(session: Path, capsys: Captured) -> None:
    """Once a session has been opened, its record counts and its files do not."""
    assert typed("check", session) == 0
    assert "its record counts" in capsys.readouterr().out
    with (session / "reviews.csv").open("a", encoding="utf-8") as file:
        file.write('"open')
    assert typed("check", session) == 1
    told = capsys.readouterr().out
    assert "its record counts" in told
    assert "cannot begin" not in told


def test_plan_of_an_opened_session_is_the_record_s(session: Path, capsys: Captured) -> None:
    """Other minutes in a file change no plan of a day that has begun, and it says why."""
    (session / "session.yaml").write_text(f"{SETTINGS}  minutes: 9\n", encoding="utf-8")
    assert typed("plan", session) == 0
    said = capsys.readouterr().out
    assert "4 attempts of 5:00" in said
    assert "its record counts" in said


@pytest.mark.parametrize("name", ["roster.csv", "session.yaml"])
def test_broken_files_do_not_stop_a_day_that_has_begun(
    session: Path, capsys: Captured, name: str
) -> None:
    """`check` names what is wrong with them and does not say that the day cannot begin."""
    (session / name).write_text("[name\n", encoding="utf-8")
    assert typed("check", session) == 1
    said = capsys.readouterr().out
    assert "cannot begin" not in said
    assert "its record counts" in said


# --- export --------------------------------------------------------------------------------


def test_export_csv_writes_a_new_file(session: Path, tmp_path: Path, capsys: Captured) -> None:
    """The table is written where it is asked for, and a second time refused."""
    out = tmp_path / "scores.csv"
    assert typed("export", "csv", session, "--out", out) == 0
    assert "4 students, 2 settled scores" in capsys.readouterr().out
    before = out.read_bytes()
    assert typed("export", "csv", session, "--out", out) == 3
    assert out.read_bytes() == before


def test_export_csv_finds_a_name_itself(session: Path, capsys: Captured) -> None:
    """Without --out a new file stands in the session's own folder exports."""
    assert typed("export", "csv", session, "--json") == 0
    file = data(capsys)["written"]["file"]
    assert file.startswith(str(session / "exports" / "csv-"))


def test_export_of_a_draft_is_refused(tmp_path: Path, capsys: Captured) -> None:
    """Where nothing was examined there is nothing to export: exit code 3."""
    assert typed("export", "csv", write_session(tmp_path / "draft")) == 3
    assert "Nothing has been examined yet" in capsys.readouterr().err


def test_canvas_is_shown_and_refused_without_a_person(
    session: Path, gradebook: Path, tmp_path: Path, capsys: Captured
) -> None:
    """Without a terminal and without --yes the difference is shown and nothing is written."""
    out = tmp_path / "up.csv"
    assert typed("export", "canvas", session, "--into", gradebook, "--out", out) == 3
    said = capsys.readouterr()
    assert "Rivera, Ana  -          10" in said.out
    assert "Eli Lane    edge: to be decided in a second look" in said.out
    assert "--yes" in said.err
    assert not out.exists()


def test_canvas_with_yes_is_written(
    session: Path, gradebook: Path, tmp_path: Path, capsys: Captured
) -> None:
    """--yes skips the question; scores that Canvas has otherwise are still held back."""
    out = tmp_path / "up.csv"
    assert typed("export", "canvas", session, "--into", gradebook, "--out", out, "--yes") == 0
    assert "1 score." in capsys.readouterr().out
    assert out.read_text(encoding="utf-8").splitlines()[2:] == ['"Rivera, Ana",101,,ana,CS 1,10']


def test_canvas_with_force_overwrites(session: Path, gradebook: Path, tmp_path: Path) -> None:
    """--force puts the differing score into the file too."""
    out = tmp_path / "up.csv"
    words = ["export", "canvas", session, "--into", gradebook, "--out", out, "--yes", "--force"]
    assert typed(*words) == 0
    assert len(out.read_text(encoding="utf-8").splitlines()) == 4


@pytest.mark.parametrize(("answer", "written"), [("y", True), ("", False), ("no", False)])
def test_a_person_is_asked_once(
    session: Path,
    gradebook: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    answer: str,
    written: bool,
) -> None:
    """Only a yes writes; a no is no failure."""
    answers = [answer]
    monkeypatch.setattr(Output, "is_terminal", lambda _: True)
    monkeypatch.setattr("builtins.input", lambda _: answers.pop(0))
    out = tmp_path / "up.csv"
    assert typed("export", "canvas", session, "--into", gradebook, "--out", out) == 0
    assert out.exists() is written
    assert answers == []


def test_canvas_as_data_is_one_document(
    session: Path, gradebook: Path, tmp_path: Path, capsys: Captured
) -> None:
    """With --json plan and refusal are one document; with --yes so are plan and file."""
    words = ["export", "canvas", session, "--into", gradebook, "--json"]
    assert typed(*words) == 3
    shown = data(capsys)
    assert shown["ok"] is False
    assert shown["written"] is None
    assert shown["changes"] == [{"student": "ana", "old": "", "new": "10"}]
    assert shown["problems"][-1]["rule"] == "refused"
    assert typed(*words, "--yes", "--out", tmp_path / "up.csv") == 0
    done = data(capsys)
    assert done["ok"] is True
    assert done["written"]["scores"] == 1


def test_a_column_that_canvas_drops_is_an_error(
    session: Path, gradebook: Path, capsys: Captured
) -> None:
    """A refused column gives exit code 1 and says why."""
    words = ["--column", "Oral exam Final Score", "--yes"]
    assert typed("export", "canvas", session, "--into", gradebook, *words) == 1
    assert "Canvas drops it without a word" in capsys.readouterr().out


def test_only_overwrites_are_refused_with_a_way_out(
    session: Path, gradebook: Path, capsys: Captured
) -> None:
    """Where every score would overwrite another, nothing is written unless forced."""
    gradebook.write_text(GRADEBOOK.replace("3.00,,1", "3.00,7.00,1"), encoding="utf-8")
    assert typed("export", "canvas", session, "--into", gradebook, "--yes") == 3
    assert "--force overwrites them" in capsys.readouterr().err
