"""The banks that ship: whole, free of problems, second-read, and enough for three on one paper."""

from __future__ import annotations

import hashlib
from collections import Counter
from itertools import count
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.bank.approval import standing
from examrunner.domain.bank.banks import Bank, Question, State
from examrunner.domain.draw.sheets import choose, items_of, rule_for
from examrunner.storage.readers.approval_files import known_approvals
from examrunner.storage.readers.bank_files import read_banks
from tests.storage.test_shipped_content import CS496, course

if TYPE_CHECKING:
    from collections.abc import Iterator

LEAST = {"opening": 2, "core": 4, "detail": 4, "critique": 3}
"""Questions of each kind that a bank of a calendar paper has at least."""
FIVE_MINUTES = 300
SEQUENCES = 334
"""Times three students on one paper: a thousand sheets of each bank."""
USUAL = (("opening", 1), ("core", 1), ("detail", 1), ("critique", 1))


def banks() -> dict[str, Bank]:
    """Return the shipped banks, which must be free of problems."""
    value, problems = read_banks([CS496])
    assert problems == []
    return value


BANKS = banks()


def assert_complete(question: Question) -> None:
    """Check that nothing a reviewed question needs is missing."""
    assert question.level in ("recall", "explain", "apply", "evaluate")
    assert 1 <= sum(point.must for point in question.look_for) <= 3
    assert 2 <= len(question.look_for) <= 6
    assert question.probes
    assert question.hints
    assert question.source
    assert question.anchors
    assert len(question.say.split()) <= 35
    if question.kind in ("core", "detail"):
        assert question.red_flags


def test_every_paper_of_the_calendar_has_a_bank() -> None:
    """Twenty of the calendar and the Transformer paper; at least 260 questions in all."""
    assert set(BANKS) >= course().calendar_ids()
    assert sum(len(bank.questions) for bank in BANKS.values()) >= 260


@pytest.mark.parametrize("bank", BANKS.values(), ids=list(BANKS))
def test_a_bank_is_complete(bank: Bank) -> None:
    """Enough of each kind, everything that a question needs, and who checked it against what."""
    kinds = Counter(question.kind for question in bank.questions)
    assert all(kinds[kind] >= least for kind, least in LEAST.items())
    assert bank.public
    assert bank.edition
    assert bank.gist
    assert len(bank.gist.split()) <= 80
    assert bank.checked is not None
    assert bank.reading in course().by_id()
    for question in bank.questions:
        assert_complete(question)
        if question.status is State.REVIEWED:
            assert question.log[-1].by != question.log[0].by


def test_questions_name_only_what_exists() -> None:
    """`not_with` names questions of the bank, `connects_to` readings; no id is used twice."""
    ids = [question.id for bank in BANKS.values() for question in bank.questions]
    assert len(ids) == len(set(ids))
    readings = course().by_id()
    for bank in BANKS.values():
        own = {question.id for question in bank.questions}
        for question in bank.questions:
            assert set(question.not_with) <= own
            assert set(question.connects_to) <= set(readings)


def test_the_approvals_stand_for_the_words_that_ship() -> None:
    """What a bank calls reviewed is so by hash as well, by the one who read it; the rest is not."""
    known, problems = known_approvals([CS496])
    assert problems == []
    for bank in BANKS.values():
        for question in bank.questions:
            found = standing(question, known)
            assert found.state is question.status, question.id
            if found.state is State.REVIEWED:
                assert found.entry is not None
                assert found.entry.by == question.log[-1].by


def words(name: str) -> Iterator[int]:
    """Return words of a draw that follow from a name."""
    for n in count():
        yield int(hashlib.sha256(f"{name} {n}".encode()).hexdigest(), 16)


@pytest.mark.parametrize("bank", BANKS.values(), ids=list(BANKS))
def test_a_thousand_sheets_fit_five_minutes(bank: Bank) -> None:
    """All fit; how many questions the third student on a paper meets again is printed."""
    items, rule = items_of(bank.questions), rule_for(USUAL, FIVE_MINUTES)
    again = 0
    for sequence in range(SEQUENCES):
        uses: dict[str, int] = {}
        for student in range(3):
            sheet = choose(items, rule, uses, words(f"{bank.reading} {sequence} {student}"))
            assert sheet.relaxed == 0
            assert 240 <= sheet.seconds <= FIVE_MINUTES
            for name in sheet.ids:
                uses[name] = uses.get(name, 0) + 1
        again += sheet.cost
    told = f"{bank.reading}: {again / SEQUENCES:.2f} questions again for the third student"
    print(told)  # noqa: T201  pytest -s shows it
    assert again / SEQUENCES <= 2
