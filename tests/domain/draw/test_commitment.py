"""The commitment: published bytes, reading back, and what it refuses to hold."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.bank.banks import Entry, Point, Question, State
from examrunner.domain.draw.commitment import (
    Commitment,
    bank_document,
    bank_hash,
    bank_items,
    commitment_from,
    questions_in,
    secret_hash,
)
from examrunner.domain.draw.sheets import SheetRule
from examrunner.domain.plain import canonical, sha256
from examrunner.domain.problems import BadInput
from tests.domain.draw.vectors import BANK, COMMIT_HASH, RULE, SECRET, commitment, plain


def test_bank_hash_matches_v4() -> None:
    """The bank of vector V6 hashes to what the commitment of V4 names."""
    expected = "a99621eb0d8190aa52074d2b2558ba2a17e2fef7497106ca64edd3cc56836d31"
    assert bank_hash(plain(BANK)) == expected
    assert bank_hash(reversed(plain(BANK))) == expected


def test_secret_hash_matches_v4() -> None:
    """The published secret hashes to the published value, over its hex digits."""
    assert secret_hash(SECRET) == "6c86c6aac5fb24bcf5d9939cb7d7d5645ce39418f449e03b262dd4fa14b4b92b"


@pytest.mark.parametrize("secret", ["", "ab", "A" * 64, "g" * 64, "0" * 63 + "\n"])
def test_a_secret_is_64_hex_digits(secret: str) -> None:
    """Nothing but 64 lower-case hex digits is taken for a secret."""
    with pytest.raises(ValueError, match="64 lower-case hex"):
        secret_hash(secret)


def test_commitment_matches_v4() -> None:
    """commit.json of the published session is 605 bytes and hashes to the published C."""
    made = commitment()
    assert len(made.text.encode()) == 605
    assert made.hash == COMMIT_HASH


def test_commitment_is_canonical_json_with_the_spec_s_keys() -> None:
    """commit.json holds exactly the keys of section 3.2, sorted and without spaces."""
    body = json.loads(commitment().text)
    assert sorted(body) == [
        "banks",
        "h",
        "public",
        "roster",
        "secret_sha256",
        "session",
        "sheet",
        "v",
    ]
    assert canonical(body) == commitment().text
    assert body["sheet"]["depth"][0] == ["recall", 1, 2]


def test_a_commit_that_replaces_another_says_so() -> None:
    """A re-commit carries its number and reason, and reads back."""
    again = commitment(n=2, why="a review list was wrong")
    body = json.loads(again.text)
    assert (body["n"], body["why"]) == (2, "a review list was wrong")
    assert commitment_from(again.text) == again


def test_commitment_reads_back() -> None:
    """Reading the text of a commitment gives the commitment again."""
    assert commitment_from(commitment().text) == commitment()


def test_flipping_any_byte_of_the_commitment_is_detected() -> None:
    """Each single changed byte of commit.json changes C."""
    data = commitment().text.encode()
    for index in range(len(data)):
        flipped = bytearray(data)
        flipped[index] ^= 1
        assert sha256(flipped.decode()) != COMMIT_HASH


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("examrunner-draw/1", "examrunner-draw/2"),
        ('"h":3', '"h": 3'),
        ('"h":3', '"h":3.0'),
        ('"h":3', '"h":true'),
        ('"h":3', '"h":3,"extra":1'),
        ('"h":3,', ""),
        ('"nmin":3', '"nmin":"3"'),
        ('"nmin":3', '"nmin":-3'),
        ('"roster":[', '"roster":[7,'),
        ('"s":"bob"', '"s":"ann"'),
        ('"s":"bob"', '"s":"b b"'),
        ('["attention","bert","clip","dalle"]', '["bert","attention","clip","dalle"]'),
        ('"session":"cs496-demo"', '"session":7'),
        ("cs496-demo", "cs496 demo"),
        ("six dice rolled at 09:00", " "),
        ("six dice rolled at 09:00", "e\u0301"),
        ('"vqvae":"a9', '"vqvae":"A9'),
    ],
)
def test_other_texts_are_no_commitment(old: str, new: str) -> None:
    """Another version, other keys, floats, unsorted lists or bad ids are all refused."""
    text = commitment().text
    assert old in text
    with pytest.raises(BadInput):
        commitment_from(text.replace(old, new, 1))


def test_a_trailing_newline_is_no_part_of_a_commitment() -> None:
    """The text that is hashed ends with its last brace."""
    with pytest.raises(BadInput):
        commitment_from(commitment().text + "\n")


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    """Reading never ends in anything but a commitment or BadInput."""
    with pytest.raises(BadInput):
        commitment_from(text)


@pytest.mark.parametrize(
    "change",
    [
        {"session": "a/b"},
        {"h": -1},
        {"public": ""},
        {"secret_sha256": "ab"},
        {"why": ""},
        {"n": -1},
        {"roster": (("ann", ("b", "a")),)},
        {"roster": (("ann", ("a", "a")),)},
        {"roster": (("ann", ("a b",)),)},
        {"roster": (("ann", ()), ("ann", ()))},
        {"roster": (("", ()),)},
        {"banks": {"a": "x"}},
        {"sheet": SheetRule((("", 1, 1),), 1, 1, 0, 1)},
    ],
)
def test_a_commitment_keeps_section_3_1(change: dict[str, object]) -> None:
    """Bad ids, hashes, numbers and unsorted papers cannot be committed to."""
    with pytest.raises(BadInput):
        commitment(**change)


def test_all_faults_are_told_at_once() -> None:
    """One error names every fault of a commitment."""
    with pytest.raises(BadInput) as caught:
        commitment(h=-1, public="", roster=(("a b", ()), ("c d", ())))
    assert len(caught.value.problems) == 4


def test_a_student_without_papers_may_be_committed() -> None:
    """An empty list is no fault: the student keeps a position."""
    assert commitment_from(commitment(roster=(("ann", ()),)).text).roster == (("ann", ()),)


def test_the_commitment_binds_the_words_of_questions() -> None:
    """Each item of a canonical bank carries the whole question, so other words, another hash."""
    made = [
        Question(
            id=name,
            kind="core",
            say="Why no gradient?",
            seconds=90,
            marks=3,
            look_for=(Point("no derivative", must=True),),
            not_with=("q2",),
            status=State.REVIEWED,
            log=(Entry(by="ta", on=date(2024, 11, 5)),),
        )
        for name in ("q2", "q1")
    ]
    items = bank_items(made)
    assert [item["id"] for item in items] == ["q1", "q2"]
    assert {key: items[0][key] for key in ("depth", "group", "id", "sec")} == {
        "depth": "core",
        "group": "q1",
        "id": "q1",
        "sec": 90,
    }
    assert list(questions_in(bank_document(made)).values()) == [made[1], made[0]]
    assert "Why no gradient" not in canonical(items)
    other = [replace(made[0], say="Why no gradient at all?"), made[1]]
    assert bank_hash(bank_items(other)) != bank_hash(items)
    approved = [replace(made[0], status=State.APPROVED, log=()), made[1]]
    assert bank_hash(bank_items(approved)) == bank_hash(items)


def test_the_sheet_rule_reads_back() -> None:
    """The rule in commit.json is the rule that went in."""
    assert isinstance(commitment_from(commitment().text), Commitment)
    assert commitment_from(commitment().text).sheet == RULE
