"""The notes for graders of a Moodle question, as the guide of one of ours.

Lists under the headings that we write come back as what they were; anything else becomes points
to look for, a line each.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from examrunner.domain.bank.banks import Anchors, Misconception, Point, Source
from examrunner.domain.bank.foreign import normal, point_of
from examrunner.storage.readers.html_text import HEADINGS
from examrunner.storage.writers import guide

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from examrunner.storage.readers.html_text import Line

_KEYED = {
    guide.ASKED: ("kind", "level", "seconds", "exhibit", "not with", "connects to"),
    guide.POINTS: ("must", "also"),
    guide.SAMPLES: ("strong", "enough", "weak"),
    guide.WRONG: ("claim", "correction"),
    guide.PLACES: ("at", "what"),
}
_PLAIN = {guide.PROBES: "probes", guide.HINTS: "hints", guide.FLAGS: "red_flags"}
_KEY = re.compile(r"([a-z ]{1,20}): ?(.*)", re.DOTALL)
_WHOLE = re.compile(r"[1-9][0-9]{0,4}")
Item = tuple[str, str, str]
"""Heading, key and text."""


def fields_of(lines: Iterable[Line]) -> dict[str, Any]:
    """Return the fields of a question that notes for graders hold."""
    items = list(_items(lines))
    made: dict[str, Any] = dict(_asked(items))
    points = [_point(heading, key, text) for heading, key, text in items]
    made["look_for"] = tuple(point for point in points if point)
    made["anchors"] = Anchors(**{k: t for h, k, t in items if h == guide.SAMPLES and k and t})
    for heading, name in _PLAIN.items():
        made[name] = tuple(text for h, _, text in items if h == heading)
    pairs = _pairs((key, text) for h, key, text in items if h == guide.WRONG)
    made["misconceptions"] = tuple(Misconception(a, b) for a, b in pairs)
    pairs = _pairs((key, text) for h, key, text in items if h == guide.PLACES)
    made["source"] = tuple(Source(a, b) for a, b in pairs)
    return made


def _items(lines: Iterable[Line]) -> Iterator[Item]:
    """Give every line the heading that it stands under; empty where that is none of ours."""
    heading = ""
    for line in lines:
        if line.tag in HEADINGS and (line.text in _KEYED or line.text in _PLAIN):
            heading = line.text
        elif line.tag in HEADINGS or heading in _PLAIN or not heading:
            heading = heading if line.tag not in HEADINGS else ""
            yield heading, "", line.text
        else:
            yield _keyed(heading, line.text)


def _keyed(heading: str, text: str) -> Item:
    found = _KEY.fullmatch(text)
    if found is not None and found[1] in _KEYED[heading]:
        return heading, found[1], normal(found[2])
    return "", "", text


def _point(heading: str, key: str, text: str) -> Point | None:
    if heading == guide.POINTS and text:
        return Point(text, key == "must")
    return None if heading else point_of(text)


def _asked(items: list[Item]) -> Iterator[tuple[str, Any]]:
    asked = [(key, text) for heading, key, text in items if heading == guide.ASKED and text]
    once = dict(asked)
    for key in ("kind", "level", "exhibit"):
        if key in once:
            yield key, once[key]
    if _WHOLE.fullmatch(once.get("seconds", "")):
        yield "seconds", int(once["seconds"])
    for key in ("not with", "connects to"):
        yield key.replace(" ", "_"), tuple(text for name, text in asked if name == key)


def _pairs(items: Iterable[tuple[str, str]]) -> list[tuple[str, str | None]]:
    """Return texts with what stands below each of them, where anything does."""
    pairs: list[tuple[str, str | None]] = []
    for key, text in items:
        if key in ("claim", "at") and text:
            pairs.append((text, None))
        elif pairs and text and pairs[-1][1] is None:
            pairs[-1] = (pairs[-1][0], text)
    return pairs
