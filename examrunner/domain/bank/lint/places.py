"""Places in a reading, as `source` names them."""

from __future__ import annotations

import re

_NUMBER = r"(?:[A-Z]?\d+|[A-Z]|[IVX]+)(?:[.-]?(?:\d+|[a-z]\b|[A-Z]\b))*"
_PART = (
    r"sections?|secs?|sect|figures?|figs?|tables?|tabs?|equations?|eqs?|eqn|algorithms?|algs?"
    r"|theorems?|thm|lemmas?|propositions?|prop|corollar(?:y|ies)|definitions?|def|examples?"
    r"|remarks?|appendi(?:x|ces)|apps?|chapters?|chap|ch"
    r"|pages?|pp?|footnotes?|notes?|listings?|boxes|box|parts?|slides?|paragraphs?|lectures?"
    r"|supplement(?:ary material)?|supplementary"
)
_NUMBERED = re.compile(rf"(?:{_PART})(?:\.\s*|\s+)\(?{_NUMBER}\)?(?!\w)", re.IGNORECASE)
_TIME = re.compile(r"(?:(?:at|minute|time)\s+)?\d{1,2}:\d\d(?::\d\d)?(?!\d)", re.IGNORECASE)
_NAMED = re.compile(
    r"(?:the\s+)?(?:abstract|introduction|conclusions?|discussion|limitations?|related work"
    r"|background|title|appendi(?:x|ces)|summary|preface|foreword|epilogue|acknowledge?ments?|supplement\w*"
    r"|methods?|results|experiments|broader impact|ethics statement|impact statement)\b",
    re.IGNORECASE,
)
_HEADING = re.compile(r"(?:headings?|section|part|chapter)\b:?\s+\S", re.IGNORECASE)
_WORDS = r"(?:abstract|introduction|conclusions?|summary|title)\b"
_FRONT = re.compile(
    rf"(?:the\s+)?(?:(?:headings?|sections?|secs?|sect|part|chapter)\b[.:]?\s*)?{_WORDS}"
    rf"|(?:sections?|secs?|sect)\b\.?\s*(?:{_NUMBER}\s*[(:]\s*{_WORDS}"
    r"|(?:1|I)(?![.\w])(?!\s*(?:[-–]|to\b)))",
    re.IGNORECASE,
)
_JOINT = re.compile(r"\s*(?:[,;&+]|\band\b)\s*", re.IGNORECASE)
_WITHIN = re.compile(r"(?:pages?|pp?|paragraphs?|footnotes?|notes?)\b", re.IGNORECASE)
"""Where in a part of the reading something stands, rather than another part."""
_SECTION = re.compile(r"(?:sections?|sec\.?|chapters?|appendix)\s+([A-Z]|\d+)", re.IGNORECASE)


def is_place(text: str) -> bool:
    """Say whether a text begins with a place that can be opened."""
    told = text.strip()
    return any(one.match(told) for one in (_NUMBERED, _TIME, _NAMED, _HEADING))


def is_front(text: str) -> bool:
    """Say whether a place is abstract, introduction or conclusion, which summaries repeat.

    One that names another part of the reading beside them is not.
    """
    told = text.strip()
    if not _FRONT.match(told):
        return False
    return all(
        _FRONT.match(part) or _WITHIN.match(part) or not (part[:1].isdigit() or is_place(part))
        for part in _JOINT.split(told)
    )


def section(text: str) -> str:
    """Return what tells one part of a reading from another: the number of a section, or the place.

    A figure or a table counts as a part of its own, since it names no section.
    """
    told = text.strip().lower()
    numbered = _SECTION.match(told)
    return f"section {numbered[1]}" if numbered else told
