"""What a file of another system holds for a bank, and how its texts become texts of ours."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from examrunner.domain.bank.banks import (
    DEFAULT_MARKS,
    DEFAULT_SECONDS,
    OTHER_MARKS,
    OTHER_SECONDS,
    Anchors,
    Bank,
    Misconception,
    Point,
    Question,
    Source,
)
from examrunner.domain.problems import Problem, warning
from examrunner.domain.text import bad_character, is_id, safe, tidy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LONGEST = 4_000
"""Characters in one text of a bank; a longer one could not be read again."""
LONGEST_ID = 64
_MARKED = re.compile(r"(must|also)\s*:\s*(.+)|\*+\s*(.+)", re.IGNORECASE | re.DOTALL)
_BULLET = re.compile(r"(?:[-\u2013\u2022\u00b7]|\(?\d{1,2}[.)])\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Taken:
    """One question as a foreign file has it. What the file leaves open is None or empty."""

    say: str
    line: int | None = None
    id: str = ""
    reading: str = ""
    """The id of the reading that it is about, where we wrote the file."""
    kind: str = ""
    level: str | None = None
    seconds: int | None = None
    marks: int | None = None
    look_for: tuple[Point, ...] = ()
    anchors: Anchors | None = None
    probes: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    red_flags: tuple[str, ...] = ()
    misconceptions: tuple[Misconception, ...] = ()
    source: tuple[Source, ...] = ()
    not_with: tuple[str, ...] = ()
    connects_to: tuple[str, ...] = ()
    exhibit: str | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A question that is none of ours, and why it stayed behind."""

    name: str
    why: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Foreign:
    """All that a foreign file holds for a bank."""

    form: str
    """How people call its format: `Moodle XML`."""
    taken: tuple[Taken, ...]
    skipped: tuple[Skipped, ...] = ()
    problems: tuple[Problem, ...] = ()


def normal(text: str) -> str:
    """Return a foreign text as a bank may hold it.

    In NFC, nothing hidden in it, runs of blanks as one, line breaks kept, at most one empty line
    on end.
    """
    flat = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(" " if c.isspace() and c != "\n" else c for c in flat if _may_stay(c))
    lines = "\n".join(map(tidy, kept.split("\n")))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def _may_stay(character: str) -> bool:
    return character.isspace() or bad_character(character) is None


def point_of(text: str) -> Point | None:
    """Return a line as a point: `must: ...` and `* ...` are needed ones. None where it is empty."""
    plain = normal(_BULLET.sub("", text.strip(), count=1))
    found = _MARKED.fullmatch(plain)
    if found is None:
        return Point(plain) if plain else None
    words = (found[2] or found[3] or "").strip()
    needed = found[1] is None or found[1].lower() == "must"
    return Point(words, needed) if words else None


def without_bullet(text: str) -> str:
    """Return a line of a list without the dash or number in front."""
    return normal(_BULLET.sub("", text.strip(), count=1))


def about(reading: str, foreign: Foreign) -> Foreign:
    """Return only what is about a reading, where the file says so of any of its questions.

    The others are skipped.
    """
    if all(one.reading != reading for one in foreign.taken):
        return foreign
    kept = tuple(one for one in foreign.taken if one.reading in (reading, ""))
    others = tuple(
        Skipped(safe(tidy(one.id or one.say)[:60]), f"it is about {safe(one.reading)}", one.line)
        for one in foreign.taken
        if one.reading not in (reading, "")
    )
    return replace(foreign, taken=kept, skipped=(*foreign.skipped, *others))


def as_bank(
    reading: str, foreign: Foreign, kind: str, file: str | None
) -> tuple[Bank, list[Problem]]:
    """Return the questions as a bank of drafts, and what had to be made up or left out.

    `kind` is given to a question that names none.
    """
    problems: list[Problem] = []
    given = {one.id for one in foreign.taken if is_id(one.id)}
    seen: set[str] = set()
    questions = []
    unkind = 0
    for number, one in enumerate(foreign.taken, start=1):
        if (wrong := _too_much(one)) is not None:
            problems.append(_told(f"question {number} was left out: {wrong}", one, file))
            continue
        name = one.id
        if not is_id(name) or name in seen:
            name = _free(f"{reading[: LONGEST_ID - 12]}-q{number}", given | seen)
            if one.id:
                why = "is given twice" if one.id in seen else "cannot be an id here"
                told = f"`{safe(tidy(one.id)[:60])}` {why}; the question is called {name}"
                problems.append(_told(told, one, file))
        seen.add(name)
        unkind += not one.kind
        questions.append(_question(one, name, one.kind or kind))
    if unkind:
        told = f"{unkind} of {len(questions)} questions name no kind; they are taken as {kind}"
        hint = "correct `kind` in the new bank, or name another one with --kind"
        problems.append(warning(told, hint, file=file, rule="bank-kind"))
    return Bank(reading, tuple(questions)), problems


def _question(one: Taken, name: str, kind: str) -> Question:
    seconds = one.seconds or DEFAULT_SECONDS.get(kind, OTHER_SECONDS)
    marks = DEFAULT_MARKS.get(kind, OTHER_MARKS) if one.marks is None else one.marks
    made = Question(name, kind, one.say, seconds, marks)
    return replace(
        made,
        level=one.level or None,
        look_for=one.look_for,
        anchors=one.anchors if one.anchors != Anchors() else None,
        probes=one.probes,
        hints=one.hints,
        red_flags=one.red_flags,
        misconceptions=one.misconceptions,
        source=one.source,
        not_with=one.not_with,
        connects_to=one.connects_to,
        exhibit=one.exhibit or None,
    )


def _told(text: str, one: Taken, file: str | None) -> Problem:
    return warning(text, file=file, line=one.line, rule="bank-import")


def _free(name: str, taken: Iterable[str]) -> str:
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free


def _too_much(one: Taken) -> str | None:
    """Return why a question cannot stand in a bank, in words."""
    if not one.say:
        return "it says nothing"
    if any(len(text) > LONGEST for text in texts_of(one)):
        return f"one of its texts has more than {LONGEST:,} characters"
    return None


def texts_of(one: Taken | Question) -> Sequence[str]:
    """Return all texts of a question, those that only examiners see included."""
    anchors = one.anchors or Anchors()
    found = [one.say, one.kind, one.level, one.exhibit]
    found += [anchors.strong, anchors.enough, anchors.weak]
    found += [point.text for point in one.look_for]
    found += [*one.probes, *one.hints, *one.red_flags, *one.not_with, *one.connects_to]
    for wrong in one.misconceptions:
        found += [wrong.claim, wrong.correction]
    for place in one.source:
        found += [place.at, place.what]
    return [text for text in found if text]
