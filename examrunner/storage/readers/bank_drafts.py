"""From the tree of a file to a bank as it was written, for the rules that judge it.

Nothing is reported here: what has the wrong shape is left out, since `check_shape` tells of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from examrunner.domain.bank.banks import State
from examrunner.domain.bank.lint.draft import (
    DraftBank,
    DraftEntry,
    DraftPoint,
    DraftQuestion,
    Phrase,
    marks_of,
    seconds_of,
)
from examrunner.storage.readers.yaml_tree import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from examrunner.domain.bank.lint.draft import Text

MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
NONE = "none"


def draft_bank(root: Mapping) -> DraftBank:
    """Return a bank as it was written."""
    bank = DraftBank(root.entries[0][0] if root.entries else root)
    keys = {key.text: value for key, value in root.entries}
    bank.keys = {key.text: key for key, _ in root.entries}
    bank.reading, bank.title = _text(keys.get("reading")), _text(keys.get("title"))
    bank.edition, bank.gist = _text(keys.get("edition")), _text(keys.get("gist"))
    bank.terms = _texts(keys.get("terms"))
    bank.symbols = [
        (_text(symbol.get("write")), _text(symbol.get("say")))
        for symbol in _mappings(keys.get("symbols"))
    ]
    prepared = keys.get("prepared")
    if isinstance(prepared, Mapping):
        bank.prepared = _entry(prepared)
    bank.all_questions = [_question(node) for node in _mappings(keys.get("questions"))]
    bank.questions = [one for one in bank.all_questions if one.state != State.RETIRED]
    return bank


def suspects(root: Mapping, names: re.Pattern[str] | None) -> list[tuple[Text, int, str]]:
    """Return texts that hold a mail address or one of some names, and where in them it begins."""
    found: list[tuple[Text, int, str]] = []
    for node in _scalars(root):
        if "@" in node.text and (mail := MAIL.search(node.text)):
            found.append((node, mail.start(), f"a mail address, `{mail[0]}`,"))
        if names and (name := names.search(node.text)):
            found.append((node, name.start(), "the name of a student of this session"))
    return found


def names_of(students: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds the full names of students; a name of one word could be anything."""
    full = sorted({re.escape(name) for name in students if " " in name.strip()})
    return re.compile(rf"(?<!\w)(?:{'|'.join(full)})(?!\w)", re.IGNORECASE) if full else None


def _scalars(root: Node) -> Iterator[Scalar]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Scalar):
            yield node
        elif isinstance(node, Sequence):
            waiting += node.items
        else:
            waiting += [value for _, value in node.entries]


def _question(node: Mapping) -> DraftQuestion:
    question = DraftQuestion(node.entries[0][0] if node.entries else node)
    keys = {key.text: value for key, value in node.entries}
    text = keys.get
    question.id, question.kind = _text(text("id")), _text(text("kind"))
    question.level, question.status = _text(text("level")), _text(text("status"))
    if question.kind:
        question.kind_name = question.kind.text.strip()
    if question.status:
        question.state = question.status.text.strip()
    question.seconds_at, question.marks_at = _text(text("seconds")), _text(text("marks"))
    question.seconds = seconds_of(question.kind_name, question.seconds_at)
    question.marks = marks_of(question.kind_name, question.marks_at)
    exhibit = _text(text("exhibit"))
    question.exhibit = None if exhibit and exhibit.plain and exhibit.text == NONE else exhibit
    said = _text(text("say"))
    question.say = Phrase(said) if said else None
    question.look_for = _points(keys.get("look_for"))
    question.look_for_at, question.anchors_at = node.key("look_for"), node.key("anchors")
    anchors = keys.get("anchors")
    if isinstance(anchors, Mapping):
        question.anchors = {
            key.text: value
            for key, value in anchors.entries
            if (text_of := _text(value)) and not (text_of.plain and text_of.text == NONE)
            if isinstance(value, Scalar)
        }
    question.probes = [Phrase(one) for one in _texts(keys.get("probes"))]
    question.hints = [Phrase(one) for one in _texts(keys.get("hints"))]
    question.red_flags, question.not_with = _texts(text("red_flags")), _texts(text("not_with"))
    question.misconceptions = len(_mappings(keys.get("misconceptions")))
    places = (_text(place.get("at")) for place in _mappings(keys.get("source")))
    question.source = [place for place in places if place]
    question.log = [_entry(entry) for entry in _mappings(keys.get("log"))]
    return question


def _points(node: Node | None) -> list[DraftPoint]:
    pairs = [one.entries[0] for one in _mappings(node) if one.entries]
    return [
        DraftPoint(Phrase(value), key.text == "must")
        for key, value in pairs
        if isinstance(value, Scalar) and value.text.strip()
    ]


def _entry(node: Mapping) -> DraftEntry:
    return DraftEntry(_text(node.get("by")), _text(node.get("state")))


def _text(node: Node | None) -> Scalar | None:
    return node if isinstance(node, Scalar) and node.text.strip() else None


def _texts(node: Node | None) -> list[Text]:
    if not isinstance(node, Sequence):
        return []
    return [one for one in node.items if isinstance(one, Scalar) and one.text.strip()]


def _mappings(node: Node | None) -> list[Mapping]:
    if not isinstance(node, Sequence):
        return []
    return [one for one in node.items if isinstance(one, Mapping)]
