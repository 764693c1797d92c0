"""Every rule finds what is planted for it, at its very word, and nothing in a clean bank."""

from __future__ import annotations

from pathlib import Path

import pytest

from examrunner.domain.bank.lint.judge import BY_ID, RULES
from examrunner.domain.bank.lint.rules import Demands
from examrunner.domain.problems import Severity
from examrunner.services.bank_lint import Linter
from tests.banks import clean_bank, judged
from tests.planted import FAULTS, Fault

SHIPPED = Path(__file__).parents[2] / "questionbanks" / "cs496"


def planted(fault: Fault) -> tuple[str, tuple[int, int]]:
    """Return a bank with a fault, and line and column at which it must be found."""
    text = clean_bank()
    start = text.index(f"- id: {fault.question}\n") if fault.question else 0
    place = text.index(fault.old, start)
    text = text[:place] + fault.new + text[place + len(fault.old) :]
    at = text.index(fault.at, start)
    return text, (text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


def test_nothing_is_said_about_a_clean_bank(tmp_path: Path) -> None:
    """A bank of thirteen sound questions passes all rules, for approval and as a draft."""
    assert judged(tmp_path, clean_bank()) == []
    assert judged(tmp_path, clean_bank(), Demands()) == []


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{one.rule}-{n}" for n, one in enumerate(FAULTS)])
def test_a_planted_fault_is_found_at_its_word(tmp_path: Path, fault: Fault) -> None:
    """The rule that is meant reports it, with its severity, at its line and column."""
    text, place = planted(fault)
    found = [
        (str(one.severity), one.line, one.column)
        for one in judged(tmp_path, text)
        if one.rule == fault.rule
    ]
    assert (fault.severity, *place) in found


def test_what_is_told_is_true_to_the_second(tmp_path: Path) -> None:
    """36 words take more than 14 s, and are told so; no point is a must point."""
    words = "say: Why is the honey " + "very " * 31 + "near?"
    text = clean_bank().replace("say: Why is the honey next to its ivory?", words)
    (long,) = [one for one in judged(tmp_path, text) if one.rule == "B04"]
    assert "takes 15 s" in long.text
    assert "to 35 words" in long.hint
    text = clean_bank().replace("- must: every jewel", "- also: every jewel")
    text = text.replace("- must: the ivory", "- also: the ivory")
    (none,) = [one for one in judged(tmp_path, text) if one.rule == "B14"]
    assert none.text == "none of the points is `must`"


def test_no_shipped_bank_has_an_error() -> None:
    """What ships passes even for approval; what is left are remarks for its writers."""
    found = Linter([SHIPPED], approval=True, workers=1).run()
    assert [str(one) for one in found.problems if one.severity is Severity.ERROR] == []
    assert found.banks >= 2


def test_every_rule_has_a_planted_fault() -> None:
    """No rule is without a fault that it must find; there are thirty, B01 to B30."""
    assert [one.id for one in RULES] == [f"B{n:02d}" for n in range(1, 31)]
    assert {one.rule for one in FAULTS} == set(BY_ID)


@pytest.mark.parametrize("rule", RULES, ids=[one.id for one in RULES])
def test_every_rule_explains_itself(rule: object) -> None:
    """Title, reason, example and fix are there, and the severity is one of three."""
    one = BY_ID[str(getattr(rule, "id", ""))]
    assert all((one.title, one.reason, one.example, one.fix))
    assert one.severity in ("error", "warning", "error / warning")
    severities = {fault.severity for fault in FAULTS if fault.rule == one.id}
    assert severities <= set(one.severity.split(" / "))


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{one.rule}-{n}" for n, one in enumerate(FAULTS)])
def test_in_a_draft_only_ids_are_errors(tmp_path: Path, fault: Fault) -> None:
    """The same faults in a draft are warnings, but for ids that are none or given twice.

    A question that claims to be reviewed is no draft.
    """
    text, _ = planted(fault)
    errors = {
        one.rule
        for one in judged(tmp_path, text, Demands())
        if one.severity is Severity.ERROR and one.rule != "schema"
    }
    assert errors <= ({"B30"} if "status: reviewed" in text else {"B01"})


def test_a_question_that_claims_more_is_judged_strictly(tmp_path: Path) -> None:
    """Beside drafts, a reviewed question has errors where theirs are warnings."""
    text = clean_bank().replace("      weak: It is green.\n", "")
    text = text.replace("status: draft", "status: reviewed", 1)
    found = [one for one in judged(tmp_path, text, Demands()) if one.rule == "B24"]
    assert [one.severity for one in found] == [Severity.ERROR] + [Severity.WARNING] * 12


def test_retired_questions_are_left_alone(tmp_path: Path) -> None:
    """What is never asked again needs no better wording; its id still counts."""
    text = clean_bank().replace("Why is the honey next to its ivory?", "Discuss it?")
    start = text.index("Discuss")
    retired = text[:start] + text[start:].replace("status: draft", "status: retired", 1)
    assert [one.rule for one in judged(tmp_path, retired)] == ["B28"]


def test_a_reading_must_be_in_the_catalogue(tmp_path: Path) -> None:
    """Without a catalogue nothing is said; with one, what is meant is guessed."""
    known = Demands(readings=frozenset({"tree", "other"}))
    problem = judged(tmp_path, clean_bank(), known)[0]
    assert (problem.rule, problem.line, problem.column) == ("B01", 2, 10)
    assert problem.severity is Severity.ERROR
    assert problem.hint == "did you mean `tree`?"


def test_headings_are_places_in_what_is_no_paper(tmp_path: Path) -> None:
    """A blog has no sections: any place of it is taken, of a paper only what can be opened."""
    text = clean_bank().replace("Section 10", "The part on honey")
    assert [one.rule for one in judged(tmp_path, text)] == ["B17"]
    assert judged(tmp_path, text, Demands(posts=frozenset({"trees"}), approval=True)) == []


def test_names_of_students_do_not_belong_in_a_bank(tmp_path: Path) -> None:
    """A full name of the session is found wherever it stands; a name of one word is not."""
    text = clean_bank().replace("prepared: {by: ta-1", "prepared: {by: Ann van Dale")
    problems = judged(tmp_path, text, names=("Ann van Dale", "Wheat", "green"))
    assert [(one.rule, one.line, one.column) for one in problems] == [("B30", 5, 16)]


# --- what is no fault ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "old", "new"),
    [
        ("B06", "Why is the honey next to its ivory?", "Is honey learned, or set by hand?"),
        ("B06", "Why is the honey next to its ivory?", "Why is that, would you say of honey?"),
        ("B10", "Why is the honey next to its ivory?", "Why is honey on the graph like that?"),
        ("B10", "Why is the honey next to its ivory?", "Why are pots of a table honey?"),
        ("B10", "Why is the honey next to its ivory?", "Why is honey looked up in the table?"),
        ("B16", "a kayak grows there", "the basic idea of the kayak is to float"),
        ("B16", "a kayak grows there", "says that a kayak clearly beats a boat"),
        ("B16", "a kayak grows there", "general knowledge tests such as kayaks"),
        *(
            (rule, "Section 10", place)
            for rule in ("B17", "B18")
            for place in (
                *(
                    "Abstract and Section 3",
                    "Section 1 and Table 2",
                    "Section 1-3",
                    "Figs. 2 and 3",
                ),
                *("Eqs. 1-2", "App. B", "p.4", "Section 1 to 3", "Section 12", "Section 1.2"),
            )
        ),
        ("B17", "Section 10", "the abstract"),
        ("B19", "Why is the honey next to its ivory?", "What score function does honey learn?"),
        ("B19", "Why is the honey next to its ivory?", "What value do bees see in honey?"),
    ],
)
def test_what_only_looks_like_a_fault_is_let_be(
    tmp_path: Path, rule: str, old: str, new: str
) -> None:
    """Good questions, points and places that share words with bad ones."""
    text = clean_bank().replace(old, new)
    assert text != clean_bank()
    assert [str(one) for one in judged(tmp_path, text) if one.rule == rule] == []


