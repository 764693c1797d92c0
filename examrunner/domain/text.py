"""Text from people: what is let in, what an id may be, and how anything is shown.

Rules and their reasons: decisions 10 and 11 of the reliability notes. Text is normalised to
NFC and must hold no control, bidirectional or invisible formatting character; ZWJ and ZWNJ stay,
since Persian, Indic scripts and emoji need them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

ID_PATTERN = r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}"
"""Ids of students, readings and questions: safe as a file name part and in the draw log."""
_ID = re.compile(ID_PATTERN)

_JOINERS = {"\u200c", "\u200d"}
_HIDDEN = {"\u2028", "\u2029", "\u2060", "\ufeff"}
_SOFT_HYPHEN = "\u00ad"
"""Let in, since titles copied from papers are full of it; comparing passes over it."""
_FILLERS = {"\u115f", "\u1160", "\u2800", "\u3164", "\uffa0"}
"""Letters and signs that leave their place empty."""


def is_id(text: str) -> bool:
    """Say whether a text may serve as an id."""
    return _ID.fullmatch(text) is not None


def bad_character(text: str, *, newlines: bool = False) -> str | None:
    """Return the first character that is not let in, or None.

    `newlines` lets line feeds pass, for long texts.
    """
    for character in text:
        if " " <= character <= "~" or (newlines and character == "\n"):
            continue
        if _is_bad(character):
            return character
    return None


def _is_bad(character: str) -> bool:
    category = unicodedata.category(character)
    if category in ("Cc", "Cs", "Cn"):
        return True
    if category == "Cf":
        return character not in _JOINERS and character != _SOFT_HYPHEN
    return character in _HIDDEN


def name_of(character: str) -> str:
    """Return a character's code point and name for a message, e.g. `U+202E RIGHT-TO-LEFT…`."""
    name = unicodedata.name(character, "a control character")
    return f"U+{ord(character):04X} {name}"


def tidy(text: str) -> str:
    """Return a text in NFC with runs of white space as one space and none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def without_hidden(text: str) -> str:
    """Return a typed or pasted text without what is not let in; line ends become spaces."""
    kept = (one if bad_character(one) is None else " " * one.isspace() for one in text)
    return "".join(kept)


def clean(text: str) -> str:
    """Return a typed or pasted text as it may be kept: tidy, and nothing hidden in it."""
    return tidy(without_hidden(text))


def is_blank(text: str) -> bool:
    """Say whether nothing of a text can be seen: a name of joiners, marks or fillers alone."""
    if text.isascii():
        return not text.strip()
    return all(_is_unseen(character) for character in text)


def _is_unseen(character: str) -> bool:
    return character in _FILLERS or unicodedata.category(character)[0] in "ZMC"


def safe(text: str) -> str:
    """Return a text that shows every control or hidden character as a visible mark.

    The last line of defence before a terminal: a text that came in unchecked can still neither
    move the cursor nor hide anything.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if not _is_bad(character):
        return character
    code = ord(character)
    if code < ord(" "):
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"  # noqa: PLR2004  DEL has a picture of its own


_SIGNS = {code: " " for code in range(128) if not chr(code).isalnum()}
"""What ASCII has besides letters and digits."""


def _passed_over(character: str) -> bool:
    return (
        unicodedata.combining(character) > 0 or character == _SOFT_HYPHEN or character in _JOINERS
    )


def fold(text: str) -> str:
    """Return a text for comparing titles and headers: lower case, letters and digits only."""
    if text.isascii():
        return " ".join(text.lower().translate(_SIGNS).split())
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = (c if c.isalnum() else " " for c in plain if not _passed_over(c))
    return " ".join("".join(kept).split())


def counted(number: int, noun: str) -> str:
    """Return `1 event`, `2 events`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def some(names: Sequence[str], most: int = 4) -> str:
    """Return the first of some names, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def long_date(on: date) -> str:
    """Return a day as people write it: `Friday 13 December 2024`."""
    return f"{on:%A} {on.day} {on:%B %Y}"
