"""`import roster` as it is typed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from examrunner.cli.output import Output
from examrunner.main import main
from tests.services.desks import ROSTER, Room, write_small
from tests.storage.workbooks import xlsx

if TYPE_CHECKING:
    from pathlib import Path

Captured = pytest.CaptureFixture[str]
LIST = "student_id,name,email\nana,Ana Rivera,ana@x.edu\nchi,Chi,\nkim,Kim,\n"


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """Return a session that nobody has opened."""
    return write_small(tmp_path)


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """Return a class list in which one student is new, two are gone and one has changed."""
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


def words(draft: Path, listed: Path, *options: str) -> list[str]:
    """Return the command line of an import."""
    return ["import", "roster", str(listed), "--session", str(draft), *options]


def data(capsys: Captured, *typed: str) -> dict[str, Any]:
    """Run a command with --json and return what stdout held."""
    main([*typed, "--json"])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def roster(draft: Path) -> str:
    """Return roster.csv."""
    return (draft / "roster.csv").read_text(encoding="utf-8")


def test_the_difference_is_shown_in_words(draft: Path, listed: Path, capsys: Captured) -> None:
    """A preview names what was recognised, who is new, gone and changed, and writes nothing."""
    assert main(words(draft, listed, "--preview")) == 0
    told = capsys.readouterr().out
    assert "list.csv: a class list, 3 students." in told
    assert "new        Kim (kim)" in told
    assert "gone       Zoe (zoe)" in told
    assert "changed    Ana (ana): name Ana → Ana Rivera, email nothing → ana@x.edu" in told
    assert "unchanged  1 student" in told
    assert "Nothing was written." in told
    assert roster(draft) == ROSTER


def test_nobody_to_ask_means_refused(draft: Path, listed: Path, capsys: Captured) -> None:
    """Without a terminal and without --yes nothing is written, and the way out is told."""
    assert main(words(draft, listed)) == 3
    assert "--yes" in capsys.readouterr().err
    assert roster(draft) == ROSTER


def test_a_person_is_asked(
    draft: Path, listed: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal the answer decides."""
    monkeypatch.setattr(Output, "is_terminal", staticmethod(lambda: True))
    monkeypatch.setattr("builtins.input", lambda _: "n")
    assert main(words(draft, listed)) == 0
    assert roster(draft) == ROSTER
    monkeypatch.setattr("builtins.input", lambda _: "y")
    assert main(words(draft, listed)) == 0
    assert "kim,Kim" in roster(draft)
    assert "the old one is kept as" in capsys.readouterr().out


def test_all_of_it_as_data(draft: Path, listed: Path, capsys: Captured) -> None:
    """--json holds the difference and what became of it."""
    before = data(capsys, *words(draft, listed, "--preview"))
    assert (before["students"], before["added"], before["gone"]) == (3, ["kim"], ["eli", "zoe"])
    assert before["changed"] == [
        {
            "student": "ana",
            "fields": {"name": ["Ana", "Ana Rivera"], "email": ["", "ana@x.edu"]},
        }
    ]
    assert (before["written"], before["kept"], before["phase"]) == (False, None, "draft")
    assert [one["rule"] for one in before["problems"]] == ["unknown-student"]
    after = data(capsys, *words(draft, listed, "--yes"))
    assert (after["ok"], after["written"], after["taken"]) == (True, True, 0)
    assert after["kept"].startswith(str(draft / "backups" / "roster-"))
    again = data(capsys, *words(draft, listed))
    assert (again["added"], again["unchanged"], again["written"]) == ([], 3, False)


def test_problems_have_rows_and_fail(draft: Path, listed: Path, capsys: Captured) -> None:
    """A list with an error exits with 1; data and words name file and row."""
    listed.write_text(f"{LIST}ana,Another,\n", encoding="utf-8")
    assert main(words(draft, listed, "--yes")) == 1
    assert f"{listed}:5: error: the id ana stands on lines 2 and 5" in capsys.readouterr().err
    found = data(capsys, *words(draft, listed, "--yes"))
    assert (found["ok"], found["problems"][0]["line"]) == (False, 5)
    assert roster(draft) == ROSTER


def test_a_committed_session_is_told_to_commit_again(
    draft: Path, listed: Path, capsys: Captured
) -> None:
    """The file is written, the record stays, and the command that takes it in works as told."""
    assert main(["commit", str(draft)]) == 0
    capsys.readouterr()
    assert main(words(draft, listed, "--yes")) == 0
    told = capsys.readouterr().out
    assert f"examrunner commit {draft} --why import-error" in told
    assert data(capsys, "commit", str(draft))["without_papers"] == 1
    assert data(capsys, "commit", str(draft), "--why", "import-error")["without_papers"] == 1
    assert data(capsys, "update", str(draft), "--preview")["new"] == []


