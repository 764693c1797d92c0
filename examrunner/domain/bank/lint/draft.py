"""A bank as it was written: every text with its place, whatever is missing left out.

The rules look at this and not at the domain's `Bank`, which a bank with a fault never becomes.
Storage makes it from the tree of a file; its nodes serve as texts as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from examrunner.domain.bank.banks import (
    DEFAULT_MARKS,
    DEFAULT_SECONDS,
    OTHER_MARKS,
    OTHER_SECONDS,
    State,
)
from examrunner.domain.bank.lint.words import content_of, plain_words, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

LEFT_DRAFT = frozenset({State.REVIEWED, State.APPROVED})
"""States in which a question is judged as strictly as for approval."""


class Place(Protocol):
    """Where something begins in its file, counted from 1."""

    line: int
    column: int


class Text(Place, Protocol):
    """A text of the file with its place."""

    text: str


class Phrase:
    """A text whose words are compared with those of others."""

    __slots__ = ("_content", "_runs", "_words", "at", "text")

    def __init__(self, at: Text) -> None:
        self.at = at
        self.text = at.text
        self._words: list[str] | None = None
        self._content: frozenset[str] | None = None
        self._runs: frozenset[tuple[str, ...]] | None = None

    @property
    def words(self) -> list[str]:
        """In order, in lower case and without the s of a plural."""
        if self._words is None:
            self._words = words_of(self.text)
        return self._words

    @property
    def content(self) -> frozenset[str]:
        """Without those that stand in any sentence."""
        if self._content is None:
            self._content = content_of(self.words)
        return self._content

    @property
    def runs(self) -> frozenset[tuple[str, ...]]:
        """Every four words that follow each other and neither begin nor end with a common one."""
        if self._runs is None:
            words, content = self.words, self.content
            fours = zip(words, words[1:], words[2:], words[3:], strict=False)
            self._runs = frozenset(
                four for four in fours if four[0] in content and four[3] in content
            )
        return self._runs


@dataclass(slots=True)
class DraftPoint:
    """Something to tick."""

    phrase: Phrase
    must: bool


@dataclass(slots=True)
class DraftEntry:
    """Who did something to a bank or a question."""

    by: Text | None = None
    state: Text | None = None


@dataclass(slots=True)
class DraftQuestion:
    """One question. `at` is its first key."""

    at: Place
    id: Text | None = None
    kind: Text | None = None
    kind_name: str = ""
    """Empty where it has none."""
    level: Text | None = None
    say: Phrase | None = None
    seconds: int = 0
    """The usual ones of its kind where none, or no number, stand there; so with marks."""
    seconds_at: Text | None = None
    marks: int = 0
    marks_at: Text | None = None
    look_for: list[DraftPoint] = field(default_factory=list)
    look_for_at: Place | None = None
    anchors: dict[str, Text] = field(default_factory=dict)
    anchors_at: Place | None = None
    probes: list[Phrase] = field(default_factory=list)
    hints: list[Phrase] = field(default_factory=list)
    red_flags: list[Text] = field(default_factory=list)
    misconceptions: int = 0
    source: list[Text] = field(default_factory=list)
    not_with: list[Text] = field(default_factory=list)
    exhibit: Text | None = None
    status: Text | None = None
    state: str = State.DRAFT
    """What its writer claims about it."""
    log: list[DraftEntry] = field(default_factory=list)
    approval: str = ""
    """What approvals.yaml says of it: a state, `changed` where the text is another one now."""
    readers: tuple[str, ...] = ()
    """Who reviewed or approved it as it is now, as approvals.yaml says."""

    @property
    def name(self) -> str:
        """Its id, empty where it has none."""
        return self.id.text.strip() if self.id else ""

    @property
    def is_strict(self) -> bool:
        """Whether it claims to be further than a draft, or was approved."""
        return self.state in LEFT_DRAFT or self.approval in LEFT_DRAFT

    def musts(self) -> Iterator[Phrase]:
        """Return the points without which an answer is weak."""
        return (point.phrase for point in self.look_for if point.must)

    def spoken(self) -> Iterator[Phrase]:
        """Return what is said to the student: the question, its probes and hints."""
        if self.say:
            yield self.say
        yield from self.probes
        yield from self.hints


@dataclass(slots=True)
class DraftBank:
    """A bank. `at` is its first key."""

    at: Place
    reading: Text | None = None
    title: Text | None = None
    edition: Text | None = None
    gist: Text | None = None
    keys: dict[str, Place] = field(default_factory=dict)
    """Where its own keys stand."""
    terms: list[Text] = field(default_factory=list)
    symbols: list[tuple[Text | None, Text | None]] = field(default_factory=list)
    """What is written, and how it is said."""
    prepared: DraftEntry | None = None
    all_questions: list[DraftQuestion] = field(default_factory=list)
    questions: list[DraftQuestion] = field(default_factory=list)
    """Those that may still be asked: all but the retired ones."""
    suspects: list[tuple[Text, int, str]] = field(default_factory=list)
    """Texts that hold a mail address or a student's name: the text, where in it, and which."""

    def place(self, key: str) -> Place:
        """Return where a key of it stands, else where the bank begins."""
        return self.keys.get(key, self.at)

    _spoken: frozenset[str] | None = None
    _said: str | None = None

    @property
    def said(self) -> str:
        """All that is said to a student, line by line: where a rule looks first."""
        if self._said is None:
            texts = (phrase.text for one in self.questions for phrase in one.spoken())
            self._said = "\n".join(texts)
        return self._said

    @property
    def spoken(self) -> frozenset[str]:
        """Every word of that, as it is written."""
        if self._spoken is None:
            self._spoken = plain_words(self.said)
        return self._spoken


def seconds_of(kind: str, at: Text | None) -> int:
    """Return the time of a question; the usual one of its kind where no number stands there."""
    return _number(at, DEFAULT_SECONDS.get(kind, OTHER_SECONDS))


def marks_of(kind: str, at: Text | None) -> int:
    """Return the marks of a question; the usual ones of its kind where no number stands there."""
    return _number(at, DEFAULT_MARKS.get(kind, OTHER_MARKS))


def _number(at: Text | None, usual: int) -> int:
    text = at.text.strip() if at else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else usual  # noqa: PLR2004  as many digits as the reader takes
