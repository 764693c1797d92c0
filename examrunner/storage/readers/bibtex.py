"""BibTeX: entries as readings for a catalogue, and everything that is odd about them."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from examrunner.domain.bank.foreign import LONGEST, normal
from examrunner.domain.course.catalogue import Reading
from examrunner.domain.course.titles import reading_id
from examrunner.domain.problems import BadInput, Problem, error, warning
from examrunner.domain.text import is_id, safe, tidy
from examrunner.storage.readers.bibtex_values import (
    MONTHS,
    arxiv_of,
    as_written,
    doi_of,
    names_of,
    parts_of,
    year_of,
)
from examrunner.storage.readers.plain_text import decoded

if TYPE_CHECKING:
    from collections.abc import Iterable


RULE = "bibtex"
MAX_ENTRIES = 20_000
MAX_PROBLEMS = 200
_TYPES = {"book": "book", "booklet": "book", "inbook": "book", "manual": "book",
          "online": "blog", "video": "video", "movie": "video"}  # fmt: skip
"""Kinds of entries that are no papers; those of biblatex too."""
_VENUES = ("journal", "journaltitle", "booktitle", "school", "institution", "publisher",
           "howpublished")  # fmt: skip
_USED = frozenset(
    ("title", "author", "editor", "year", "date", "doi", "eprint", "archiveprefix",
     "eprinttype", "url", "crossref", *_VENUES)
)  # fmt: skip
_INHERITED = {"booktitle": ("booktitle", "title")}
"""What an entry takes from the one that it refers to, where that has another name there."""
_OWN = frozenset(("title", "crossref", "doi", "eprint", "url"))
"""Fields that an entry does not take from another one."""


_BOX = re.compile(r"\\[mhf]box\s*(?=\{)")
"""Boxes, whose text the decoder would drop."""
_MARKED = re.compile(r"[\\{}$~`'%&#^_-]")
"""Signs without which a text means itself to LaTeX."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A reading for a catalogue, and where it stands in the file."""

    reading: Reading
    key: str
    line: int


@dataclass(frozen=True, slots=True)
class Refs:
    """What a BibTeX file holds."""

    proposed: tuple[Proposed, ...]
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class _Raw:
    """An entry whose texts are not decoded yet."""

    kind: str
    key: str
    line: int
    values: dict[str, str] = field(default_factory=dict)


def read_bibtex(data: bytes, file: str | None) -> Refs:
    """Return the entries of a BibTeX file as readings. Raises BadInput for what is none."""
    blocks = _blocks(decoded(data, file, RULE), file)
    reader = _Reader(file)
    for block in blocks:
        reader.define(block)
    entries = [raw for block in blocks if (raw := reader.entry(block)) is not None]
    if not entries and not reader.problems:
        told, hint = "there is no entry in this file", "an entry begins with @article{key, ...}"
        raise BadInput([error(told, hint, file=file, line=1, rule=RULE)])
    proposed = reader.readings(entries)
    problems = sorted(reader.problems, key=lambda one: one.line or 0)
    return Refs(tuple(proposed), tuple(problems[:MAX_PROBLEMS]))


def _blocks(text: str, file: str | None) -> list[Any]:
    """Return what the parser finds. It writes about faults to a log; they are told here instead."""
    from bibtexparser.entrypoint import parse_string

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL + 1)
    logging.getLogger("pylatexenc").setLevel(logging.CRITICAL + 1)
    if text.count("@") > MAX_ENTRIES:
        told = f"the file has more than {MAX_ENTRIES:,} entries"
        raise BadInput([error(told, "is this the right file?", file=file, line=1, rule=RULE)])
    try:
        return list(parse_string(text, parse_stack=[]).blocks)
    except Exception as fault:
        told = f"this cannot be read as BibTeX ({type(fault).__name__})"
        raise BadInput([error(told, "is this a .bib file?", file=file, rule=RULE)]) from fault


