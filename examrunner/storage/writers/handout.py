"""The handout for students, and its HTML page: with no script and nothing fetched."""

from __future__ import annotations

from dataclasses import dataclass

from examrunner.domain.bank.banks import Question
from examrunner.storage.writers.kit import templates

TEMPLATE = "handout.html.j2"


@dataclass(frozen=True, slots=True)
class Section:
    """One matter that students should know about."""

    about: str
    words: tuple[str, ...]
    """Paragraphs."""
    terms: tuple[tuple[str, str], ...] = ()
    """Words that the exam uses, and what they mean."""


@dataclass(frozen=True, slots=True)
class Practice:
    """A question to practise with, and how far that is from the exam."""

    question: Question
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Handout:
    """What students should know beforehand. It holds nothing about any one of them."""

    session: str
    kind: str
    day: str
    """Date and hours; empty where the session names none."""
    sections: tuple[Section, ...]
    practice: Practice | None
    """None where every general question stands in a bank as well."""


def render_handout(handout: Handout) -> bytes:
    """Return the handout as the bytes of an HTML file."""
    template = templates().get_template(TEMPLATE)
    return template.render(handout=handout).encode("utf-8", "replace")
