"""Banks through Moodle XML, GIFT and our own YAML and back, whatever their texts hold."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from hypothesis import given, settings

from examrunner.domain.bank.banks import Bank, Entry, Question, State
from examrunner.domain.bank.carrying import Form, losses
from examrunner.domain.bank.foreign import as_bank, texts_of
from examrunner.domain.problems import BadInput
from examrunner.domain.text import tidy
from examrunner.storage.readers.bank_files import read_bank
from examrunner.storage.readers.gift import read_gift
from examrunner.storage.readers.moodle_xml import read_moodle
from examrunner.storage.writers.bank_yaml import bank_bytes, checked_bytes
from examrunner.storage.writers.gift import gift_bytes
from examrunner.storage.writers.moodle_xml import moodle_bytes
from tests.lms import gift_rules
from tests.storage.foreign_banks import BANKS, bank_of, fixture
from tests.strategies import values_of

if TYPE_CHECKING:
    from pathlib import Path

GUIDE = ("POINT", "STRONG", "PROBE", "HINT", "FLAG", "CLAIM", "RIGHT", "PLACE", "WHAT", "EXHIBIT")


def told(bank: Bank) -> Bank:
    """Return a bank as its questions are known to come back: kinds on one line."""
    return replace(
        bank, questions=tuple(replace(one, kind=tidy(one.kind)) for one in bank.questions)
    )


@settings(max_examples=60)
@given(BANKS)
def test_a_bank_comes_back_from_moodle(bank: Bank) -> None:
    """Everything of a draft question survives Moodle XML: text, guide, marks, seconds and id."""
    foreign = read_moodle(moodle_bytes([bank]), None)
    again, problems = as_bank("r1", foreign, "odd", None)
    assert again == told(bank)
    assert (problems, foreign.problems, foreign.skipped) == ([], (), ())
    assert losses([bank], Form.MOODLE) == ()


@settings(max_examples=60)
@given(BANKS)
def test_the_words_come_back_from_gift(bank: Bank) -> None:
    """GIFT keeps id, kind and what is said; the marks and seconds of the kind fill the rest."""
    foreign = read_gift(gift_bytes([bank]), None)
    again, problems = as_bank("r1", foreign, "odd", None)
    got = [(one.id, one.kind, one.say) for one in again.questions]
    kinds = [tidy(one.kind).replace("/", "-") for one in bank.questions]
    assert got == [(one.id, k, one.say) for one, k in zip(bank.questions, kinds, strict=True)]
    assert (problems, foreign.problems, foreign.skipped) == ([], (), ())
    lost = {loss.field for loss in losses([bank], Form.GIFT)}
    assert {"seconds", "marks"} <= lost
    assert ("slashes" in lost) == any("/" in one.kind for one in bank.questions)
    assert ("look_for" in lost) == any(one.look_for for one in bank.questions)


@settings(max_examples=60)
@given(BANKS)
def test_moodle_shows_the_words_as_they_are(bank: Bank) -> None:
    """Moodle's own rules, restated, find an essay with just our text in each question."""
    found = gift_rules.load(gift_bytes([bank]))
    assert [one.kind for one in found] == ["essay"] * len(bank.questions)
    assert [one.name for one in found] == [one.id for one in bank.questions]
    assert [gift_rules.seen(one) for one in found] == [one.say for one in bank.questions]


def test_formulas_are_not_cut_at_their_n() -> None:
    """A nabla is no line break, in Moodle's reading and in ours."""
    say = r"Why is \nabla f \neq \nu at {x: y = 1}?"
    data = gift_bytes([bank_of([Question("q", "core", say, 90, 3)])])
    assert rb"\\nabla f \\neq \\nu at \{x\: y \= 1\}?{}" in data
    assert [gift_rules.seen(one) for one in gift_rules.load(data)] == [say]
    assert [one.say for one in read_gift(data, None).taken] == [say]