class _Reader:
    """Keeps the abbreviations of a file and the problems found in it."""

    def __init__(self, file: str | None) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.words: dict[str, str] = dict(MONTHS)

    def warn(self, told: str, line: int | None, hint: str = "") -> None:
        """Keep a problem."""
        self.problems.append(warning(told, hint, file=self.file, line=line, rule=RULE))

    def define(self, block: Any) -> None:
        """Keep an abbreviation."""
        from bibtexparser.model import String

        if isinstance(block, String):
            value = self.value(str(block.value), (block.start_line or 0) + 1, block.key)
            if value is not None:
                self.words[block.key.casefold()] = value

    def value(self, raw: str, line: int, name: str) -> str | None:
        """Return a value with its abbreviations written out; None where one is not known."""
        made = []
        for text, is_word in parts_of(raw):
            if not is_word or text.isdigit():
                made.append(text)
            elif text.casefold() in self.words:
                made.append(self.words[text.casefold()])
            else:
                told = f"`{safe(text[:60])}` in {safe(name[:30])} is not defined by a @string"
                self.warn(told, line, "put the text in braces, or define it above")
                return None
        return "".join(made)

    def entry(self, block: Any) -> _Raw | None:
        """Return an entry with the fields that are used; None for anything else."""
        from bibtexparser.model import (
            DuplicateBlockKeyBlock,
            DuplicateFieldKeyBlock,
            Entry,
            ParsingFailedBlock,
        )

        line = (block.start_line or 0) + 1
        if isinstance(block, DuplicateFieldKeyBlock):
            twice = safe(", ".join(sorted(block.duplicate_keys))[:60])
            self.warn(f"an entry has a field twice: {twice}; the first one counts", line)
            block = block.ignore_error_block
        elif isinstance(block, DuplicateBlockKeyBlock):
            what = "entry" if isinstance(block.ignore_error_block, Entry) else "@string"
            told = f"the key `{safe(block.key[:60])}` is given twice; this {what} is left out"
            self.warn(told, line, "give it another key")
        elif isinstance(block, ParsingFailedBlock):
            hint = "a brace or a comma may be missing"
            self.warn("this entry cannot be read; it is left out", line, hint)
        if not isinstance(block, Entry):
            return None
        made = _Raw(block.entry_type.casefold(), block.key.strip(), line)
        for item in block.fields:
            name = item.key.casefold()
            if name in _USED and name not in made.values:
                value = self.value(str(item.value), (item.start_line or 0) + 1, name)
                if value:
                    made.values[name] = value
        return made

    def readings(self, entries: list[_Raw]) -> list[Proposed]:
        """Return entries as readings; those without a title are told of."""
        by_key = {entry.key.casefold(): entry for entry in reversed(entries)}
        taken = {entry.key for entry in entries if is_id(entry.key)}
        made = []
        for entry in entries:
            self._inherit(entry, by_key)
            reading = self._reading(entry, taken)
            if reading is not None:
                made.append(Proposed(reading, entry.key, entry.line))
                taken.add(reading.id)
        return made

    def _inherit(self, entry: _Raw, by_key: dict[str, _Raw]) -> None:
        key = entry.values.get("crossref", "")
        if not key:
            return
        other = by_key.get(key.strip().casefold())
        if other is None:
            told = f"the entry `{safe(key[:60])}` that this one refers to is not in the file"
            self.warn(told, entry.line)
            return
        for name in _USED - _OWN - entry.values.keys():
            for theirs in _INHERITED.get(name, (name,)):
                if theirs in other.values:
                    entry.values[name] = other.values[theirs]
                    break

    def _reading(self, entry: _Raw, taken: set[str]) -> Reading | None:
        values = entry.values
        authors = names_of(values.get("author") or values.get("editor", ""))
        venue = next((values[name] for name in _VENUES if name in values), "")
        title, authors, venue = _words((values.get("title", ""), authors, venue))
        if not title or len(title) > LONGEST:
            what = "has no title" if not title else f"has a title above {LONGEST:,} characters"
            self.warn(f"the entry `{safe(entry.key[:60])}` {what}; it is left out", entry.line)
            return None
        name = entry.key
        if not is_id(name):
            name = reading_id(title, taken)
            told = f"the key `{safe(name_shown(entry.key))}` cannot be an id here; it is {name}"
            self.warn(told, entry.line)
        return Reading(
            name,
            title,
            _TYPES.get(entry.kind, "paper"),
            authors=authors[:LONGEST] or None,
            year=year_of(values.get("year") or values.get("date", "")),
            venue=venue[:LONGEST] or None,
            arxiv=arxiv_of(values),
            doi=doi_of(values),
            url=as_written(values.get("url", "")) or None,
        )


def name_shown(key: str) -> str:
    """Return a key for a message."""
    return tidy(key)[:60] or "(empty)"


@cache
def _decoder() -> Any:
    from bibtexparser.middlewares import LatexDecodingMiddleware

    return LatexDecodingMiddleware()


def _words(texts: Iterable[str]) -> list[str]:
    """Return texts with accents and signs of LaTeX as letters, without braces, formulas kept."""
    from bibtexparser.library import Library
    from bibtexparser.model import Entry, Field

    made = []
    for raw in texts:
        text = _BOX.sub("", raw)
        if not _MARKED.search(text):
            made.append(tidy(normal(text)))
            continue
        block = _decoder().transform_entry(Entry("misc", "x", [Field("t", text)]), Library())
        decoded_text = str(block.fields[0].value) if isinstance(block, Entry) else text
        if not isinstance(block, Entry):
            decoded_text = decoded_text.replace("{", "").replace("}", "")
        made.append(tidy(normal(decoded_text)))
    return made
