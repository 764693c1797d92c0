"""From the committed secret to a ticket and to words for a sheet: one SHA-256 each.

Sections 3.3 and 3.4 of examrunner-draw/1. The caller has checked ids, nonce and public value:
none holds a line feed, so no two inputs share a hashed text.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from examrunner.domain.plain import sha256

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = "examrunner-draw/1"
NONE = "-"
"""The public value or nonce where there is none."""

_TICKET_DIGITS = 8
_SPARE_BITS = 2
"""8 hex digits are 32 bits, a ticket is 30."""
_WORD_BITS = 256


def _hash(*lines: str) -> str:
    return sha256("".join(f"{line}\n" for line in (VERSION, *lines)))


def key(commitment: str, secret: str, public: str) -> str:
    """Return K from the commitment C, the secret S (both hex) and the public value P."""
    return _hash("key", commitment, secret, public)


def ticket_hash(key: str, student: str, attempt: int, nonce: str) -> str:
    """Return T, the hash whose start is the ticket; it stays out of the log until the reveal."""
    return _hash("paper", key, student, str(attempt), nonce)


def ticket(hashed: str) -> int:
    """Return the 30-bit ticket at the start of T: exactly uniform in 0 <= ticket < W."""
    return int(hashed[:_TICKET_DIGITS], 16) >> _SPARE_BITS


def words(key: str, student: str, attempt: int, nonce: str) -> Iterator[int]:
    """Yield the hashes Q0, Q1, ... of a sheet's choice as 256-bit integers, without end."""
    for counter in count():
        yield int(_hash("questions", key, student, str(attempt), nonce, str(counter)), 16)


def below(n: int, words: Iterator[int]) -> int:
    """Return an exactly uniform integer in 0 <= result < n, taking words until one fits.

    Raises ValueError if n is under 1 or the words run out.
    """
    if n < 1:
        raise ValueError(f"no integer below {n}")
    space = 1 << _WORD_BITS
    limit = space - space % n
    for word in words:
        if word < limit:
            return word % n
    raise ValueError("the words ran out")
