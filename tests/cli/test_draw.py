"""commit, slips, draw, update, reveal and verify, as they are typed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from examrunner.cli.output import Output
from examrunner.domain.plain import sha256
from examrunner.main import main
from tests.services.desks import REVIEWS, ROSTER, SETTINGS, write_small

if TYPE_CHECKING:
    from pathlib import Path

Captured = pytest.CaptureFixture[str]
DICE = f"{SETTINGS}draw: {{public: two dice}}\n"


def data(capsys: Captured, *words: str) -> dict[str, Any]:
    """Run a command with --json and return what stdout held."""
    main([*words, "--json"])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


# --- commit --------------------------------------------------------------------------------


def test_a_commit_prints_one_line_to_publish(draft: Path, capsys: Captured) -> None:
    """The line holds session, the hash of commit.json and the version; the secret is not shown."""
    assert main(["commit", str(draft)]) == 0
    out = capsys.readouterr().out
    hashed = sha256((draft / "commit.json").read_text(encoding="utf-8"))
    assert f"\nsmall draw {hashed} examrunner-draw/1\n" in out
    assert (draft / "secret.txt").read_text(encoding="ascii").strip() not in out
    assert "best guess" in out
    assert "1 student without a paper to draw not in it." in out


def test_a_commit_as_data_holds_the_figures(draft: Path, capsys: Captured) -> None:
    """--json has the line and one row of figures for each spacing looked at."""
    found = data(capsys, "commit", str(draft))
    assert found["line"].split()[2] == found["commit"]
    assert [one["h"] for one in found["figures"]] == sorted({0, found["spacing"], 2})
    assert (found["number"], found["why"], found["phase"]) == (1, None, "committed")


def test_committing_again_needs_a_reason(draft: Path, capsys: Captured) -> None:
    """Typed again it says the same line; with --why it makes another one and counts."""
    first = data(capsys, "commit", str(draft))
    assert data(capsys, "commit", str(draft))["line"] == first["line"]
    again = data(capsys, "commit", str(draft), "--why", "import-error", "--spacing", "0")
    assert (again["number"], again["why"], again["spacing"]) == (2, "import-error", 0)
    assert again["line"] != first["line"]
    assert main(["commit", str(draft), "--spacing", "1"]) == 3
    assert "--why" in capsys.readouterr().err


def test_the_spacing_chosen_stays(draft: Path, capsys: Captured) -> None:
    """Committed again the session keeps its spacing, until session.yaml or --spacing says another.

    A spacing beyond the widest means the widest, in what is said and in what is stored.
    """
    assert main(["commit", str(draft), "--spacing", "9999"]) == 0
    told = capsys.readouterr().out
    assert "This session has h = 2." in told
    assert "Committed with h = 2." in told
    assert data(capsys, "commit", str(draft), "--why", "late")["spacing"] == 2
    assert main(["commit", str(draft), "--why", "late"]) == 0
    assert "This session has h = 2." in capsys.readouterr().out
    (draft / "session.yaml").write_text(SETTINGS + "draw: {spacing: 1}\n", encoding="utf-8")
    assert data(capsys, "commit", str(draft), "--why", "late")["spacing"] == 1
    assert data(capsys, "commit", str(draft), "--why", "late", "--spacing", "0")["spacing"] == 0


def test_a_day_that_has_begun_is_not_committed_again(draft: Path, capsys: Captured) -> None:
    """The refusal comes before any table, and nothing promises that --why would help."""
    data(capsys, "draw", str(draft), "--all", "--yes")
    assert main(["commit", str(draft), "--why", "late"]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert "cannot be committed again" in told.err
    assert main(["commit", str(draft)]) == 0
    assert "--why" not in capsys.readouterr().out
    assert main(["commit", str(draft), "--spacing", "1"]) == 3
    assert "--why" not in capsys.readouterr().err


def test_check_does_not_call_a_committed_session_opened(draft: Path, capsys: Captured) -> None:
    """Its record counts from the commit on; the command that shows what the files have is named."""
    data(capsys, "commit", str(draft))
    (draft / "roster.csv").write_text(f"{ROSTER}kim,Kim\n", encoding="utf-8")
    assert main(["check", str(draft)]) == 0
    told = capsys.readouterr().out
    assert "The session is committed: its record counts" in told
    assert f"update {draft} --preview" in told
    assert main(["update", str(draft), "--preview"]) == 0
    assert "Kim" in capsys.readouterr().out


def test_a_session_with_errors_is_not_committed(draft: Path, capsys: Captured) -> None:
    """What check calls an error stops a commit, with its place."""
    (draft / "roster.csv").write_text(ROSTER + "ana,Another\n", encoding="utf-8")
    assert main(["commit", str(draft)]) == 1
    assert "roster.csv:6" in capsys.readouterr().err
    assert not (draft / "commit.json").exists()


def test_odd_spacings_are_refused(draft: Path, capsys: Captured) -> None:
    """A spacing is a number from 0 on, and a reason needs an earlier commit."""
    assert main(["commit", str(draft), "--spacing", "-1"]) == 2
    assert main(["commit", str(draft), "--why", "late"]) == 2
    assert not (draft / "commit.json").exists()
    capsys.readouterr()


# --- slips ---------------------------------------------------------------------------------


def test_who_gives_no_answer_commits_nothing(
    draft: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Enter keeps the spacing and commits; where the input ends (ctrl+d) nothing is done."""

    def ended(_: str) -> str:
        raise EOFError

    monkeypatch.setattr(Output, "is_terminal", lambda _: True)
    monkeypatch.setattr("builtins.input", ended)
    assert main(["commit", str(draft)]) == 3
    told = capsys.readouterr()
    assert "Nothing was committed." in told.err
    assert "Publish" not in told.out
    assert not (draft / "secret.txt").exists()


