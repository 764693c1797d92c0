"""Which of some proposed readings a catalogue has already, and by what that shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from examrunner.domain.course.catalogue import Reading
from examrunner.domain.course.titles import title_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


_VERSION = re.compile(r"v[0-9]+\Z")
ALIKE = 95
"""From here on, of 100, two titles are spelt so alike that a person should look."""


@dataclass(frozen=True, slots=True)
class Double:
    """A proposed reading that is, or may be, one that there is."""

    reading: Reading
    other: Reading
    why: str
    """`arXiv id`, `DOI`, `title` or `id`; `likeness` where only a person can tell."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """What came of comparing."""

    new: tuple[Reading, ...]
    """Those that may only be alike too."""
    known: tuple[Double, ...]
    alike: tuple[Double, ...]


def sort_out(proposed: Iterable[Reading], catalogue: Iterable[Reading]) -> Sorted:
    """Compare readings with a catalogue, and with those that stand before them.

    One arXiv id, DOI, full title or id makes two the same. A likeness is only told: volumes of
    one work differ by a digit.
    """
    by_name: dict[tuple[str, str], Reading] = {}
    titles: dict[str, Reading] = {}

    def keep(reading: Reading) -> None:
        for name in _names(reading):
            by_name.setdefault(name, reading)
            if name[0] == "title":
                titles.setdefault(name[1], reading)

    for reading in catalogue:
        keep(reading)
    new: list[Reading] = []
    known: list[Double] = []
    alike: list[Double] = []
    for reading in proposed:
        found = next((name for name in _names(reading) if name in by_name), None)
        if found is not None:
            known.append(Double(reading, by_name[found], found[0]))
            continue
        if (other := _like(reading, titles)) is not None:
            alike.append(Double(reading, other, "likeness"))
        new.append(reading)
        keep(reading)
    return Sorted(tuple(new), tuple(known), tuple(alike))


def _names(reading: Reading) -> Iterator[tuple[str, str]]:
    """Return everything that names a reading exactly, the surest first."""
    if reading.arxiv:
        yield "arXiv id", _VERSION.sub("", reading.arxiv.casefold())
    if reading.doi:
        yield "DOI", reading.doi.casefold()
    for title in (reading.title, *reading.also_titled):
        yield "title", title_key(title)
    yield "id", reading.id


def _like(reading: Reading, titles: dict[str, Reading]) -> Reading | None:
    from rapidfuzz import fuzz, process

    key = title_key(reading.title)
    found = process.extractOne(key, titles.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE)
    return titles[found[0]] if found else None