def test_a_day_that_has_begun_takes_it_into_the_record(
    draft: Path, listed: Path, capsys: Captured
) -> None:
    """The record's difference is shown, taken in as events, and then there is none."""
    data(capsys, "draw", str(draft), "--all", "--yes")
    assert main(words(draft, listed, "--yes")) == 0
    told = capsys.readouterr().out
    assert "Against the record of the day that has begun:" in told
    assert "details  Ana: name, email" in told
    assert "2 changes taken into the record" in told
    left = data(capsys, "update", str(draft), "--preview")
    assert (left["new"], left["changed"], left["gone"]) == ([], [], ["eli", "zoe"])


def test_what_the_record_lacks_is_taken_in_though_the_file_says_it(
    draft: Path, listed: Path, capsys: Captured
) -> None:
    """A list imported after the commit and before the day begins can be imported again."""
    data(capsys, "commit", str(draft))
    assert data(capsys, *words(draft, listed, "--yes"))["written"]
    data(capsys, "draw", str(draft), "--all", "--yes")
    seen = data(capsys, *words(draft, listed, "--preview"))
    assert (seen["written"], seen["taken"]) == (False, 0)
    assert [one["student"] for one in seen["record"]["changed"]] == ["ana"]
    again = data(capsys, *words(draft, listed, "--yes"))
    assert (again["written"], again["taken"], again["record"]["new"]) == (False, 2, ["kim"])
    last = data(capsys, *words(draft, listed, "--yes"))
    assert (last["taken"], last["record"]["new"], last["record"]["changed"]) == (0, [], [])


def test_a_preview_on_an_open_day_shows_the_record(
    draft: Path, listed: Path, capsys: Captured
) -> None:
    """What would be taken in is shown before anything is written."""
    data(capsys, "draw", str(draft), "--all", "--yes")
    assert main(words(draft, listed, "--preview")) == 0
    told = capsys.readouterr().out
    assert "Against the record of the day that has begun:" in told
    assert "details  Ana: name, email" in told
    assert "Nothing was written." in told
    assert roster(draft) == ROSTER


def test_while_the_app_has_it_open_it_is_refused(
    draft: Path, listed: Path, capsys: Captured
) -> None:
    """Before and after the day has begun, the words say where to go on."""
    room = Room(draft)
    assert main(words(draft, listed, "--yes")) == 3
    assert "Close it there first" in capsys.readouterr().err
    room.decided("ana")
    assert main(words(draft, listed, "--yes")) == 3
    assert "open already" in capsys.readouterr().err
    assert main(words(draft, listed, "--preview")) == 0
    assert "Not compared with the record" in capsys.readouterr().out
    room.leave()
    assert roster(draft) == ROSTER


def test_a_sheet_can_be_named(draft: Path, tmp_path: Path, capsys: Captured) -> None:
    """Of a workbook the sheet that is named counts, and the words say which it was."""
    path = tmp_path / "class.xlsx"
    rows = [line.split(",") for line in LIST.splitlines()]
    path.write_bytes(xlsx({"A": rows, "B": rows[:2]}))
    assert main(words(draft, path, "--preview", "--sheet", "B")) == 0
    assert "class.xlsx: a class list, sheet B, 1 student." in capsys.readouterr().out


def test_long_lists_are_cut_short_in_words(draft: Path, listed: Path, capsys: Captured) -> None:
    """A whole new class is not poured over the screen; data name everyone."""
    rows = "".join(f"s{number},Student {number}\n" for number in range(100))
    listed.write_text(f"student_id,name\n{rows}", encoding="utf-8")
    assert main(words(draft, listed, "--preview")) == 0
    assert "new        and 60 more" in capsys.readouterr().out
    assert len(data(capsys, *words(draft, listed, "--preview"))["added"]) == 100


def test_names_are_harmless_on_the_terminal(draft: Path, listed: Path, capsys: Captured) -> None:
    """Markup in a name is shown as it stands; a control character is refused with its row."""
    listed.write_text("student_id,name\nana,[red]<b>Ana</b>\n", encoding="utf-8")
    assert main(words(draft, listed, "--preview")) == 0
    assert "Ana → [red]<b>Ana</b>" in capsys.readouterr().out
    listed.write_text("student_id,name\nana,A\x1b[31mna\n", encoding="utf-8")
    assert main(words(draft, listed, "--yes")) == 1
    assert "\x1b" not in capsys.readouterr().err


def test_a_new_session_takes_the_same_files(tmp_path: Path, capsys: Captured) -> None:
    """`new` reads every kind of class list, and says which it was."""
    path = tmp_path / "class.xlsx"
    rows = [["First Name", "Last Name", "SID", "Email", "Sections"]]
    path.write_bytes(xlsx({"S": [*rows, ["Ana", "Rivera", 303, "ana@x.edu", "A"]]}))
    reviews = tmp_path / "reviews.csv"
    reviews.write_text("email,paper\nana@x.edu,Paper A\n", encoding="utf-8")
    typed = ["new", str(tmp_path / "made"), "--roster", str(path), "--reviews", str(reviews)]
    assert main(typed) == 0
    assert "roster   a Gradescope file, 1 student" in capsys.readouterr().out
    assert roster(tmp_path / "made").splitlines()[1].startswith("303,")
