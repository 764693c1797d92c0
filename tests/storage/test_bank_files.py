"""Banks are read with every problem at its place, and what a draft leaves out is filled in."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.bank.banks import Anchors, Bank, Entry, Point, Source, State
from examrunner.domain.problems import Problem, Severity
from examrunner.storage.readers.bank_files import read_bank, read_banks

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, text: str, name: str = "r1.yaml") -> Path:
    """Write a bank file."""
    path = folder / name
    path.write_text(text)
    return path


def bank(folder: Path, text: str) -> Bank:
    """Return a bank that must be free of problems."""
    value, problems = read_bank(write(folder, text))
    assert problems == []
    assert value is not None
    return value


def faults(folder: Path, text: str, name: str = "r1.yaml") -> list[Problem]:
    """Return the problems of a bank that must be refused."""
    value, problems = read_bank(write(folder, text, name))
    assert value is None
    assert all(problem.line and problem.file == str(folder / name) for problem in problems)
    return problems


def test_a_draft_needs_only_kind_and_say(tmp_path: Path) -> None:
    """Id, seconds and marks are filled in: by place in the file, and by kind."""
    value = bank(
        tmp_path,
        "reading: r1\nquestions:\n"
        "  - {kind: core, say: Why}\n"
        "  - {kind: odd, say: How}\n"
        "  - {kind: core, say: Who, id: r1-q4}\n"
        "  - {kind: critique, say: What, seconds: 50, marks: 1}\n",
    )
    got = [(q.id, q.seconds, q.marks, q.status) for q in value.questions]
    assert got == [
        ("r1-q1", 90, 3, State.DRAFT),
        ("r1-q2", 60, 2, State.DRAFT),
        ("r1-q4", 90, 3, State.DRAFT),
        ("r1-q4-2", 50, 1, State.DRAFT),
    ]


def test_every_field_arrives(tmp_path: Path) -> None:
    """A bank with all its parts comes out as domain types."""
    value = bank(
        tmp_path,
        """\
reading: r1
title: "A: B"
edition: arXiv 2006.11230
prepared: {by: ta-1, on: 2024-11-20}
checked: {by: ta-2, against: the paper, not_seen: [q1]}
gist: >-
  Two
  lines.
terms: [one, 010]
symbols: [{write: z, say: zed}]
traps: [beware]
public: true
questions:
  - id: q1
    kind: core
    level: explain
    say: Why?
    look_for:
      - must: "first: the reason"
      - {also: second}
    anchors: {strong: all, weak: none}
    probes: [p]
    misconceptions: [{claim: c}]
    source: [{at: Section 1, what: w}]
    exhibit: none
    status: reviewed
    log: [{by: ta-1, on: 2024-11-20, state: draft}]
