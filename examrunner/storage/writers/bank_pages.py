"""What stands on a page about a bank to be read, whatever the page is written in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.bank.banks import State
from examrunner.domain.text import counted
from examrunner.storage.writers.guide import ASKED, PLACES, Part, guide_of

if TYPE_CHECKING:
    from examrunner.domain.bank.banks import Bank, Entry, Question

_IN_HEADLINE = ("kind", "level", "seconds")
Facts = list[tuple[str, tuple[str, ...]]]


def about(bank: Bank) -> Facts:
    """Return what a bank says above its questions, each with its name; nothing is empty."""
    symbols = tuple(
        f"{one.write}: {one.say}{f' ({one.means})' if one.means else ''}" for one in bank.symbols
    )
    facts: Facts = [
        ("Reading", (bank.reading,)),
        ("Edition", _one(bank.edition)),
        ("Gist", _one(bank.gist)),
        ("Terms", _one(", ".join(bank.terms))),
        ("Symbols", symbols),
        ("Traps", bank.traps),
        ("Prepared", _one(_entry(bank.prepared))),
        ("Checked", _one(_entry(bank.checked))),
        ("Public", _one("students may have read it" if bank.public else None)),
    ]
    return [(name, texts) for name, texts in facts if texts]


def headline(question: Question) -> str:
    """Return how a question is asked, in one line."""
    words = [question.kind]
    if question.level:
        words.append(question.level)
    words += [f"{question.seconds} s", counted(question.marks, "mark")]
    if question.status is State.RETIRED:
        words.append("RETIRED")
    return ", ".join(words)


def shown_parts(question: Question) -> tuple[Part, ...]:
    """Return the guide of a question without what its headline says, a place to a line."""
    parts = []
    for part in guide_of(question):
        items = part.items
        if part.name == ASKED:
            items = tuple(item for item in items if item[0] not in _IN_HEADLINE)
        elif part.name == PLACES:
            places = (f"{one.at}: {one.what}" if one.what else one.at for one in question.source)
            items = tuple(("", place) for place in places)
        if items:
            parts.append(Part(part.name, items))
    return tuple(parts)


def claims(question: Question) -> list[str]:
    """Return how far a question has come by its bank, a line each."""
    told = [] if question.status is State.DRAFT else [str(question.status)]
    return told + [_entry(entry) for entry in question.log]


def _one(text: str | None) -> tuple[str, ...]:
    return (text,) if text else ()


def _entry(entry: Entry | None) -> str:
    if entry is None:
        return ""
    parts = [entry.state or "", f"by {entry.by}", f"on {entry.on}" if entry.on else ""]
    words = " ".join(part for part in parts if part)
    notes = [
        f"against {entry.against}" if entry.against else "",
        f"not seen: {', '.join(entry.not_seen)}" if entry.not_seen else "",
        entry.note or "",
    ]
    return "; ".join([words, *(note for note in notes if note)])
