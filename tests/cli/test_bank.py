"""The commands of banks, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from examrunner.cli.output import Output
from examrunner.domain.bank.lint.judge import BY_ID
from examrunner.main import main
from examrunner.services import bank_lint
from tests.banks import clean_bank

Captured = pytest.CaptureFixture[str]
CS496 = Path(__file__).parents[2] / "questionbanks" / "cs496"


def typed(*words: object) -> int:
    """Run the program with these words."""
    return main([str(word) for word in words])


def data(capsys: Captured) -> Any:
    """Return what was written to stdout as data."""
    return json.loads(capsys.readouterr().out)


# --- lint ----------------------------------------------------------------------------------


def test_problems_are_lines_that_editors_take(bank: Path, capsys: Captured) -> None:
    """One line each: file, line, column, severity, words, rule; a hint below; counts at the end."""
    bank.write_text(clean_bank().replace("edition: first\n", ""))
    assert typed("bank", "lint", bank) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "trees.yaml:1:1: warning: no edition is named [B02]"
    assert lines[1].startswith("    add `edition:`")
    assert lines[-1] == "1 bank, 13 questions: 0 errors, 1 warning."
    assert typed("bank", "lint", bank, "--approval") == 1
    assert ": error: no edition" in capsys.readouterr().out


def test_problems_as_data(bank: Path, capsys: Captured) -> None:
    """With --json stdout is one answer in the usual shape, with the counts of what was read."""
    bank.write_text(clean_bank().replace("say: Why is the acorn", "seconds: x\n    say: Why"))
    assert typed("bank", "lint", bank, "--json") == 1
    found = data(capsys)
    assert not found["ok"]
    assert found["problems"][0] | {"text": "", "hint": ""} == {
        "severity": "error",
        "file": "trees.yaml",
        "line": 16,
        "column": 5,
        "rule": "yaml",
        "text": "",
        "hint": "",
    }
    assert (found["files"], found["banks"]) == (1, 1)


def test_sarif_has_what_its_standard_demands(bank: Path, capsys: Captured) -> None:
    """Version, tool with rules, results with message, rule, level and place (SARIF 2.1.0)."""
    bank.write_text(
        clean_bank().replace("Why is the honey next to its", "What does honey never do to its")
    )
    assert typed("bank", "lint", bank, "--sarif", "out.sarif") == 0
    log = json.loads(Path("out.sarif").read_text())
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    assert [one["id"] for one in run["tool"]["driver"]["rules"]] == [*BY_ID]
    assert all(one["shortDescription"]["text"] for one in run["tool"]["driver"]["rules"])
    (result,) = run["results"]
    assert (result["ruleId"], result["level"]) == ("B07", "warning")
    assert result["message"]["text"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "trees.yaml"
    assert place["region"] == {"startLine": 214, "startColumn": 26}


@pytest.mark.parametrize(
    ("words", "made"), [(("lint", ".", "--sarif"), "out.sarif"), (("schema", "--to"), "x.json")]
)
def test_only_a_file_of_the_same_kind_is_made_again(
    bank: Path, capsys: Captured, words: tuple[str, ...], made: str
) -> None:
    """A slip of the hand that names a bank, or any other file, costs nobody a word."""
    Path("notes.json").write_text('{"title": "mine", "runs": []}')
    for path in (bank, Path("notes.json")):
        before = path.read_bytes()
        assert typed("bank", *words, path) == 3
        assert f"{path} is there already" in capsys.readouterr().err
        assert path.read_bytes() == before
    assert typed("bank", *words, made) == 0
    first = Path(made).read_bytes()
    older = first.replace(b"sarif-2.1.0.json", b"older").replace(b'"description"', b'"older"')
    Path(made).write_bytes(older)
    assert typed("bank", *words, made) == 0
    assert Path(made).read_bytes() == first


def test_every_rule_is_explained(capsys: Captured) -> None:
    """By its id in any case; another word is wrong usage and names the rules."""
    for name, rule in BY_ID.items():
        assert typed("bank", "lint", "--explain", name.lower()) == 0
        assert f"{name}  {rule.title}" in capsys.readouterr().out
    assert typed("bank", "lint", "--explain", "B13", "--json") == 0
    assert data(capsys)["id"] == "B13"
    assert typed("bank", "lint", "--explain", "B31") == 2
    assert "B30" in capsys.readouterr().err


def test_watching_goes_on_until_it_is_ended(
    bank: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is said now stands there, then what is said about the saved file."""

    def wait(_seconds: float) -> None:
        if "edition" not in bank.read_text():
            raise KeyboardInterrupt
        bank.write_text(clean_bank().replace("edition: first\n", ""))

    monkeypatch.setattr(bank_lint.changes, "__defaults__", (wait,))
    typed("bank", "lint", bank, "--watch")
    out = capsys.readouterr().out
    assert out.index("nothing to say") < out.index("[B02]")
    assert typed("bank", "lint", bank, "--watch", "--json") == 2


# --- show ----------------------------------------------------------------------------------


