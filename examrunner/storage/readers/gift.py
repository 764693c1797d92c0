"""GIFT: its essay questions. What else a file holds is named."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from examrunner.domain.bank.foreign import Foreign, Skipped, Taken
from examrunner.domain.problems import BadInput, error, warning
from examrunner.domain.text import safe, tidy
from examrunner.storage.readers.html_text import plain_auto, plain_html
from examrunner.storage.readers.moodle_xml import literal, place_of
from examrunner.storage.readers.plain_text import decoded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from examrunner.domain.problems import Problem
    from examrunner.storage.readers.html_text import Plain

FORM = "GIFT"
RULE = "gift"
CATEGORY = "$CATEGORY:"
_ESCAPE = re.compile(r"\\([\\:#={}~n])")
_MARK = "\0"
"""Stands before what was escaped while a question is taken apart; no text file holds it."""
_GUARDED = re.compile(f"{_MARK}(.)", re.DOTALL)
_FORMAT = re.compile(r"\[(html|moodle|plain|markdown)\]")
_TRUTH = frozenset(("T", "TRUE", "F", "FALSE"))
_SHOWN = 60
MAX_QUESTIONS = 5_000
_GAP = "_____"


@dataclass(frozen=True, slots=True)
class _Split:
    """A question taken apart; escaped signs are still guarded."""

    name: str
    text: str
    answer: str | None
    """None where there are no braces."""


def read_gift(data: bytes, file: str | None) -> Foreign:
    """Return the essay questions of a GIFT file. Raises BadInput for what is no text."""
    taken: list[Taken] = []
    skipped: list[Skipped] = []
    problems: list[Problem] = []
    place = ("", "")
    for number, (line, block) in enumerate(_blocks(decoded(data, file, RULE))):
        if number == MAX_QUESTIONS:
            told = f"the file has more than {MAX_QUESTIONS:,} questions"
            raise BadInput([error(told, "split it", file=file, line=line, rule=RULE)])
        if block.startswith(CATEGORY):
            place = place_of(_plain(_guarded(block[len(CATEGORY) :])))
            continue
        split = _split(_guarded(block))
        if split is None:
            told, hint = "the braces of this question do not match", "write a brace as \\{ or \\}"
            problems.append(error(told, hint, file=file, line=line, rule=RULE))
            continue
        said = _formatted(split.text)
        name = safe(tidy(_plain(split.name) or said.text)[:_SHOWN]) or "a question without a name"
        answer, feedback = _without_feedback(split.answer or "")
        why = _kind_of_answer(None if split.answer is None else answer.strip())
        if not why and (not said.text or said.is_cut):
            why = "an essay whose text is far too long" if said.is_cut else "it has no text"
        if why:
            skipped.append(Skipped(name, why, line))
            continue
        taken.append(
            Taken(said.text, line, tidy(_plain(split.name)), kind=place[1], reading=place[0])
        )
        left = ["the general feedback"] if feedback.strip() else []
        left += [f"pictures and media ({said.pictures})"] if said.pictures else []
        if left:
            told = f"of '{name}' stayed behind: {', '.join(left)}"
            problems.append(warning(told, file=file, line=line, rule="bank-left-behind"))
    return Foreign(FORM, tuple(taken), tuple(skipped), tuple(problems))


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """Return what stands between empty lines without its comments, and its first line."""
    block: list[str] = []
    start = 0
    for number, raw in enumerate([*text.split("\n"), ""], start=1):
        line = raw.strip()
        if line in ("", "0"):
            if joined := "\n".join(block).strip():
                yield start, joined
            block = []
        elif not line.startswith("//"):
            start = start if block else number
            block.append(line)


def _guarded(block: str) -> str:
    """Return a block in which every escaped sign stands behind a mark."""
    return _ESCAPE.sub(lambda found: f"{_MARK}{found[1]}", block)


def _plain(text: str) -> str:
    """Return a text with its escaped signs as they are meant."""
    return _GUARDED.sub(lambda found: "\n" if found[1] == "n" else found[1], text)


def _split(block: str) -> _Split | None:
    """Return a question's name, text and answer; None where its braces do not match."""
    name, text = "", block
    if text.startswith("::"):
        head, colons, rest = text[2:].partition("::")
        if colons:
            name, text = head, rest.strip()
    places = [found.start() for found in re.finditer(f"(?<!{_MARK})[{{}}]", text)]
    opening = next((place for place in places if text[place] == "{"), None)
    closing = next((place for place in places if text[place] == "}"), None)
    if opening is None and closing is None:
        return _Split(name, text, None)
    if opening is None or closing is None or closing < opening:
        return None
    gap = "" if closing == len(text) - 1 else _GAP
    around = f"{text[:opening]}{gap}{text[closing + 1 :]}"
    return _Split(name, around, text[opening + 1 : closing])


def _formatted(text: str) -> Plain:
    found = _FORMAT.match(text.strip())
    inner = _plain(text.strip()[found.end() :] if found else text)
    form = found[1] if found else "moodle"
    if form == "html":
        return plain_html(inner)
    return plain_auto(inner) if form == "moodle" else literal(inner)


def _without_feedback(answer: str) -> tuple[str, str]:
    """Return an answer and the general feedback behind it, which the last such mark begins."""
    head, mark, feedback = answer.rpartition("####")
    return (head, feedback) if mark else (answer, "")


def _kind_of_answer(answer: str | None) -> str:
    """Return what kind of question an answer makes, in words; empty for an essay."""
    if answer is None:
        return "a description"
    if not answer:
        return ""
    bare = _GUARDED.sub("", answer)
    if bare.startswith("#"):
        return "numerical"
    if "~" in bare:
        return "multiple choice"
    if "=" in bare and "->" in bare:
        return "matching"
    return "true or false" if bare.partition("#")[0].strip() in _TRUTH else "short answer"
