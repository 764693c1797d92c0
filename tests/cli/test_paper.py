"""kit and enter-paper, as they are typed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from examrunner.cli.output import Output
from examrunner.main import main
from examrunner.services.opening import open_desk
from examrunner.services.results import as_json, read_results
from tests.classes import write_session
from tests.fakes import FakeClock, FakeEntropy
from tests.services.desks import SETTINGS, write_small

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Captured = pytest.CaptureFixture[str]


def typed(*words: object) -> int:
    """Run the program with these words."""
    return main([str(word) for word in words])


def data(capsys: Captured) -> Any:
    """Return what stands on stdout, which must be JSON and nothing else."""
    return json.loads(capsys.readouterr().out)


def student(folder: Path, place: int = 0) -> Any:
    """Return a student of the results."""
    return as_json(read_results(folder))["students"][place]


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """Return a session that nobody has opened."""
    return write_session(tmp_path / "small")


@pytest.fixture
def ready(draft: Path, capsys: Captured) -> Path:
    """Return a session of which a kit was made."""
    assert typed("kit", draft, "--yes") == 0
    capsys.readouterr()
    return draft


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[str]], list[str]]:
    """Let a person sit at a terminal who gives these answers. Returns those that are left."""

    def sit(answers: list[str]) -> list[str]:
        def answer(_: str) -> str:
            if not answers:
                raise EOFError
            return answers.pop(0)

        monkeypatch.setattr(Output, "is_terminal", lambda _: True)
        monkeypatch.setattr("builtins.input", answer)
        return answers

    return sit


# --- kit -----------------------------------------------------------------------------------


def test_a_draft_is_not_fixed_unasked(draft: Path, capsys: Captured) -> None:
    """Without a terminal and without --yes a kit of a draft is refused and fixes nothing."""
    assert typed("kit", draft) == 3
    said = capsys.readouterr().err
    assert "fixes roster, reviews, banks and rules" in said
    assert "--blank" in said
    assert not (draft / "exam.db").exists()
    assert not (draft / "kit").exists()


def test_a_kit_does_not_wait_for_the_public_value(tmp_path: Path) -> None:
    """A draft is committed and its sheets are printed; the day begins with the value, later."""
    folder = write_small(tmp_path, f"{SETTINGS}draw: {{public: two dice}}\n")
    assert typed("kit", folder, "--yes") == 0
    assert (folder / "kit" / "kit.html").exists()
    assert typed("draw", folder, "--all", "--public", "4 2", "--yes") == 0


@pytest.mark.parametrize(("answer", "made"), [("y", True), ("", False)])
def test_a_person_is_asked_before_a_draft_is_fixed(
    draft: Path, person: Any, *, answer: str, made: bool
) -> None:
    """A yes commits as the first call would and makes the kit; anything else leaves the draft."""
    assert person([answer]) == [answer]
    assert typed("kit", draft) == 0
    assert (draft / "kit" / "kit.html").exists() is made
    assert (draft / "exam.db").exists() is made


def test_a_kit_says_where_it_is(draft: Path, capsys: Captured) -> None:
    """With --json the file, its hash and the number of sheets come out."""
    assert typed("kit", draft, "--yes", "--json") == 0
    found = data(capsys)
    assert found["ok"] is True
    assert found["recorded"] is True
    assert found["written"]["sheets"] == 4
    assert found["written"]["file"] == str(draft / "kit" / "kit.html")
    assert typed("kit", draft) == 0
    assert "4 sheets." in capsys.readouterr().out


def test_a_blank_kit_needs_no_yes(draft: Path, tmp_path: Path, capsys: Captured) -> None:
    """Names alone fix nothing, and what is not on record is said."""
    out = tmp_path / "blank.html"
    assert typed("kit", draft, "--blank", "--out", out) == 0
    assert "this kit is not on record" in capsys.readouterr().out
    assert "Attention" not in out.read_text(encoding="utf-8")
    assert not (draft / "exam.db").exists()
    assert typed("kit", draft, "--blank", "--out", out) == 3


def test_a_kit_is_refused_while_the_app_has_the_session(draft: Path, capsys: Captured) -> None:
    """Whoever examines is not disturbed: exit code 3, with who holds the session."""
    desk = open_desk(draft, FakeClock(), FakeEntropy(), "ann")
    try:
        assert typed("kit", draft, "--yes") == 3
        assert "ann" in capsys.readouterr().err
    finally:
        desk.close()


# --- enter-paper ---------------------------------------------------------------------------


def test_a_sheet_by_options(ready: Path, capsys: Captured) -> None:
    """Everything that stands on a sheet can be given at once; the results say what it said."""
    words = ["--verdict", "pass", "--rating", "1=strong", "2=weak", "--help-level", "2=led"]
    words += ["--points", "1=1,3", "--not-asked", "4", "--minutes", "4:40", "--flag", "2"]
    words += ["--question-note", "2=a = b", "--reason", "clear", "--yes"]
    assert typed("enter-paper", ready, 1, *words) == 0
    assert "Sheet 1 is on record." in capsys.readouterr().out
    (found,) = student(ready)["attempts"]
    assert (found["from_paper"], found["seconds"], found["verdict"]) == (1, 280, "pass")
    marks = [(q["rating"], q["help"], q["points"], q["not_asked"]) for q in found["questions"]]
    assert marks == [
        ("strong", "unaided", [1, 3], None),
        ("weak", "led", [], None),
        (None, None, [], "not-reached"),
        (None, None, [], "not-noted"),
    ]
    assert [one["text"] for one in found["notes"]] == ["a = b"]
    assert found["verdicts"][0]["reason"] == "clear"


def test_a_dry_run_writes_nothing(ready: Path, capsys: Captured) -> None:
    """With --dry-run it is only shown, also as data."""
    before = read_results(ready).count
    words = ["--verdict", "fail", "--seconds", "10", "--dry-run", "--json"]
    assert typed("enter-paper", ready, 2, *words) == 0
    found = data(capsys)
    assert (found["sheet"], found["student"], found["verdict"]) == (2, "chi", "fail")
    assert (found["written"], found["origin"]) == (False, "drawn")
    assert found["events"][0] == "from-paper"
    assert student(ready, 1)["attempts"] == []
    assert read_results(ready).count == before + 1  # the session was opened


def test_nothing_is_written_unasked(ready: Path, capsys: Captured) -> None:
    """Without a terminal and without --yes it is shown and refused."""
    assert typed("enter-paper", ready, 1, "--verdict", "pass") == 3
    said = capsys.readouterr()
    assert "verdict  pass" in said.out
    assert "--yes" in said.err
    assert typed("enter-paper", ready, 1, "--verdict", "pass", "--json") == 3
    assert data(capsys)["ok"] is False
    assert student(ready)["status"] == "waiting"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([1], 2),
        ([1, "--rating", "1=weak", "--yes"], 2),
        ([1, "--verdict", "pass", "--rating", "1=great"], 2),
        ([1, "--verdict", "pass", "--rating", "weak"], 2),
        ([1, "--verdict", "pass", "--rating", "1=weak", "1=strong"], 2),
        ([1, "--verdict", "pass", "--rating", "9=weak", "--yes"], 2),
        ([1, "--verdict", "pass", "--points", "1=x"], 2),
        ([1, "--verdict", "pass", "--points", "1=99", "--yes"], 2),
        ([1, "--verdict", "pass", "--minutes", "4:99", "--yes"], 2),
        ([1, "--verdict", "pass", "--minutes", "٤", "--yes"], 2),
        ([1, "--verdict", "maybe"], 2),
        ([1, "--verdict", "none", "--yes"], 3),
        (["one", "--verdict", "pass", "--yes"], 2),
        ([99, "--verdict", "pass", "--yes"], 3),
        ([1, "--verdict", "pass", "--kit", "2", "--yes"], 3),
        ([1, "--verdict", "pass", "--paper", "nothing", "--yes"], 3),
        ([1, "--verdict", "pass", "--blank", "--yes"], 2),
        (["--verdict", "pass", "--yes"], 2),
    ],
)
def test_a_wrong_sheet_is_one_message(
    ready: Path, capsys: Captured, words: list[object], code: int
) -> None:
    """Whatever is wrong: an exit code, one message, no traceback, and nothing about the student."""
    assert typed("enter-paper", ready, *words) == code
    said = capsys.readouterr().err
    assert said.strip()
    assert "Traceback" not in said
    assert [one["status"] for one in as_json(read_results(ready))["students"]] == ["waiting"] * 4


def test_a_sheet_is_entered_once(ready: Path, capsys: Captured) -> None:
    """The second time it is refused, and the verdict stays."""
    assert typed("enter-paper", ready, 1, "--verdict", "pass", "--yes") == 0
    assert typed("enter-paper", ready, 1, "--verdict", "fail", "--yes") == 3
    assert "decided already" in capsys.readouterr().err
    assert student(ready)["attempts"][0]["verdict"] == "pass"


def test_a_sheet_asked_step_by_step(ready: Path, person: Any, capsys: Captured) -> None:
    """At a terminal each blank is asked for in turn, enter skips, and one yes writes it."""
    first = ["s", "1 3", "p", "", "good"]
    second = ["x", "no time"]
    third = ["?", "weak", "", "", "!", ""]
    fourth = ["", "", "", "", ""]
    verdict = ["", "maybe", "p", "a reason", "began late"]
    answers = ["4:61", "4:40", *first, *second, *third, *fourth, *verdict[1:], "y"]
    left = person(answers)
    assert typed("enter-paper", ready, 1) == 0
    assert left == []
    said = capsys.readouterr().out
    assert "Rivera, Ana" in said
    assert "written as 4:40" in said
    (found,) = student(ready)["attempts"]
    assert (found["seconds"], found["verdict"]) == (280, "pass")
    asked = [(q["rating"], q["help"], q["not_asked"]) for q in found["questions"]]
    assert asked == [
        ("strong", "probed", None),
        (None, None, "not-noted"),
        ("weak", "unaided", None),
        (None, None, "not-reached"),
    ]
    assert found["questions"][0]["points"] == [1, 3]
    assert len(found["questions"][2]["flags"]) == 1
    assert [one["text"] for one in found["notes"]] == ["good", "no time"]


def test_several_sheets_in_one_go(ready: Path, person: Any, capsys: Captured) -> None:
    """Without a number it asks for one after the other; what is refused does not end it."""
    empty = ["", "", "", "", ""]
    sheet = ["", *empty * 4, "f", "", "", "y"]
    left = person(["77", "1", *sheet, "1", "what", "2", *sheet, ""])
    assert typed("enter-paper", ready) == 0
    assert left == []
    said = capsys.readouterr().out
    assert "There is no sheet 77" in said
    assert "decided already" in said
    found = as_json(read_results(ready))["students"]
    assert [one["status"] for one in found] == ["done", "done", "waiting", "waiting"]


def test_answers_that_end_write_nothing(ready: Path, person: Any, capsys: Captured) -> None:
    """Ctrl-D in the middle of a sheet leaves the record as it was."""
    person(["4:40", "s"])
    assert typed("enter-paper", ready, 1) == 3
    assert "Nothing was written" in capsys.readouterr().err
    assert student(ready)["status"] == "waiting"


def test_a_no_is_no_failure(ready: Path, person: Any, capsys: Captured) -> None:
    """A no at the end writes nothing and is not an error."""
    person(["n"])
    assert typed("enter-paper", ready, 1, "--verdict", "pass") == 0
    assert "Nothing was written." in capsys.readouterr().out
    assert student(ready)["status"] == "waiting"


def test_the_session_may_be_left_out(ready: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one stands in the session's folder the number alone is enough."""
    monkeypatch.chdir(ready)
    assert typed("enter-paper", 2, "--verdict", "pass", "--yes") == 0
    assert student(ready, 1)["attempts"][0]["from_paper"] == 2


