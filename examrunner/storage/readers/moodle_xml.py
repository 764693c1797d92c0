"""Moodle XML: its essay questions, with the notes for graders. What else it holds is named."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from examrunner.domain.bank.foreign import Foreign, Skipped, Taken, normal
from examrunner.domain.problems import warning
from examrunner.domain.text import safe, tidy
from examrunner.storage.readers.html_text import Line, Plain, plain_auto, plain_html
from examrunner.storage.readers.moodle_guide import fields_of
from examrunner.storage.readers.xml_tree import read_xml, refused
from examrunner.storage.writers.moodle_xml import FOLDER

if TYPE_CHECKING:
    from examrunner.domain.problems import Problem
    from examrunner.storage.readers.xml_tree import Tag

FORM = "Moodle XML"
NAMED = {
    "truefalse": "true or false",
    "multichoice": "multiple choice",
    "shortanswer": "short answer",
    "numerical": "numerical",
    "matching": "matching",
    "match": "matching",
    "description": "a description",
    "cloze": "gaps in a text",
    "multianswer": "gaps in a text",
    "calculated": "calculated",
}
"""Kinds of questions that an oral exam does not ask."""
_NUMBER = re.compile(r"([0-9]{1,6})(?:\.0*)?")
_SLASH = re.compile(r"(?<!/)/(?!/)")
_SHOWN = 60
_OF_OURS = 3
"""Names in the category of a question that we wrote."""


def read_moodle(data: bytes, file: str | None) -> Foreign:
    """Return the essay questions of a Moodle XML file. Raises BadInput for any other file."""
    root = read_xml(data, file)
    demand_quiz(root, file)
    taken: list[Taken] = []
    skipped: list[Skipped] = []
    problems: list[Problem] = []
    place = ("", "")
    for one in root.all("question"):
        what = one.attributes.get("type", "")
        if what == "category":
            place = place_of(_plain_text(one.first("category")))
        elif what != "essay":
            named = NAMED.get(what) or f"of the kind {safe(tidy(what)[:20]) or 'none'}"
            skipped.append(Skipped(_name(one), named, one.line))
        else:
            made, left = _essay(one, *place)
            if isinstance(made, Skipped):
                skipped.append(made)
                continue
            taken.append(made)
            if left:
                told = f"of '{_name(one)}' stayed behind: {', '.join(left)}"
                problems.append(warning(told, file=file, line=one.line, rule="bank-left-behind"))
    return Foreign(FORM, tuple(taken), tuple(skipped), tuple(problems))


def demand_quiz(root: Tag, file: str | None) -> None:
    """Raise BadInput for XML that is not from Moodle, saying what it is where that is known."""
    from examrunner.storage.readers.qti import refusal_of

    if root.name == "quiz":
        return
    if (told := refusal_of(root.name, root.space)) is not None:
        raise refused(*told, file, root.line)
    name = safe(root.name[:_SHOWN])
    hint = "in Moodle: Question bank, Export, Moodle XML format"
    raise refused(f"its outermost tag is {name}, not quiz as in Moodle XML", hint, file, root.line)


def place_of(path: str) -> tuple[str, str]:
    """Return the reading and the kind that a category of ours names; empty for any other."""
    names = [tidy(name.replace("//", "/")) for name in _SLASH.split(path)]
    names = [name for name in names if name and not re.fullmatch(r"\$[a-z]+\$|top", name)]
    is_ours = len(names) == _OF_OURS and names[0] == FOLDER
    return (names[1], names[2]) if is_ours else ("", "")


def _essay(one: Tag, reading: str, kind: str) -> tuple[Taken | Skipped, list[str]]:
    """Return an essay question, and what of it stays behind in words."""
    said, guide = _formatted(one.first("questiontext")), _formatted(one.first("graderinfo"))
    if not said.text or said.is_cut or guide.is_cut:
        is_long = said.is_cut or guide.is_cut
        why = "an essay whose text is far too long" if is_long else "an essay without a text"
        return Skipped(_name(one), why, one.line), []
    grade = _plain_text(one.first("defaultgrade"), inner=False)
    found = _NUMBER.fullmatch(grade)
    left = [*_left_behind(one), *_pictures(said, guide)]
    if grade and not found:
        left.append(f"the grade {safe(grade[:_SHOWN])}, since marks are whole")
    made: dict[str, Any] = {"kind": kind, **fields_of(guide.lines)}
    return Taken(
        said.text,
        one.line,
        tidy(_plain_text(one.first("idnumber"), inner=False)),
        reading=reading,
        marks=int(found[1]) if found else None,
        **made,
    ), left


def _pictures(*texts: Plain) -> list[str]:
    count = sum(text.pictures for text in texts)
    return [f"pictures and media ({count})"] if count else []


def _left_behind(one: Tag) -> list[str]:
    """Return what an essay holds that a bank has no place for, in words."""
    left = []
    if _formatted(one.first("generalfeedback")).lines:
        left.append("the general feedback")
    if _formatted(one.first("responsetemplate")).lines:
        left.append("the response template")
    files = sum(len(list(part.all("file"))) for part in one.children)
    if files:
        left.append(f"embedded files ({files})")
    tags = one.first("tags")
    if tags is not None and tags.children:
        left.append("tags")
    if _plain_text(one.first("hidden"), inner=False) == "1":
        left.append("that it is hidden in Moodle")
    return left


def _name(one: Tag) -> str:
    """Return a question's name for messages, or how it begins."""
    name = _plain_text(one.first("name")) or _formatted(one.first("questiontext")).text
    return safe(tidy(name)[:_SHOWN]) or "a question without a name"


def _formatted(tag: Tag | None) -> Plain:
    """Return the lines of a text, by the format that it says it has."""
    if tag is None:
        return Plain(())
    text = _raw(tag)
    form = tag.attributes.get("format", "html").strip()
    if form in ("plain_text", "markdown", "wiki_like"):
        return literal(text)
    return plain_auto(text) if form == "moodle_auto_format" else plain_html(text)


def literal(text: str) -> Plain:
    """Return the lines of a text in which nothing is markup to be taken out."""
    lines = (normal(line) for line in text.splitlines())
    return Plain(tuple(Line("p", line) for line in lines if line))


def _plain_text(tag: Tag | None, *, inner: bool = True) -> str:
    """Return a text without markup, from the tag's own `text` or from itself."""
    if tag is None:
        return ""
    return (_raw(tag) if inner else tag.text).strip()


def _raw(tag: Tag) -> str:
    inner = tag.first("text")
    return tag.text if inner is None else inner.text
