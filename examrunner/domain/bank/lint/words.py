"""Words of a sentence, and how long it takes to say it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

WORDS_PER_SECOND = 150 / 60
"""Reading aloud without haste; 183 a minute is the average (Brysbaert 2019)."""
WAIT_SECONDS = 3
"""Silence after a question, which lengthens and betters answers (Rowe)."""

_WORD = re.compile(r"[^\W_]+")
_SIGNS = {code: " " for code in range(128) if not chr(code).isalnum()}
"""What ASCII has besides letters and digits."""
_PUNCTUATION = str.maketrans(dict.fromkeys('.,;:?!()[]{}"“”„-–—/', " "))
_STEM = 3
"""A word no longer than this keeps its s."""
_MOST = 100_000
"""So many words are remembered."""
_COMMON = """
a about above after again against all also am an and any are as at author authors be because been
before being below between both but by can could d did do does doing down during each enough even
every few for from further give given gives had has have having he her here hers him his how i if in
into is it its itself just know less like ll m made make makes many may me might more most much must
my name need needs new no nor not of off on once one only or other our out over own paper part per
put re s same say says see she should show shown shows so some still such suppose t take taken than
that the their them then there these they thing things this those though three through to too two
under until up upon use used uses using ve very was way we well were what when where whether which
while who whom whose why will with without would you your
"""


def spoken_seconds(text: str) -> float:
    """Return how long it takes to read a text aloud, in seconds."""
    return len(text.split()) / WORDS_PER_SECOND


def words_of(text: str) -> list[str]:
    """Return the words of a text in order, in lower case, without the s of a plural."""
    lower = text.lower()
    words = lower.translate(_SIGNS).split() if lower.isascii() else _WORD.findall(lower)
    return [_STEMS[word] for word in words]


def stem(word: str) -> str:
    """Return a word in lower case as `words_of` gives it."""
    return _STEMS[word]


def content_of(words: Iterable[str]) -> frozenset[str]:
    """Return the words that say what a text is about."""
    return frozenset(words) - COMMON


def plain_words(text: str) -> frozenset[str]:
    """Return the words of a text as they are written, hyphens and full stops taken apart."""
    return frozenset(text.translate(_PUNCTUATION).split())


def share(part: frozenset[str], whole: frozenset[str]) -> float:
    """Return which share of `whole` is found in `part`; 0 of nothing."""
    return len(part & whole) / len(whole) if whole else 0.0


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the shared words of two texts as a share of all their words."""
    common = len(one & other)
    return common / (len(one) + len(other) - common) if common else 0.0


class _Stems(dict[str, str]):
    """Words without the s of a plural, remembered: looking up is all that a second time costs."""

    def __missing__(self, word: str) -> str:
        plural = len(word) > _STEM and word.endswith("s") and not word.endswith("ss")
        stem = word[:-1] if plural else word
        if len(self) < _MOST:
            self[word] = stem
        return stem


_STEMS = _Stems()
COMMON = frozenset(_STEMS[word] for word in _COMMON.split())
"""Words, as `words_of` gives them, that stand in any question."""
