"""Banks as one HTML file to be printed: with no script and nothing fetched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from examrunner.domain.bank.carrying import Form, exported
from examrunner.storage.writers.bank_pages import Facts, about, claims, headline, shown_parts
from examrunner.storage.writers.guide import Part
from examrunner.storage.writers.kit import templates

if TYPE_CHECKING:
    from collections.abc import Iterable

    from examrunner.domain.bank.banks import Bank, Question

TEMPLATE = "bank.html.j2"


@dataclass(frozen=True, slots=True)
class Shown:
    """One question as it is printed."""

    id: str
    headline: str
    say: str
    parts: tuple[Part, ...]
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One bank as it is printed."""

    title: str
    facts: Facts
    questions: tuple[Shown, ...]


def html_bytes(banks: Iterable[Bank]) -> bytes:
    """Return banks as the bytes of an HTML file."""
    chapters = [_chapter(bank) for bank in banks]
    template = templates().get_template(TEMPLATE)
    return template.render(chapters=chapters).encode("utf-8", "replace")


def _chapter(bank: Bank) -> Chapter:
    questions = tuple(_shown(question) for question in exported(bank, Form.HTML))
    return Chapter(bank.title or bank.reading, about(bank), questions)


def _shown(question: Question) -> Shown:
    return Shown(
        question.id,
        headline(question),
        question.say,
        shown_parts(question),
        tuple(claims(question)),
    )
