"""From the bytes of a YAML file to the text that the parser may see."""

from __future__ import annotations

import codecs
import re
import unicodedata
from itertools import islice
from typing import TYPE_CHECKING

from examrunner.domain.problems import Problem, error, warning
from examrunner.domain.text import bad_character, name_of
from examrunner.storage.readers.yaml_hints import ODD_SPACES, RULE, odd_space, odd_space_told

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_PROBLEMS = 50
"""Reading stops here: nobody reads more, and a hostile file could hold millions."""

_USUAL = bytes(range(ord(" "), 0x7F)) + b"\t\n\r"
"""Bytes that need no look; a file of other ones is gone through by characters."""
_UNUSUAL = re.compile(r"[^\n\t -~]")
_COMMENT = re.compile(" #")
_OTHER_ENCODINGS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


def decode(data: bytes, file: str, most: int) -> tuple[str | None, list[Problem]]:
    """Return the text with line ends as line feeds; the parser sees nothing unchecked."""
    if len(data) > most:
        told = f"the file is larger than {most // 1_000_000} MB"
        return None, [error(told, "is this the right file?", file=file, line=1, rule=RULE)]
    for mark, name in _OTHER_ENCODINGS:
        if data.startswith(mark):
            hint = "save it as UTF-8 in your editor"
            return None, [error(f"the file is in {name}", hint, file=file, line=1, rule=RULE)]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        start = data.rfind(b"\n", 0, fault.start) + 1
        column = len(data[start : fault.start].decode("utf-8", "replace")) + 1
        line = data.count(b"\n", 0, fault.start) + 1
        told = "the file is not in UTF-8"
        hint = "save it as UTF-8 in your editor (it may be in Latin-1 or cut off)"
        return None, [error(told, hint, file=file, line=line, column=column, rule=RULE)]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not data.translate(None, _USUAL):
        return text, []
    problems = list(islice(_bad_characters(text, file), MAX_PROBLEMS))
    return (
        (None, problems)
        if problems
        else (text, list(islice(_odd_spaces(text, file), MAX_PROBLEMS)))
    )


def is_simple(text: str) -> bool:
    """Say whether texts of a file need not be looked at one by one, unless in double quotes.

    It holds no sign of an anchor or a tag, no tab, no comment that may have cut a text, and is in
    NFC, so that every part of it is.
    """
    if any(sign in text for sign in "&!\t") or not unicodedata.is_normalized("NFC", text):
        return False
    return all(text[cut.start() - 1].isspace() for cut in _COMMENT.finditer(text) if cut.start())


def _bad_characters(text: str, file: str) -> Iterator[Problem]:
    for match in _UNUSUAL.finditer(text):
        if bad_character(match[0]) is None:
            continue
        line = text.count("\n", 0, match.start()) + 1
        column = match.start() - text.rfind("\n", 0, match.start())
        told = f"the character {name_of(match[0])} is not let in"
        hint = (
            "the file may have been damaged; take it from a backup"
            if match[0] == "\0"
            else "delete it and type the place anew"
        )
        yield error(told, hint, file=file, line=line, column=column, rule=RULE)


def _odd_spaces(text: str, file: str) -> Iterator[Problem]:
    """Warn of spaces that look like any other and build nothing: YAML knows only the usual one."""
    if not any(one in text for one in ODD_SPACES):
        return
    for n, line in enumerate(text.split("\n"), start=1):
        if (at := odd_space(line)) is not None:
            told, hint = odd_space_told(line[at])
            yield warning(told, hint, file=file, line=n, column=at + 1, rule=RULE)