@settings(max_examples=60)
@given(BANKS)
def test_a_new_bank_reads_as_it_was_written(bank: Bank) -> None:
    """A bank of drafts as YAML is read again as the same bank."""
    assert checked_bytes(bank, ["a head: # with signs"], None)


@settings(max_examples=40)
@given(values_of(Question))
def test_a_text_that_no_bank_can_hold_is_refused(question: Question) -> None:
    """Whatever a question holds, YAML either reads the same again or is refused in words."""
    bank = Bank("r1", (replace(question, id="q1"),))
    with suppress(BadInput):
        data = checked_bytes(bank, [], "f")
        assert data.startswith(b"bank_version: 1\nreading: r1\n")


def test_every_field_of_a_bank_is_written(tmp_path: Path) -> None:
    """Also those that no import fills: the log, who checked it, public, terms."""
    by = Entry("a", state="draft", note="x: y", not_seen=("q1",))
    question = Question(
        "q1", "core", "Why\n  is: it #1?\n\nYes", 50, 3, status=State.RETIRED, log=(by,)
    )
    bank = Bank("r1", (question,), "T: t", "none", by, None, "g", ("a", "no"), public=True)
    path = tmp_path / "r1.yaml"
    path.write_bytes(bank_bytes(bank))
    again, problems = read_bank(path)
    assert again == bank
    assert problems == []


def test_students_never_see_the_guide() -> None:
    """Every part of a guide stands in the notes for graders and nowhere else in the file."""
    bank = bank_of([_full()])
    root = ET.fromstring(moodle_bytes([bank]).decode())
    essay = next(one for one in root if one.get("type") == "essay")
    for part in essay:
        text = "".join(part.itertext())
        assert [word for word in GUIDE if word in text] == (
            list(GUIDE) if part.tag == "graderinfo" else []
        )
    assert not [word for word in GUIDE if word in gift_bytes([bank]).decode()]


def test_an_essay_has_the_parts_that_moodle_writes() -> None:
    """Part for part and in the order of a file that Moodle itself exported."""
    theirs = ET.fromstring(
        fixture("moodle-xml", "nested_categories_with_questions.xml").read_text()
    )
    ours = ET.fromstring(moodle_bytes([bank_of([_full()])]).decode())
    wanted, got = ([part.tag for part in root.findall("question[@type='essay']")[0]]
                   for root in (theirs, ours))  # fmt: skip
    assert got == wanted


def test_retired_questions_stay_behind_and_are_told() -> None:
    """Neither format knows retired questions: they are left out, and that is said."""
    bank = bank_of([Question("q", "core", "Why?", 90, 3, status=State.RETIRED), _full()])
    assert [(loss.field, loss.count) for loss in losses([bank], Form.MOODLE)] == [("retired", 1)]
    assert [one.id for one in read_moodle(moodle_bytes([bank]), None).taken] == ["q1"]
    assert [one.id for one in read_gift(gift_bytes([bank]), None).taken] == ["q1"]
    assert losses([bank], Form.MARKDOWN) == losses([bank], Form.HTML) == ()


def test_runs_of_blanks_are_told() -> None:
    """HTML shows a run of blanks as one: such a text is named before it is lost."""
    bank = bank_of([Question("q", "core", "a  b", 90, 3)])
    assert [loss.field for loss in losses([bank], Form.MOODLE)] == ["blanks"]


def _full() -> Question:
    from examrunner.domain.bank.banks import Anchors, Misconception, Point, Source

    made = Question(
        "q", "core", "Why?", 90, 3, "explain", (Point("POINT", must=True),), Anchors("STRONG"),
        ("PROBE",), ("HINT",), ("FLAG",), (Misconception("CLAIM", "RIGHT"),),
        (Source("PLACE", "WHAT"),), (), (), "EXHIBIT",
    )  # fmt: skip
    assert set(GUIDE) <= set(texts_of(made))
    return made
