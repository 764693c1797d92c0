"""What ids, the public value, nonces and reasons of examrunner-draw/1 may be (section 3.1)."""

from __future__ import annotations

import re
import unicodedata

from examrunner.domain.errors import Refused

_ID = re.compile(r"[A-Za-z0-9._:@+-]{1,64}")
_PUBLIC = re.compile(r"[!-~](?:[ -~]{0,198}[!-~])?")
_NONCE = re.compile(r"[!-~]{1,32}")
_HEX = re.compile(r"[0-9a-f]{64}")
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""Control, bidirectional and invisible characters: a fixed list, so that every verifier agrees,
whatever version of Unicode it knows."""
_BLANK = re.compile("[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]*")


def is_id(text: str) -> bool:
    """Say whether a text may be the id of a student, paper or question in the draw."""
    return _ID.fullmatch(text) is not None


def is_hex(text: str) -> bool:
    """Say whether a text is 64 lower-case hex digits: a hash or a secret."""
    return _HEX.fullmatch(text) is not None


def is_reason(text: str) -> bool:
    """Say whether a text may be a `why`: not blank, in NFC, on one line, nothing hidden in it."""
    return (
        _BLANK.fullmatch(text) is None
        and _HIDDEN.search(text) is None
        and unicodedata.is_normalized("NFC", text)
    )


def is_public(text: str) -> bool:
    """Say whether a text may be P: 1 to 200 printable ASCII characters, trimmed."""
    return _PUBLIC.fullmatch(text) is not None


def is_nonce(text: str) -> bool:
    """Say whether a text may be a nonce: 1 to 32 ASCII characters, no space."""
    return _NONCE.fullmatch(text) is not None


def checked_public(text: str) -> str:
    """Return P without spaces around it; raises Refused if it cannot be one."""
    trimmed = text.strip()
    if not is_public(trimmed):
        raise Refused(
            "the public value must be 1 to 200 plain characters (letters, digits, signs)",
            "give - if there is none",
        )
    return trimmed


def checked_nonce(text: str) -> str:
    """Return the nonce; raises Refused if it cannot be one."""
    if not is_nonce(text):
        raise Refused(
            "the student's number must be 1 to 32 plain characters without spaces",
            "give - if there is none",
        )
    return text


def checked_reason(text: str) -> str:
    """Return a `why`; raises Refused if it cannot be one."""
    if not is_reason(text):
        raise Refused("a reason must be given, on one line and without hidden characters")
    return text


def checked_papers(papers: tuple[str, ...]) -> tuple[str, ...]:
    """Return paper ids sorted, each once; raises Refused if one cannot be an id."""
    for paper in papers:
        if not is_id(paper):
            raise Refused(f"{paper!r} cannot be the id of a paper in the draw")
    return tuple(sorted(set(papers)))
