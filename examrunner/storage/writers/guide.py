"""What only examiners see of a question, as named lists: one shape for every format.

The reader of Moodle XML knows the same names, so that what was written comes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from examrunner.domain.bank.banks import Anchors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from examrunner.domain.bank.banks import Question

ASKED, POINTS, SAMPLES, PROBES, HINTS = (
    "Asked as", "Points", "Sample answers", "Probes", "Hints",
)  # fmt: skip
FLAGS, WRONG, PLACES = "Red flags", "Misconceptions", "Places"


@dataclass(frozen=True, slots=True)
class Part:
    """One list of a guide."""

    name: str
    items: tuple[tuple[str, str], ...]
    """Each with its key, `must`, or an empty one."""


def guide_of(question: Question) -> tuple[Part, ...]:
    """Return the lists of a question that hold anything, in the order of their use."""
    parts = (Part(name, tuple(items)) for name, items in _lists(question))
    return tuple(part for part in parts if part.items)


def _lists(question: Question) -> Iterator[tuple[str, Iterator[tuple[str, str]]]]:
    anchors = question.anchors or Anchors()
    samples = (("strong", anchors.strong), ("enough", anchors.enough), ("weak", anchors.weak))
    points = (("must" if one.must else "also", one.text) for one in question.look_for)
    yield ASKED, _asked(question)
    yield POINTS, points
    yield SAMPLES, ((key, text) for key, text in samples if text)
    yield PROBES, (("", text) for text in question.probes)
    yield HINTS, (("", text) for text in question.hints)
    yield FLAGS, (("", text) for text in question.red_flags)
    yield WRONG, _wrong(question)
    yield PLACES, _places(question)


def _asked(question: Question) -> Iterator[tuple[str, str]]:
    yield "kind", question.kind
    if question.level:
        yield "level", question.level
    yield "seconds", str(question.seconds)
    if question.exhibit:
        yield "exhibit", question.exhibit
    yield from (("not with", name) for name in question.not_with)
    yield from (("connects to", name) for name in question.connects_to)


def _wrong(question: Question) -> Iterator[tuple[str, str]]:
    for one in question.misconceptions:
        yield "claim", one.claim
        if one.correction:
            yield "correction", one.correction


def _places(question: Question) -> Iterator[tuple[str, str]]:
    for one in question.source:
        yield "at", one.at
        if one.what:
            yield "what", one.what