# --- passing over --------------------------------------------------------------------------

SAID = "say: Why is the honey next to its ivory?"


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        ("say: What does honey never do?  # lint: B07 the paper asks so", []),
        ("# lint: B07 the paper asks so\n    say: What does honey never do?", []),
        ("# lint: B07, B11 so\n    say: Discuss what honey never does.", []),
        ("# lint: B07 so\n    # lint: B11 so\n    say: Discuss what honey never does.", []),
        ("say: >-  # lint: B07 so\n      What does honey\n      never do?", []),
        ("say: What does honey never do?  #lint: B07 the paper asks so", []),
        ("say: What does honey never do?  # Lint: b07 the paper asks so", []),
        ("#LINT:B07 so\n    say: What does honey never do?", []),
        ("say: What does honey never do?  # lint: B07", ["B07", "lint"]),
        ("say: What does honey never do?  # lint: really", ["B07", "lint"]),
        ("say: What does honey never do?  # lint: B08 so", ["B07", "lint"]),
        ("say: Why is the honey here?  # lint: B07 so", ["lint"]),
        ("id: trees-d3  # lint: B01 so\n    say: Why is the honey here?", ["yaml"]),
    ],
)
def test_a_comment_with_a_reason_passes_a_rule_over(
    tmp_path: Path, said: str, rules: list[str]
) -> None:
    """On the line or above it; without a reason, or where nothing is, the comment is reported."""
    problems = judged(tmp_path, clean_bank().replace(SAID, said))
    assert sorted(one.rule for one in problems) == rules


