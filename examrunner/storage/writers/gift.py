"""Banks as GIFT: the words of the questions only, since an essay there has no guide.

Feedback is the one place left, and that is shown to students. A line break is written as HTML,
so that a question is one line and no line of a text can pass for a comment or an end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.bank.carrying import Form, exported
from examrunner.storage.writers.moodle_xml import as_html, category

if TYPE_CHECKING:
    from collections.abc import Iterable

    from examrunner.domain.bank.banks import Bank

_ESCAPES = str.maketrans({sign: f"\\{sign}" for sign in "\\~=#{}:"})
"""A backslash too: GIFT takes `\\n` for a line break, which would cut `\\nabla` and `\\neq`."""


def gift_bytes(banks: Iterable[Bank]) -> bytes:
    """Return banks as the bytes of a GIFT file."""
    lines: list[str] = []
    for bank in banks:
        place = ""
        for question in exported(bank, Form.GIFT):
            path = category(bank.reading, question.kind)
            if path != place:
                lines += [f"$CATEGORY: {path.replace(chr(92), chr(92) * 2)}", ""]
                place = path
            lines += [f"::{escaped(question.id)}::[html]{escaped(as_html(question.say))}{{}}", ""]
    return "\n".join(lines).encode()


def escaped(text: str) -> str:
    """Return a text in which nothing means anything to GIFT."""
    return text.translate(_ESCAPES)
