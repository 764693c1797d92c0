"""What Moodle makes of a GIFT file: the rules of its importer, restated apart from our reader.

Its order is kept: comments go first, then backslashes are collapsed into placeholders, then the
name, the braces and the format are looked for, and the placeholders come back at the end.
"""

from __future__ import annotations

import html
from dataclasses import dataclass

ESCAPED = {":": "&&058;", "#": "&&035;", "=": "&&061;", "{": "&&123;", "}": "&&125;",
           "~": "&&126;", "n": "&&010;"}  # fmt: skip
BACK = {"&&058;": ":", "&&035;": "#", "&&061;": "=", "&&123;": "{", "&&125;": "}",
        "&&126;": "~", "&&010;": "\n"}  # fmt: skip
FORMATS = ("moodle", "html", "plain", "markdown")
BLANK = " \t\n\r\0\x0b"
"""What the importer trims: nothing beyond ASCII."""


@dataclass(frozen=True)
class Read:
    """One question as Moodle keeps it."""

    kind: str
    name: str
    text: str
    form: str
    answer: str
    category: str


def load(data: bytes) -> list[Read]:
    """Return what a file holds, in its order."""
    found, block, category = [], [], ""
    for raw in [*data.decode().split("\n"), ""]:
        line = raw.strip(BLANK)
        if line not in ("", "0"):
            block.append(line)
            continue
        text = "\n".join(" " if one.startswith("//") else one for one in block).strip(BLANK)
        block = []
        if text.startswith("$CATEGORY:"):
            category = before(text)[10:].strip(BLANK)
        elif text:
            found.append(question(before(text), category))
    return found


def before(text: str) -> str:
    """Collapse backslashes: doubled ones first, so that what follows them is left alone."""
    text = text.replace("\\\\", "&&092;")
    for sign, placeholder in ESCAPED.items():
        text = text.replace(f"\\{sign}", placeholder)
    return text.replace("&&092;", "\\")


def after(text: str) -> str:
    """Put the signs back."""
    for placeholder, sign in BACK.items():
        text = text.replace(placeholder, sign)
    return text


def question(text: str, category: str) -> Read:
    """Take one question apart."""
    name = ""
    if text.startswith("::") and "::" in text[2:]:
        name, _, text = text[2:].partition("::")
        text = text.strip(BLANK)
    start, end = text.find("{"), text.find("}")
    if start < 0 and end < 0:
        kind, answer, said = "description", "", text
    elif start < 0 or end < 0:
        raise ValueError("Moodle refuses the file: a brace is missing")
    else:
        answer = text[start + 1 : end].strip(BLANK)
        if "####" in answer:
            answer = answer[: answer.rindex("####")].strip(BLANK)
        kind = "other" if answer else "essay"
        gap = "" if text.endswith("}") else "_____"
        said = text[:start] + gap + text[end + 1 :]
    form = "moodle"
    if said.startswith("[") and said[1 : said.index("]")] in FORMATS:
        form, said = said[1 : said.index("]")], said[said.index("]") + 1 :]
    return Read(kind, after(name).strip(BLANK), after(said).strip(BLANK), form, answer, category)


def seen(read: Read) -> str:
    """Return what a student sees of a text in HTML whose only tag is a line break."""
    assert read.form == "html"
    return html.unescape(read.text.replace("<br>", "\n"))