def test_slips_are_written_and_shown(draft: Path, capsys: Captured) -> None:
    """Without a name everyone's are written, with one the slip is shown and nothing written."""
    assert main(["slips", "ana", "--session", str(draft)]) == 0
    assert "Paper A" in capsys.readouterr().out
    assert not (draft / "exports").exists()
    assert main(["slips", "--session", str(draft)]) == 0
    assert "4 slips" in capsys.readouterr().out
    assert (draft / "exports" / "slips" / "slip-004.txt").exists()
    assert data(capsys, "slips", "--session", str(draft))["slips"][0]["student"] == "ana"
    assert main(["slips", "nobody", "--session", str(draft)]) == 2
    capsys.readouterr()


# --- draw and update -----------------------------------------------------------------------


def test_everyone_is_drawn_ahead(draft: Path, capsys: Captured) -> None:
    """With --all the day begins only when told so, and each student is drawn once."""
    assert main(["draw", str(draft), "--all"]) == 3
    assert "--yes" in capsys.readouterr().err
    assert not (draft / "exam.db").exists()
    assert data(capsys, "draw", str(draft), "--all", "--yes")["drawn"] == 3
    assert data(capsys, "draw", str(draft), "--all")["drawn"] == 0
    assert main(["draw", str(draft), "--all", "--public", "4"]) == 3
    capsys.readouterr()


def test_nobody_is_drawn_ahead_who_is_to_say_a_number(tmp_path: Path, capsys: Captured) -> None:
    """With spoken_number the handout promises a number in each draw: none is made without one."""
    folder = write_small(tmp_path, f"{SETTINGS}draw: {{spoken_number: true}}\n")
    assert main(["draw", str(folder), "--all", "--yes"]) == 3
    assert "number that the student says" in capsys.readouterr().err
    assert not (folder / "exam.db").exists()


def test_the_public_value_comes_with_the_draw(tmp_path: Path, capsys: Captured) -> None:
    """A session that names a source needs its value; it stands first in the log."""
    folder = write_small(tmp_path, DICE)
    assert main(["draw", str(folder), "--all", "--yes"]) == 3
    assert "two dice" in capsys.readouterr().err
    assert data(capsys, "draw", str(folder), "--all", "--yes", "--public", "4 2")["drawn"] == 3
    assert data(capsys, "explain", "ana", "--session", str(folder))["public"] == "4 2"


def test_late_students_are_taken_in(draft: Path, capsys: Captured) -> None:
    """Update shows the difference, takes it in once it is told to, and then there is none."""
    assert main(["update", str(draft)]) == 3
    data(capsys, "draw", str(draft), "--all", "--yes")
    (draft / "roster.csv").write_text(ROSTER.replace("Zoe", "Zoë") + "kim,Kim\n", encoding="utf-8")
    (draft / "reviews.csv").write_text(REVIEWS + "kim,Paper A,\nchi,Paper B,\n", encoding="utf-8")
    assert main(["update", str(draft)]) == 3
    told = capsys.readouterr()
    assert "new      Kim, 1 paper to draw from" in told.out
    assert "list     Chi: with paper-b; drawn already" in told.out
    assert "details  Zoe: name" in told.out
    preview = data(capsys, "update", str(draft), "--preview")
    assert (preview["new"], preview["taken"]) == (["kim"], 0)
    assert data(capsys, "update", str(draft), "--yes", "--why", "late")["taken"] == 2
    after = data(capsys, "update", str(draft), "--yes")
    assert (after["new"], after["changed"], after["taken"]) == ([], [], 0)


# --- the proof -----------------------------------------------------------------------------


