"""Questions written in a spreadsheet become drafts; what a column does not say is told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.bank.banks import Anchors, Misconception, Point, Source
from examrunner.domain.bank.foreign import Taken, as_bank
from examrunner.domain.problems import BadInput
from examrunner.storage.readers.bank_table import read_bank_table
from tests.storage.workbooks import ods, ods_row, xlsx

if TYPE_CHECKING:
    from collections.abc import Sequence

FULL = (
    "Question ID,Slot,Level,Question,Time,Marks,Look for,Strong,Probes,Hints,Red flags,"
    "Misconceptions,Section,Not with,Comment\n"
    'a-1,Core,Explain,"Why ""$\\sqrt{d_k}$""?",1:30,3,"must: variance; * softmax; also: root; x",S,'
    '"How; so?\n- And then?",One;Two,flag,it sums -> it scales; bare,Section 3; Table 1,a-2,hm\n'
)


def test_every_column_arrives() -> None:
    """Header aliases, marked points, lists on lines or with semicolons, corrections by an arrow."""
    found = read_bank_table(FULL.encode(), "t.csv")
    assert found.taken == (
        Taken(
            'Why "$\\sqrt{d_k}$"?', 2, "a-1", "", "core", "explain", 90, 3,
            (Point("variance", must=True), Point("softmax", must=True), Point("root"), Point("x")),
            Anchors("S"), ("How; so?", "And then?"), ("One", "Two"), ("flag",),
            (Misconception("it sums", "it scales"), Misconception("bare")),
            (Source("Section 3"), Source("Table 1")), ("a-2",),
        ),
    )  # fmt: skip
    assert [problem.text for problem in found.problems] == ["these columns stayed behind: Comment"]


def test_must_and_also_may_have_columns_of_their_own() -> None:
    """Numbers below `points` are marks; needed and further points stand in two columns."""
    data = "question;points;must;also\nWhy?;3;a;b\nHow?;2;;must: c\n"
    taken = read_bank_table(data.encode(), None).taken
    assert [one.marks for one in taken] == [3, 2]
    assert [one.look_for for one in taken] == [
        (Point("a", must=True), Point("b")),
        (Point("c", must=True),),
    ]


def test_workbooks_are_read_too() -> None:
    """XLSX and ODS give what the same table as CSV gives."""
    rows: list[Sequence[object]] = [
        ["kind", "question", "seconds"],
        ["core", "=1+1?", 50],
        ["detail", "0123", ""],
    ]
    want = [("core", "=1+1?", 50), ("detail", "0123", None)]
    plain = ods(ods_row("kind", "question", "seconds") + ods_row("core", "=1+1?", 50))
    got = read_bank_table(xlsx({"Class": [["a"]], "Questions": rows}), "t.xlsx")
    assert [(one.kind, one.say, one.seconds) for one in got.taken] == want
    assert got.problems[0].text == "the sheet 'Questions' was read; others: Class"
    other = read_bank_table(plain, "t.ods")
    assert [(one.kind, one.say, one.seconds) for one in other.taken] == want[:1]


def test_rows_without_a_question_and_odd_numbers_are_told() -> None:
    """Nothing is guessed: a row without words is named, half a mark leaves the usual one."""
    data = "kind,question,marks\ncore,,3\n,,\ncore,Why?,2.5\n"
    found = read_bank_table(data.encode(), "t.csv")
    assert [(one.name, one.why, one.line) for one in found.skipped] == [
        ("row 2", "it has no text", 2)
    ]
    assert [(problem.line, problem.text) for problem in found.problems] == [
        (4, "marks must be a whole number, not '2.5'; the usual is taken")
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"kind,points\ncore,x\n", "no column holds the questions"),
        (b"", "the file is empty"),
        (b"question\ncaf\xe9\n", "not UTF-8"),
        (b"PK\x03\x04broken", "damaged"),
    ],
)
def test_other_tables_are_refused(data: bytes, words: str) -> None:
    """A table without questions, or none at all, is refused in words."""
    with pytest.raises(BadInput, match=words):
        read_bank_table(data, "t.csv")


def test_ids_kinds_and_lengths_are_made_good_and_told() -> None:
    """An id that is none or given twice is replaced, a missing kind named, a long text left out."""
    data = f"id,question\na,One\na,Two\n!,Three\n,Four\n,{'x' * 4_001}\nr1-q4,Five\n"
    foreign = read_bank_table(data.encode(), "t.csv")
    bank, problems = as_bank("r1", foreign, "core", "t.csv")
    assert [one.id for one in bank.questions] == ["a", "r1-q2", "r1-q3", "r1-q4-2", "r1-q4"]
    assert [(problem.line, problem.text) for problem in problems] == [
        (3, "`a` is given twice; the question is called r1-q2"),
        (4, "`!` cannot be an id here; the question is called r1-q3"),
        (6, "question 5 was left out: one of its texts has more than 4,000 characters"),
        (None, "5 of 5 questions name no kind; they are taken as core"),
    ]
    named, _ = as_bank("r1", replace(foreign, taken=(Taken("x", kind="odd"),)), "core", None)
    assert [(one.kind, one.seconds, one.marks) for one in named.questions] == [("odd", 60, 2)]


@given(st.text(st.sampled_from('question,;\n"\r=*-:>must.0'), max_size=60))
def test_no_table_breaks_the_reader(text: str) -> None:
    """Whatever a table holds, it is read or refused with a problem."""
    try:
        read_bank_table(f"question,kind\n{text}".encode(), "t.csv")
    except BadInput as refused:
        assert refused.problems  # noqa: PT017  either outcome is fine, a traceback is not
