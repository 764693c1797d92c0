"""Hostile texts in every place of foreign files: refused, or kept without a hidden sign."""

from __future__ import annotations

import csv
import html
import io
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.bank.foreign import Foreign, as_bank, texts_of
from examrunner.domain.problems import BadInput
from examrunner.domain.text import bad_character
from examrunner.storage.readers.bank_table import read_bank_table
from examrunner.storage.readers.bibtex import read_bibtex
from examrunner.storage.readers.gift import read_gift
from examrunner.storage.readers.moodle_xml import read_moodle
from examrunner.storage.writers.bank_yaml import checked_bytes
from tests.hostile import texts

if TYPE_CHECKING:
    from collections.abc import Callable


def as_moodle(text: str) -> Foreign:
    """Return a Moodle file with the text in each place, read."""
    said = html.escape(text)
    inner = "".join(
        f"<{tag}><text>{said}</text></{tag}>"
        for tag in ("name", "questiontext", "graderinfo", "generalfeedback")
    )
    file = f'<quiz><question type="essay">{inner}<idnumber>{said}</idnumber></question></quiz>'
    return read_moodle(file.encode("utf-8", "surrogatepass"), "m")


def as_gift(text: str) -> Foreign:
    """Return a GIFT file with the text as name and words, read."""
    return read_gift(f"::{text}::{text}{{}}".encode("utf-8", "surrogatepass"), "g")


def as_table(text: str) -> Foreign:
    """Return a table with the text in each cell, read."""
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([["question", "points", "id", "kind", "marks"], [text] * 5])
    return read_bank_table(stream.getvalue().encode("utf-8", "surrogatepass"), "t")


@pytest.mark.parametrize("read", [as_moodle, as_gift, as_table])
def test_no_hostile_text_gets_into_a_bank(read: Callable[[str], Foreign]) -> None:
    """Each text is refused in words or kept without a hidden sign, in a bank that reads again."""
    kept = 0
    for text in texts():
        with suppress(BadInput):
            foreign = read(text)
            bank, _ = as_bank("r1", foreign, "core", "f")
            assert checked_bytes(bank, [], "f")
            for question in bank.questions:
                told = "".join(texts_of(question))
                assert bad_character(told, newlines=True) is None, text
                kept += 1
    assert kept > 30


def test_no_hostile_text_gets_into_a_catalogue() -> None:
    """Each text in each field of an entry is refused in words or kept without a hidden sign."""
    kept = 0
    for text in texts():
        fields = "".join(f"{name}={{{text}}}," for name in ("title", "author", "url", "journal"))
        with suppress(BadInput):
            refs = read_bibtex(f"@misc{{{text},{fields}}}".encode("utf-8", "surrogatepass"), "r")
            for one in refs.proposed:
                said = f"{one.reading.title}{one.reading.authors}{one.reading.url}"
                assert bad_character(said) is None, text
                kept += 1
    assert kept > 20