def test_a_day_is_revealed_and_verified(over: Path, tmp_path: Path, capsys: Captured) -> None:
    """The folder verifies, and its figures are those that reveal told."""
    target = tmp_path / "proof"
    told = data(capsys, "reveal", str(over), "--to", str(target))
    assert sorted(told["files"]) == sorted(path.name for path in target.iterdir())
    found = data(capsys, "verify", str(target))
    assert (found["ok"], found["draws"], found["head"]) == (True, 1, told["head"])
    assert found["problems"] == []
    assert main(["verify", str(over)]) == 0
    assert "1 draw verified" in capsys.readouterr().out
    assert main(["reveal", str(over), "--to", str(tmp_path / "again"), "--publish"]) == 0
    assert "posted at the door" in capsys.readouterr().out


def test_a_changed_folder_does_not_verify(over: Path, tmp_path: Path, capsys: Captured) -> None:
    """What was changed is named with file and line, and the exit code is 1."""
    target = tmp_path / "proof"
    assert main(["reveal", str(over), "--to", str(target)]) == 0
    log = target / "log.jsonl"
    log.write_text(log.read_text(encoding="utf-8").replace('"a":1', '"a":2'), encoding="utf-8")
    capsys.readouterr()
    assert main(["verify", str(target)]) == 1
    told = capsys.readouterr().out
    assert "log.jsonl:2: " in told
    assert "NOT VERIFIED" in told


def test_a_published_line_and_a_receipt_are_compared(over: Path, capsys: Captured) -> None:
    """The student's own evidence counts: the line from before the day, the head of a receipt."""
    line = data(capsys, "commit", str(over))["line"]
    receipt = data(capsys, "explain", "ana", "--session", str(over))["attempts"][0]["receipt"]
    words = ["verify", str(over), "--commit", line, "--head", receipt["head"]]
    assert main(words) == 0
    assert main([*words, "--head", "0" * 20]) == 1
    assert "[receipt]" in capsys.readouterr().out


def test_a_head_of_the_record_is_compared_with_the_record(over: Path, capsys: Captured) -> None:
    """Results lists carry the head of the record: `verify` of the session knows it, and no other.

    It is no receipt: that none was compared is still said.
    """
    head = data(capsys, "results", str(over))["head"]
    found = data(capsys, "verify", str(over), "--head", head[:12])
    assert found["ok"]
    assert any(f"The record has the head {head[:12]}" in note for note in found["notes"])
    assert any("No receipt was compared" in note for note in found["notes"])
    assert not data(capsys, "verify", str(over), "--head", "0" * 12)["ok"]


def test_a_day_under_way_is_not_said_to_be_over(draft: Path, capsys: Captured) -> None:
    """Before the first draw and on half a day nobody is called absent, and no draw is praised."""
    data(capsys, "commit", str(draft))
    assert main(["verify", str(draft)]) == 0
    told = capsys.readouterr().out
    assert "3 students without a draw so far:" in told
    assert "Nothing is wrong, and nothing has been drawn." in told
    assert "absent" not in told
    data(capsys, "draw", str(draft), "--all", "--yes")
    assert main(["verify", str(draft)]) == 0
    assert "3 draws verified" in capsys.readouterr().out


def test_a_folder_that_is_neither_is_told(tmp_path: Path, capsys: Captured) -> None:
    """An empty folder is no proof; every file that is missing is named."""
    (tmp_path / "empty").mkdir()
    assert main(["verify", str(tmp_path / "empty")]) == 1
    told = capsys.readouterr().out
    assert all(name in told for name in ("commit.json", "log.jsonl", "secret.txt", "banks.json"))


def test_a_lost_secret_is_found_in_the_proof(over: Path, tmp_path: Path, capsys: Captured) -> None:
    """The way out that is told is one: backups hold no secret, the proof of a revealed day does."""
    target = tmp_path / "proof"
    data(capsys, "reveal", str(over), "--to", str(target))
    (over / "secret.txt").unlink()
    assert main(["verify", str(over)]) == 4
    assert "or its proof" in capsys.readouterr().err
    (target / "secret.txt").replace(over / "secret.txt")
    assert main(["verify", str(over)]) == 0


@pytest.mark.parametrize("name", ["nothing", "file"])
def test_what_is_no_folder_is_not_made_a_session(
    name: str, tmp_path: Path, capsys: Captured
) -> None:
    """A wrong path or one of the files: verify says what it takes, not how a session is made."""
    (tmp_path / "file").touch()
    assert main(["verify", str(tmp_path / name)]) == 2
    told = capsys.readouterr().err
    assert "Name a folder that reveal wrote, or a session." in told
    assert "examrunner new" not in told