def test_a_doubled_id_cannot_be_passed_over(tmp_path: Path) -> None:
    """What makes a bank unusable stays an error whatever a comment asks for."""
    text = clean_bank().replace("id: trees-d3\n", "id: trees-d1  # lint: B01 so\n")
    assert {one.rule for one in judged(tmp_path, text)} == {"B01", "lint"}


def test_a_comment_on_no_rule_or_one_that_always_holds_says_so(tmp_path: Path) -> None:
    """B99 is none; two questions with one id are told of whatever a comment says."""
    text = clean_bank().replace("id: trees-d3\n", "id: trees-d1  # lint: B01 so\n")
    text = text.replace(SAID, f"{SAID}  # lint: B99 so")
    told = [(one.text, one.line) for one in judged(tmp_path, text) if one.rule == "lint"]
    line = text[: text.index("# lint: B01")].count("\n") + 1
    assert ("B01 cannot be passed over here", line) in told
    assert any(words == "B99 is no rule" for words, _ in told)


# --- places --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        "say: What does it do with honey, ¶never?",
        "say: 'What''s in it, it''s honey, ¶never?'",
        'say: "What \\"is\\" this \\x41\\u0042 \\\n      of honey, ¶never?"',
        "say: >-\n      What does\n\n      honey do\n      then, ¶never?",
        "say: |\n      What does honey\n      do then, ¶never?\n",
        "say: What does\n      honey do then,\n      ¶never?",
        "say: Was tut 'Hönig' \u2018dann\u2019 𝄞 honey, ¶never?",
    ],
)
def test_a_word_is_found_however_its_text_is_written(tmp_path: Path, said: str) -> None:
    """Plain, quoted, escaped, folded over lines: the column is that of the word in the file."""
    text = clean_bank().replace(SAID, said)
    at = text.index("¶")
    text = text.replace("¶", "")
    place = (text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
    found = [(one.line, one.column) for one in judged(tmp_path, text) if one.rule == "B07"]
    assert found == [place]


def test_line_ends_of_windows_change_no_place(tmp_path: Path) -> None:
    """The same faults stand at the same lines and columns with CRLF as with LF."""
    text = clean_bank().replace(SAID, "say: What does it\n      do then,\n      never?")
    places = [
        [(one.rule, one.line, one.column) for one in judged(tmp_path, form)]
        for form in (text, text.replace("\n", "\r\n"))
    ]
    assert places[0] == places[1] != []
