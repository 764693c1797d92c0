"""Values of BibTeX fields: what is quoted, what is a word, and what names, years and ids mean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from examrunner.domain.bank.foreign import normal
from examrunner.domain.text import tidy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MONTHS = {name[:3].casefold(): name for name in (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)}  # fmt: skip
"""Abbreviations that every style defines."""
LONGEST_URL = 1_000
_YEAR = re.compile(r"(?<![0-9A-Za-z])(?:1[4-9]|20)[0-9]{2}(?![0-9A-Za-z])")
_ARXIV = r"(?:[0-9]{4}\.[0-9]{4,5}|[a-z-]{2,12}(?:\.[A-Z]{2})?/[0-9]{7})(?:v[0-9]{1,2})?"
_ARXIV_ALONE = re.compile(rf"(?:arxiv:)?\s*({_ARXIV})", re.IGNORECASE)
_ARXIV_NAMED = re.compile(rf"arxiv(?:\.org/(?:abs|pdf)/|[:.\s]\s*)({_ARXIV})", re.IGNORECASE)
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.[0-9]{4,9}/\S+)", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([_%&#$~])(?:\{\})?")


def parts_of(raw: str) -> Iterator[tuple[str, bool]]:
    """Return the texts that `#` joins, each with whether it is a bare word."""
    for part in _split(raw.strip()):
        text = part.strip()
        is_quoted = len(text) > 1 and (text[0] + text[-1]) in ('""', "{}")
        if text:
            yield (text[1:-1], False) if is_quoted else (text, True)


def _split(raw: str) -> Iterator[str]:
    """Split at each # that stands in neither braces nor quotes."""
    depth, start, is_quoted = 0, 0, False
    for place, sign in enumerate(raw):
        if sign == "{":
            depth += 1
        elif sign == "}":
            depth -= 1
        elif sign == '"' and depth == 0:
            is_quoted = not is_quoted
        elif sign == "#" and depth == 0 and not is_quoted:
            yield raw[start:place]
            start = place + 1
    yield raw[start:]


def names_of(raw: str) -> str:
    """Return authors as a list of names, first names first."""
    names = [_name(name) for name in _separated(raw) if name.strip()]
    if names and names[-1].casefold() == "others":
        return f"{', '.join(names[:-1])} et al." if names[:-1] else ""
    return ", ".join(names)


def _separated(raw: str) -> list[str]:
    """Split at each `and` that stands in no braces."""
    names: list[str] = []
    words: list[str] = []
    depth = 0
    for word in raw.split():
        if depth == 0 and word.casefold() == "and":
            names.append(" ".join(words))
            words = []
        else:
            words.append(word)
            depth += word.count("{") - word.count("}")
    return [*names, " ".join(words)]


def _name(raw: str) -> str:
    parts = [part.strip() for part in raw.split(",")] if "{" not in raw else _outside(raw)
    if len(parts) == 1:
        return parts[0]
    first, rest = parts[-1], parts[:-1]
    return " ".join(part for part in (first, rest[0], *rest[1:]) if part)


def _outside(raw: str) -> list[str]:
    """Split at each comma that stands in no braces."""
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(raw):
        depth += (sign == "{") - (sign == "}")
        if sign == "," and depth == 0:
            parts.append(raw[start:place].strip())
            start = place + 1
    return [*parts, raw[start:].strip()]


def year_of(raw: str) -> int | None:
    """Return the year that a field names last: what stands before it only sorts."""
    found = _YEAR.findall(raw)
    return int(found[-1]) if found else None


def as_written(raw: str) -> str:
    """Return a link or an id without the backslashes and braces of LaTeX."""
    plain = _ESCAPED.sub(r"\1", raw.replace("\\url", ""))
    text = tidy(normal(plain.replace("{", "").replace("}", "")))
    return text if len(text) <= LONGEST_URL else ""


def doi_of(values: Mapping[str, str]) -> str | None:
    """Return a DOI without what stands before it."""
    found = _DOI.match(as_written(values.get("doi", "")))
    return found[1] if found else None


def arxiv_of(values: Mapping[str, str]) -> str | None:
    """Return an arXiv id as text, wherever an entry names it."""
    prefix = values.get("archiveprefix") or values.get("eprinttype") or "arxiv"
    alone = _ARXIV_ALONE.fullmatch(as_written(values.get("eprint", "")))
    if alone and prefix.strip().casefold() == "arxiv":
        return alone[1]
    for name in ("doi", "url", "journal", "howpublished"):
        found = _ARXIV_NAMED.search(as_written(values.get(name, "")))
        if found:
            return found[1]
    return None