def test_a_bank_is_shown_as_it_will_be_asked(bank: Path, capsys: Captured) -> None:
    """In the order of the sheet, with the time to say it, points, probes, hints and flags."""
    assert typed("bank", "show", "trees", "--in", ".") == 0
    out = capsys.readouterr().out
    assert out.startswith("On Trees\n")
    assert "opening, explain  1:00, 2 marks  trees-o1\n  Why is the acorn next to its alder?" in out
    assert "(3 s to say, 3 s silence, 54 s to answer)" in out
    for words in (
        "1 must  the alder holds",
        "3 also  a arrow",
        "probe   What changes for the apron",
    ):
        assert words in out
    assert out.index("trees-o2") < out.index("trees-c1") < out.index("trees-d1")
    assert typed("bank", "show", bank, "--json") == 0
    first = data(capsys)["bank"]["questions"][0]
    assert (first["reading_seconds"], first["answer_seconds"]) == (3, 54)


def test_a_bank_that_is_not_there_is_told_of(bank: Path, capsys: Captured) -> None:
    """A reading without a bank is wrong usage with what may be meant; a broken one its problems."""
    assert typed("bank", "show", "tree", "--in", ".") == 2
    assert "Did you mean trees?" in capsys.readouterr().err
    bank.write_text("reading: [\n")
    assert typed("bank", "show", "trees", "--in", ".") == 1
    assert "trees.yaml:1" in capsys.readouterr().err


def test_show_tells_the_state_that_counts(bank: Path, capsys: Captured) -> None:
    """What stands at a question is what a draw goes by, not what its writer claims."""
    bank.write_text(clean_bank().replace("status: draft", "status: reviewed"))
    typed("bank", "approve", bank, "--by", "ta-2", "--question", "trees-c1")
    typed("bank", "approve", bank, "--by", "ta-2", "--review", "--question", "trees-d1")
    capsys.readouterr()
    assert typed("bank", "show", bank) == 0
    heads = [one for one in capsys.readouterr().out.splitlines() if " marks  trees-" in one]
    ends = {one.split("  ")[2]: one.split("  ")[3:] for one in heads}
    assert ends.pop("trees-c1") == ["approved"]
    assert ends.pop("trees-d1") == ["reviewed"]
    assert len(ends) == 11
    assert not any(ends.values())


def test_labels_keep_their_column_where_lines_are_broken(
    bank: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal a text that takes two lines begins where its neighbours' do."""
    monkeypatch.setattr("examrunner.cli.output._columns", lambda _stream: 40)
    bank.write_text(clean_bank().replace("must: the alder", f"must: {'long ' * 9}alder", 1))
    assert typed("bank", "show", bank) == 0
    out = capsys.readouterr().out
    assert "    1 must  long long" in out
    assert "\n    long" in out


# --- approve -------------------------------------------------------------------------------


def approved_by_hand(
    monkeypatch: pytest.MonkeyPatch, bank: Path, *answers: tuple[str | None, str]
) -> int:
    """Approve as a person who types these answers, the file being saved so just before each."""
    left = iter(answers)

    def answer(_question: str) -> str:
        text, key = next(left)
        if text is not None:
            bank.write_text(text)
        return key

    monkeypatch.setattr(Output, "is_terminal", lambda _: True)
    monkeypatch.setattr("builtins.input", answer)
    code = typed("bank", "approve", bank, "--by", "ta-2")
    assert not [*left]
    return code


def test_what_changed_meanwhile_is_shown_anew(
    bank: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question saved while it is on the screen is refused, shown as it is now, and taken then."""
    new = clean_bank().replace("Why is the acorn", "Why was the acorn", 1)
    assert approved_by_hand(monkeypatch, bank, (new, "a"), (None, "a"), (None, "q")) == 0
    told = capsys.readouterr().out
    assert told.index("Why is the acorn") < told.index("changed meanwhile")
    assert told.index("changed meanwhile") < told.index("Why was the acorn")
    assert told.endswith("12 questions draft, 1 question approved.\n")


def test_a_file_that_became_unreadable_says_so(
    bank: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slip saved meanwhile is told with its place; put right, the question comes again."""
    answers = (("a: b: c", "a"), (None, "a"), (clean_bank(), "x"), (None, "a"), (None, "q"))
    assert approved_by_hand(monkeypatch, bank, *answers) == 0
    told = capsys.readouterr().out
    assert told.count("trees-o1 cannot be read:\ntrees.yaml:1:5: error: a colon") == 4
    assert "changed meanwhile" not in told
    assert told.endswith("12 questions draft, 1 question approved.\n")
    gone = clean_bank().replace("trees-o2", "trees-o9")
    assert approved_by_hand(monkeypatch, bank, (gone, "a"), (None, "k"), (None, "q")) == 0
    assert "trees-o2 is no more in trees.yaml." in capsys.readouterr().out


def test_problems_of_a_question_are_shown_before_it_is_approved(
    bank: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the rules say of it, as strictly as it will be judged; of no other question."""
    text = clean_bank().replace("      weak: It is green.\n", "", 1)
    bank.write_text(text.replace("  - id: trees-o1\n    kind", "  - kind", 1))
    approved_by_hand(monkeypatch, bank, (clean_bank(), "k"), (None, "q"))
    told = [one for one in capsys.readouterr().out.splitlines() if one.startswith("    !")]
    assert [(one[:12], one[-5:]) for one in told] == [
        ("    ! error:", "[B01]"),
        ("    ! error:", "[B24]"),
    ]
