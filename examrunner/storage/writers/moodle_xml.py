"""Banks as Moodle XML: one essay question each, its guide where only graders see it.

Texts are written as HTML, in which every character of a text can stand for itself: Markdown
would take backslashes and underscores out of formulas.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from examrunner.domain.bank.carrying import Form, exported
from examrunner.domain.text import tidy
from examrunner.storage.writers.guide import guide_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from examrunner.domain.bank.banks import Bank, Question

FOLDER = "Oral exam"
"""The category above those of the readings."""
LONGEST_NAME = 70


def moodle_bytes(banks: Iterable[Bank]) -> bytes:
    """Return banks as the bytes of a file that Moodle imports."""
    import io

    quiz = Element("quiz")
    for bank in banks:
        place = ""
        for question in exported(bank, Form.MOODLE):
            path = category(bank.reading, question.kind)
            if path != place:
                marker = SubElement(quiz, "question", type="category")
                _text(SubElement(marker, "category"), path)
                place = path
            _essay(quiz, question)
    indent(quiz)
    stream = io.BytesIO()
    ElementTree(quiz).write(stream, encoding="utf-8", xml_declaration=True)
    return stream.getvalue() + b"\n"


def category(reading: str, kind: str) -> str:
    """Return the category of a kind of questions. A slash, which parts names, becomes a dash."""
    return "/".join(("$course$", "top", FOLDER, reading, tidy(kind).replace("/", "-")))


def as_html(text: str) -> str:
    """Return a text as HTML that shows just this text."""
    return html.escape(text, quote=False).replace("\n", "<br>")


def _essay(quiz: Element, question: Question) -> None:
    made = SubElement(quiz, "question", type="essay")
    _text(SubElement(made, "name"), _name(question.say))
    _html(made, "questiontext", f"<p>{as_html(question.say)}</p>")
    _html(made, "generalfeedback", "")
    for name, value in (
        ("defaultgrade", str(question.marks)),
        ("penalty", "0"),
        ("hidden", "0"),
        ("idnumber", question.id),
        ("responseformat", "editor"),
        ("responserequired", "0"),
        ("responsefieldlines", "10"),
        ("attachments", "0"),
        ("attachmentsrequired", "0"),
    ):
        SubElement(made, name).text = value
    _html(made, "graderinfo", _guide(question))
    _html(made, "responsetemplate", "")


def _name(say: str) -> str:
    """Return a question's name in lists: how it begins."""
    line = tidy(say)
    if len(line) <= LONGEST_NAME:
        return line
    return f"{line[:LONGEST_NAME].rpartition(' ')[0] or line[:LONGEST_NAME]} …"


def _guide(question: Question) -> str:
    parts = []
    for part in guide_of(question):
        items = "".join(f"<li>{_item(key, text)}</li>" for key, text in part.items)
        parts.append(f"<h4>{part.name}</h4><ul>{items}</ul>")
    return "".join(parts)


def _item(key: str, text: str) -> str:
    return f"<b>{key}:</b> {as_html(text)}" if key else as_html(text)


def _html(parent: Element, name: str, text: str) -> None:
    _text(SubElement(parent, name, format="html"), text)


def _text(parent: Element, text: str) -> None:
    SubElement(parent, "text").text = text