""",
    )
    question = value.questions[0]
    assert value.terms == ("one", "010")
    assert value.gist == "Two lines."
    assert value.edition == "arXiv 2006.11230"
    assert value.prepared == Entry("ta-1", date(2024, 11, 20))
    assert value.checked == Entry("ta-2", against="the paper", not_seen=("q1",))
    assert question.look_for == (Point("first: the reason", must=True), Point("second"))
    assert question.anchors == Anchors(strong="all")
    assert question.source == (Source("Section 1", "w"),)
    assert question.exhibit is None
    assert question.status is State.REVIEWED


@pytest.mark.parametrize(
    ("line", "place", "told", "hint"),
    [
        ("    slot: core", (5, 5), "`slot` is not a key", "called `kind`"),
        ("    saay: x", (5, 5), "`saay` is not a key", "did you mean `say`"),
        ("    Level: x", (5, 5), "`Level` is not a key", "did you mean `level`"),
        ("    zzz: x", (5, 5), "`zzz` is not a key", "known here"),
        ("    seconds: 0_6", (5, 14), "seconds must be a whole number", ""),
        ("    seconds: 060", (5, 14), "seconds must be a whole number", "leading zero"),
        ("    seconds: 090", (5, 14), "seconds must be a whole number", "write 90, without"),
        ("    seconds: 5:00", (5, 14), "seconds must be a whole number", "in seconds is 300"),
        ("    seconds: 1e3", (5, 14), "seconds must be a whole number", ""),
        ("    seconds: ''", (5, 14), "seconds is empty", ""),
        ("    seconds: 0", (5, 14), "at least 1", ""),
        ("    marks: -1", (5, 12), "negative", ""),
        ("    marks: [2]", (5, 12), "one value, not a list", ""),
        ("    level: {a: b}", (5, 12), "one value, not a mapping", "quotes"),
        ("    status: aproved", (5, 13), "one of draft", "did you mean `approved`"),
        ("    probes: why", (5, 13), "must be a list", "[one, two]"),
        ("    probes: [why, ]\n    hints: ['']", (6, 13), "an item of hints is empty", "delete"),
        ("    probes:\n      - Then: why?", (6, 9), "not a mapping", "quotes: 'Then: why?'"),
        ("    hints: [[x]]", (5, 13), "not a list", "quotes"),
        ("    exhibit:\n      - x", (6, 7), "not a list", "take away the `- `"),
        ("    hints:\n      -why\n      -how", (6, 7), "no space follows the dash", "`- why"),
        ("    source: [Section 1]", (5, 14), "keys such as at, what", "write {at: …}"),
        ("    source: Section 1", (5, 13), "must be a list", "write [{at: …}]"),
        ("    anchors: good", (5, 14), "keys such as strong", "write {strong: …}"),
        ("    source: [{what: x}]", (5, 14), "`at` is missing", "at: …"),
        ("    source: [{at: s, what: a, b}]", (5, 31), "a comma ended the text", "quotes"),
        ("    look_for: [just this]", (5, 16), "`must` or `also`", "must: text"),
        ("    look_for: [{shall: x}]", (5, 17), "`shall`", "must: text"),
        ("    look_for: [{must: x, y}]", (5, 26), "a comma ended the text", "quotes"),
        ("    look_for: [{must: x, also: y}]", (5, 26), "one key", "must: text"),
        ("    look_for: [{must: }]", (5, 23), "empty", ""),
        ("    look_for: [{must: [x]}]", (5, 23), "one text", ""),
        ("    log: [{by: x, on: 2024-13-45}]", (5, 23), "on must be a date", "2024-12-13"),
        ("    log: [{by: x, on: 13 Dec}]", (5, 23), "on must be a date", "2024-12-13"),
        ("    id: a/b", (5, 9), "cannot be an id", "letters"),
        ("    id: q1\n  - {id: q1, kind: core, say: y}", (5, 9), "given 2 times", ""),
    ],
)
def test_a_fault_in_a_question_has_its_place(
    tmp_path: Path, line: str, place: tuple[int, int], told: str, hint: str
) -> None:
    """Each fault of a question is reported at line and column, with a hint."""
    text = f"reading: r1\nquestions:\n  - kind: core\n    say: x\n{line}\n"
    problem = faults(tmp_path, text)[0]
    assert (problem.line, problem.column) == place
    assert told in problem.text
    assert hint in problem.hint


@pytest.mark.parametrize("key", ["sheet", "status", "reviewed", "approved"])
def test_keys_of_older_banks_get_their_own_hint(tmp_path: Path, key: str) -> None:
    """Where a bank-level key has gone is said in its hint."""
    problem = faults(tmp_path, f"reading: r1\n{key}: x\n")[0]
    assert (problem.line, problem.column) == (2, 1)
    assert problem.hint.startswith("delete it: ")


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    """One run reports every fault of a file, in the order of the lines."""
    text = "title: t\npublic: yes\nquestions:\n  - {kind: core}\n  - {say: x, marks: two}\n"
    told = [(p.line, p.text.split("`")[1]) for p in faults(tmp_path, text)]
    assert told == [(1, "reading"), (2, "yes"), (4, "say"), (5, "kind"), (5, "two")]


def test_questions_that_are_no_list_are_one_problem(tmp_path: Path) -> None:
    """A text or a mapping in their place is told of at its word, not raised."""
    for wrong in ("later", "{kind: core}"):
        problems = faults(tmp_path, f"reading: r1\nquestions: {wrong}\n")
        assert [(p.line, p.column, p.text) for p in problems] == [
            (2, 12, "questions must be a list")
        ]


def test_the_file_is_named_by_the_reading(tmp_path: Path) -> None:
    """A bank in a file of another name is refused at the line that names its reading."""
    problem = faults(tmp_path, "reading: r1\nquestions: []\n", "other.yaml")[0]
    assert (problem.line, problem.column) == (1, 10)
    assert problem.hint == "rename the file to r1.yaml"


def test_a_file_that_cannot_be_read_is_one_problem(tmp_path: Path) -> None:
    """A missing file and a folder in its place are told, not raised."""
    for path in (tmp_path / "none.yaml", tmp_path):
        value, problems = read_bank(path)
        assert value is None
        assert [(p.rule, p.file) for p in problems] == [("unreadable", str(path))]


def test_the_first_folder_wins(tmp_path: Path) -> None:
    """A private bank comes before the public one, even when it is broken."""
    private, public = tmp_path / "private", tmp_path / "public"
    private.mkdir()
    public.mkdir()
    write(private, "reading: r1\ntitle: mine\n", "r1.yaml")
    write(private, "reading: [\n", "r2.yaml")
    for name in ("r1", "r2", "r3"):
        write(public, f"reading: {name}\ntitle: theirs\n", f"{name}.yaml")
    banks, problems = read_banks([private, public])
    assert {name: bank.title for name, bank in banks.items()} == {"r1": "mine", "r3": "theirs"}
    assert [p.file for p in problems] == [str(private / "r2.yaml")]


def test_only_the_wanted_banks_are_read(tmp_path: Path) -> None:
    """Files of other readings are not even opened; course.yaml and approvals.yaml never."""
    for name in ("r1", "r2", "course", "approvals"):
        write(tmp_path, "no bank\n" if name != "r1" else "reading: r1\n", f"{name}.yaml")
    write(tmp_path, "x", ".r9.yaml")
    write(tmp_path, "x", "notes.txt")
    assert read_banks([tmp_path], {"r1", "course", "gone"}) == ({"r1": Bank("r1")}, [])
    assert [p.file for p in read_banks([tmp_path])[1]] == [str(tmp_path / "r2.yaml")]


def test_folders_and_files_that_are_passed_over_are_warnings(tmp_path: Path) -> None:
    """A folder that is not there and a file that ends in .yml are warned of."""
    write(tmp_path, "reading: r1\n", "r1.yml")
    banks, problems = read_banks([tmp_path, tmp_path / "gone"])
    assert banks == {}
    assert [(p.severity, p.rule) for p in problems] == [(Severity.WARNING, "banks")] * 2
