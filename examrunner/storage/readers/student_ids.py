"""Which text of a class list becomes the student id, and what stands there twice.

A class list is looked at column by column: what is wrong with no cell of a column costs next to
nothing, however many there are, and only then the rows are looked at one by one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from examrunner.domain.problems import Problem, error, warning
from examrunner.domain.text import ID_PATTERN, fold, is_id

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_ID = 64
SHOWN_LINES = 12
_NOT_IN_ID = re.compile(r"[^A-Za-z0-9._@+-]+")
_ID_RULE = "letters, digits and . _ @ + -, beginning with a letter or digit, at most 64"
_IDS = re.compile(rf"(?:{ID_PATTERN}\n)+")
_PUNCTUATION = {code: " " for code in range(128) if not chr(code).isalnum() and code != ord("\n")}


@dataclass(frozen=True, slots=True)
class Cells:
    """The columns of a class list, by field, and the line of each row."""

    lines: Sequence[int]
    columns: Mapping[str, list[str]]
    """Cells as they count: tidy, unwrapped; empty where there is nothing."""
    file: str | None = None

    def of(self, field: str) -> list[str]:
        """Return a column; one of empty cells where the file has none."""
        found = self.columns.get(field)
        return [""] * len(self.lines) if found is None else found

    def has(self, field: str) -> bool:
        """Say whether any row says something in a field."""
        return any(self.columns.get(field, ()))


def lines_text(lines: Sequence[int]) -> str:
    """Return lines for a message: `line 4`, `lines 4, 7 and 9`."""
    if len(lines) == 1:
        return f"line {lines[0]}"
    if len(lines) > SHOWN_LINES:
        head = ", ".join(str(line) for line in lines[:SHOWN_LINES])
        return f"lines {head} and {len(lines) - SHOWN_LINES} more"
    return f"lines {', '.join(str(line) for line in lines[:-1])} and {lines[-1]}"


def chosen_ids(cells: Cells, places: Mapping[str, int]) -> tuple[list[str], list[Problem]]:
    """Return an id from the file for every student; `places` are the columns, counted from 0.

    A column of student ids is taken as it is. Else the SIS id where all have one, else the login
    if every one may serve as an id, else Canvas's own id, else the e-mail address.
    """
    if cells.has("student_id"):
        ids = cells.of("student_id")
        return ids, _bad_ids(cells, ids, places.get("student_id"))
    emails = cells.of("email")
    local = [text.partition("@")[0] for text in emails]
    for ids in (cells.of("sis_id"), cells.of("login"), cells.of("canvas_id"), local, emails):
        if _all_differ(ids):
            return ids, []
    for texts in (local, emails):
        ids = [_id_like(text) for text in texts]
        if _all_differ(ids) or (texts is emails and all(ids)):
            return ids, _bad_ids(cells, ids, places.get("email"))
    each = zip(*map(cells.of, ("sis_id", "canvas_id", "login", "email")), strict=True)
    ids = [next(filter(None, texts), "") for texts in each]
    return ids, _bad_ids(cells, ids, None)


def _all_differ(ids: Sequence[str]) -> bool:
    return all_ids(ids) and len(set("\n".join(ids).casefold().split("\n"))) == len(ids)


def all_ids(ids: Sequence[str]) -> bool:
    """Say whether there are ids, and each may serve as one."""
    joined = "\n".join(ids)
    return joined.count("\n") == len(ids) - 1 and _IDS.fullmatch(f"{joined}\n") is not None


def _id_like(text: str) -> str:
    """Return a text with what an id may not hold replaced, e.g. `s.o-brien@x.edu`."""
    return _NOT_IN_ID.sub("-", text).lstrip("._@+-")[:MAX_ID]


def _bad_ids(cells: Cells, ids: Sequence[str], place: int | None) -> list[Problem]:
    """Report rows whose id is none, in the column where it stands if that is known."""
    if all_ids(ids):
        return []
    column = None if place is None else place + 1
    problems = []
    for line, text in zip(cells.lines, ids, strict=True):
        if is_id(text):
            continue
        said = f"'{text}' cannot be a student id" if text else "this row has no id"
        hint = _ID_RULE if text else "give the student an id, or delete the row"
        problems.append(
            error(said, hint, file=cells.file, line=line, column=column, rule="roster-id")
        )
    return problems


def repeats(cells: Cells) -> list[Problem]:
    """Report what stands on several rows: ids and addresses as errors, look-alikes as warnings."""
    problems = []
    taken: set[tuple[int, ...]] = set()
    for what, of, hint in _UNIQUE:
        for text, lines in _shared(cells.lines, of(cells)):
            if lines in taken:
                continue
            taken.add(lines)
            said = f"the {what} {text} stands on {lines_text(lines)}"
            problems.append(error(said, hint, file=cells.file, line=lines[1], rule="roster-twice"))
    for words, of, hint in _LOOK_ALIKES:
        for text, lines in _shared(cells.lines, of(cells)):
            if lines in taken:
                continue
            taken.add(lines)
            told = words.format(text=text, lines=lines_text(lines))
            problems.append(
                warning(told, hint, file=cells.file, line=lines[1], rule="roster-alike")
            )
    return problems


def without_shared(logins: list[str]) -> list[str]:
    """Return logins without those that stand on several rows: they say nothing about who."""
    keys = _each_casefolded(logins)
    if len(set(keys)) == len(keys):
        return logins
    seen: dict[str, int] = {}
    for key in keys:
        seen[key] = seen.get(key, 0) + 1
    return [text if seen[key] == 1 else "" for text, key in zip(logins, keys, strict=True)]


def folded(texts: Sequence[str]) -> list[str]:
    """Return `fold` of each text; those of plain ASCII are folded all at once."""
    joined = "\n".join(texts)
    if not texts:
        return []
    if joined.isascii():
        lines = joined.lower().translate(_PUNCTUATION).split("\n")
        return [" ".join(line.split()) for line in lines]
    found = folded([text if text.isascii() else "" for text in texts])
    return [one if text.isascii() else fold(text) for one, text in zip(found, texts, strict=True)]


def _folded_names(cells: Cells) -> list[str]:
    return folded(cells.of("name"))


def _looking_alike(ids: list[str]) -> Sequence[str]:
    """Return ids without zeros at the front and capitals; nothing where none has any."""
    joined = "\n".join(["", *ids])
    if "\n0" not in joined and joined == joined.casefold():
        return ()
    return [text.lstrip("0").casefold() for text in ids]


def _casefolded(field: str) -> Callable[[Cells], list[str]]:
    return lambda cells: _each_casefolded(cells.columns.get(field, ()))


def _each_casefolded(texts: Sequence[str]) -> list[str]:
    return "\n".join(texts).casefold().split("\n")


_OF_THEIR_OWN = "each student has one of their own"
_UNIQUE: tuple[tuple[str, Callable[[Cells], Sequence[str]], str], ...] = (
    ("id", lambda cells: cells.of("student_id"), "each student needs an id of their own"),
    ("Canvas id", lambda cells: cells.columns.get("canvas_id", ()), _OF_THEIR_OWN),
    ("SIS id", lambda cells: cells.columns.get("sis_id", ()), _OF_THEIR_OWN),
    ("e-mail address", _casefolded("email"), "delete one of the rows"),
)
_LOOK_ALIKES: tuple[tuple[str, Callable[[Cells], Sequence[str]], str], ...] = (
    (
        "the login '{text}' stands on {lines}",
        _casefolded("login"),
        "it is not used to find students; are the columns of the file shifted?",
    ),
    (
        "ids that differ only in zeros at the front or in capitals stand on {lines}",
        lambda cells: _looking_alike(cells.of("student_id")),
        "two students, or one twice?",
    ),
    (
        "the same name stands on {lines}",
        _folded_names,
        "reviews that give only this name cannot be told apart",
    ),
)


def _shared(lines: Sequence[int], texts: Sequence[str]) -> list[tuple[str, tuple[int, ...]]]:
    """Return each text that stands on several lines, with these."""
    if len(set(texts)) == len(texts):
        return []
    places: dict[str, list[int]] = {}
    for line, text in zip(lines, texts, strict=False):
        if text:
            places.setdefault(text, []).append(line)
    return [(text, tuple(found)) for text, found in places.items() if len(found) > 1]
