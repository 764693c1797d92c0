"""What each format carries of a bank, and what of a given bank it would leave behind."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from examrunner.domain.bank.banks import Bank, Question, State
from examrunner.domain.bank.foreign import normal, texts_of
from examrunner.domain.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Form(StrEnum):
    """A format in which banks are given away."""

    MOODLE = "moodle"
    GIFT = "gift"
    MARKDOWN = "markdown"
    HTML = "html"


CALLED = {
    Form.MOODLE: "Moodle XML",
    Form.GIFT: "GIFT",
    Form.MARKDOWN: "Markdown",
    Form.HTML: "HTML",
}
"""How people call them."""
ENDINGS = {
    Form.MOODLE: ".moodle.xml",
    Form.GIFT: ".gift.txt",
    Form.MARKDOWN: ".md",
    Form.HTML: ".html",
}
TO_READ = frozenset((Form.MARKDOWN, Form.HTML))
"""Everything in a bank, retired questions too, but nothing reads it back."""
RETIRED, BLANKS, STATE, SLASHES = "retired", "blanks", "status", "slashes"

_WORDS = {
    "title": "the title of the reading",
    "edition": "which edition the places refer to",
    "prepared": "who prepared the bank",
    "checked": "what the bank was checked against",
    "gist": "the gist",
    "terms": "the terms of the reading",
    "symbols": "how symbols are spoken",
    "traps": "the traps",
    "public": "that students may have read it",
    "level": "levels",
    "seconds": "seconds",
    "marks": "marks",
    "look_for": "points to look for",
    "anchors": "sample answers",
    "probes": "probes",
    "hints": "hints",
    "red_flags": "red flags",
    "misconceptions": "misconceptions",
    "source": "places in the reading",
    "not_with": "which questions exclude one another",
    "connects_to": "links to other readings",
    "exhibit": "exhibits",
    STATE: "how far a question has come",
    "log": "who wrote and reviewed it",
    RETIRED: "retired questions, which nobody should ask",
    SLASHES: "slashes in kinds, which become dashes",
    BLANKS: "runs of blanks and empty lines, which become one",
}
_OF_BANK = (
    "title", "edition", "prepared", "checked", "gist", "terms", "symbols", "traps", "public",
)  # fmt: skip
_GUIDE = (
    "level", "seconds", "marks", "look_for", "anchors", "probes", "hints", "red_flags",
    "misconceptions", "source", "not_with", "connects_to", "exhibit",
)  # fmt: skip
_ALWAYS = frozenset(("seconds", "marks"))
_CLAIMS = (STATE, "log")
_LEFT: dict[Form, tuple[str, ...]] = {
    Form.MOODLE: (*_OF_BANK, *_CLAIMS, RETIRED, BLANKS),
    Form.GIFT: (*_OF_BANK, *_GUIDE, *_CLAIMS, RETIRED, SLASHES, BLANKS),
    Form.MARKDOWN: (),
    Form.HTML: (),
}


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that some banks hold and a format has no place for."""

    field: str
    words: str
    count: int
    """In so many questions, or banks for what stands above the questions."""

    def __str__(self) -> str:
        return f"{self.words} ({counted(self.count, self.noun)})"

    @property
    def noun(self) -> str:
        """What is counted."""
        return "bank" if self.field in _OF_BANK else "question"


def exported(bank: Bank, form: Form) -> tuple[Question, ...]:
    """Return the questions of a bank that a format takes."""
    if form in TO_READ:
        return bank.questions
    return tuple(one for one in bank.questions if one.status is not State.RETIRED)


def losses(banks: Iterable[Bank], form: Form) -> tuple[Loss, ...]:
    """Return what these banks hold and the format leaves behind, in the order of a bank."""
    counts: dict[str, int] = {}
    for bank in banks:
        for name in _left_of(bank, form):
            counts[name] = counts.get(name, 0) + 1
    return tuple(Loss(name, _WORDS[name], counts[name]) for name in _LEFT[form] if counts.get(name))


def _left_of(bank: Bank, form: Form) -> Iterator[str]:
    left = _LEFT[form]
    yield from (name for name in _OF_BANK if name in left and getattr(bank, name))
    for question in bank.questions:
        if question not in exported(bank, form):
            yield RETIRED
            continue
        yield from (name for name in left if _is_lost(question, name))


def _is_lost(question: Question, name: str) -> bool:
    if name == STATE:
        return question.status is not State.DRAFT
    if name == SLASHES:
        return "/" in question.kind
    if name == BLANKS:
        return any(normal(text) != text for text in texts_of(question))
    if name in _ALWAYS:
        return True
    return (name in _GUIDE or name == "log") and bool(getattr(question, name))
