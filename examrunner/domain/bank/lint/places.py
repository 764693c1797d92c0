"""Places in a reading, as `source` names them."""

from __future__ import annotations

import re

_NUMBER = r"(?:[A-Z]?\d+|[A-Z]|[IVX]+)(?:[.-]?(?:\d+|[a-z]\b|[A-Z]\b))*"
_PART = (
    r"sections?|sec|sect|figures?|fig|tables?|tab|equations?|eq|algorithms?|theorems?|lemmas?"
    r"|propositions?|corollar(?:y|ies)|definitions?|examples?|remarks?|appendi(?:x|ces)|chapters?"
    r"|pages?|pp?|footnotes?|notes?|listings?|boxes|box|parts?|slides?|paragraphs?|lectures?"
    r"|supplement(?:ary material)?|supplementary"
)
_NUMBERED = re.compile(rf"(?:{_PART})\.?\s+\(?{_NUMBER}\)?(?!\w)", re.IGNORECASE)
_TIME = re.compile(r"(?:(?:at|minute|time)\s+)?\d{1,2}:\d\d(?::\d\d)?(?!\d)", re.IGNORECASE)
_NAMED = re.compile(
    r"(?:abstract|introduction|conclusions?|discussion|limitations?|related work|background|title"
    r"|appendi(?:x|ces)|summary|preface|foreword|epilogue|acknowledge?ments?|supplement\w*"
    r"|methods?|results|experiments|broader impact|ethics statement|impact statement)\b",
    re.IGNORECASE,
)
_HEADING = re.compile(r"(?:headings?|section|part|chapter)\b:?\s+\S", re.IGNORECASE)
_FRONT = re.compile(
    r"(?:the\s+)?(?:section\s+)?(?:abstract|introduction|conclusions?|summary|title)\b"
    r"|section\s+1(?![.\d])",
    re.IGNORECASE,
)
_SECTION = re.compile(r"(?:sections?|sec\.?|chapters?|appendix)\s+([A-Z]|\d+)", re.IGNORECASE)


def is_place(text: str) -> bool:
    """Say whether a text begins with a place that can be opened."""
    told = text.strip()
    return any(one.match(told) for one in (_NUMBERED, _TIME, _NAMED, _HEADING))


def is_front(text: str) -> bool:
    """Say whether a place is abstract, introduction or conclusion, which summaries repeat."""
    return _FRONT.match(text.strip()) is not None


def section(text: str) -> str:
    """Return what tells one part of a reading from another: the number of a section, or the place.

    A figure or a table counts as a part of its own, since it names no section.
    """
    told = text.strip().lower()
    numbered = _SECTION.match(told)
    return f"section {numbered[1]}" if numbered else told