def test_a_blank_sheet_of_a_draft(draft: Path, capsys: Captured) -> None:
    """The first sheet of a blank kit commits the draft, with --yes or a person's word."""
    words = ["enter-paper", draft, 1, "--blank", "--verdict", "pass"]
    assert typed(*words, "--dry-run") == 3
    assert typed(*words) == 3
    assert not (draft / "exam.db").exists()
    capsys.readouterr()
    assert typed(*words, "--yes") == 2
    (hint,) = [line for line in capsys.readouterr().err.splitlines() if "attention" in line]
    assert typed(*words, *hint.split(), "--yes") == 0
    (found,) = student(draft)["attempts"]
    assert (found["questions"], found["origin"]) == ([], "chosen by hand")


def test_results_show_an_unknown_time_as_a_dash(ready: Path, capsys: Captured) -> None:
    """A time that nobody noted is neither zero nor that of the keying."""
    assert typed("enter-paper", ready, 1, "--verdict", "pass", "--yes") == 0
    capsys.readouterr()
    assert typed("results", ready) == 0
    (line,) = [one for one in capsys.readouterr().out.splitlines() if "Rivera" in one]
    assert line.split()[2:6] == ["done", "pass", "10", "-"]
    assert typed("export", "csv", ready) == 0
    (file,) = (ready / "exports").glob("csv-*.csv")
    assert ",drawn,," in file.read_text(encoding="utf-8-sig")
