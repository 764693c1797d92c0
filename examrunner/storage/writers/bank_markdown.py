"""Banks as Markdown: everything in them, to be read and printed.

Texts are escaped so that they say what they say; formulas are left alone, so that viewers that
know LaTeX set them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from examrunner.domain.bank.carrying import Form, exported
from examrunner.domain.text import safe
from examrunner.storage.writers.bank_pages import about, claims, headline, shown_parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from examrunner.domain.bank.banks import Bank, Question

_FORMULA = re.compile(
    r"(\$\$?[^$\n<`]{1,500}\$\$?|\\\([^\n<`]{1,500}?\\\)|\\\[[^\n<`]{1,500}?\\\])"
)
_SIGNS = re.compile(r"([\\`*_\[\]<>|~#&])")
_START = re.compile(r"(\s*)(?:([-+])|(\d{1,9})([.)])|(=+|-+)(?=\s*\Z))")


def markdown_bytes(banks: Iterable[Bank]) -> bytes:
    """Return banks as the bytes of a Markdown file."""
    lines: list[str] = []
    for bank in banks:
        lines += _bank(bank)
    return ("\n".join(lines).rstrip("\n") + "\n").encode("utf-8", "replace")


def _bank(bank: Bank) -> Iterator[str]:
    yield f"# {_inline(bank.title or bank.reading)}"
    yield ""
    for name, texts in about(bank):
        if len(texts) == 1:
            yield from _item(name.lower(), texts[0])
        else:
            yield f"- **{name.lower()}**"
            for text in texts:
                yield from (f"  {line}" for line in _item("", text))
    yield ""
    for number, question in enumerate(exported(bank, Form.MARKDOWN), start=1):
        yield from _question(number, question)


def _question(number: int, question: Question) -> Iterator[str]:
    yield f"## {number}. {_inline(question.id)}"
    yield ""
    yield _inline(headline(question))
    yield ""
    for line in _lines(question.say):
        yield f"> {line}".rstrip()
    yield ""
    for part in shown_parts(question):
        yield f"**{part.name}**"
        yield ""
        for key, text in part.items:
            yield from _item(key, text)
        yield ""
    notes = claims(question)
    if notes:
        yield "**State**"
        yield ""
        for text in notes:
            yield from _item("", text)
        yield ""


def _item(key: str, text: str) -> Iterator[str]:
    head, *rest = _lines(text)
    yield f"- **{key}** {head}" if key else f"- {head}"
    for line in rest:
        yield f"  {line}".rstrip()


def _lines(text: str) -> list[str]:
    """Return the lines of a text; all but the last end in a break."""
    lines = [_escaped(safe(line)) for line in text.split("\n")]
    return [f"{line}  " if line and place < len(lines) - 1 else line for place, line in
            enumerate(lines)]  # fmt: skip


def _inline(text: str) -> str:
    return _escaped(safe(" ".join(text.split())))


def _escaped(line: str) -> str:
    """Return one line in which nothing means anything to Markdown but formulas."""
    parts = _FORMULA.split(line)
    made = "".join(
        part if place % 2 else _SIGNS.sub(r"\\\1", part) for place, part in enumerate(parts)
    )
    found = _START.match(made)
    if found is None:
        return made
    if found[3]:
        return f"{found[1]}{found[3]}\\{found[4]}{made[found.end() :]}"
    return f"{found[1]}\\{made[found.end(1) :]}"
