"""What was answered about titles and people: a file that people fill in, and the session's own.

One CSV for both: `title,reading_id` says which reading a title means, `who,student_id` whom some
texts mean. An empty answer leaves the question open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from examrunner.domain.course.matching import OWN
from examrunner.domain.problems import BadInput, Problem, error, has_errors
from examrunner.domain.text import fold, tidy
from examrunner.storage.readers.tables import Table, read_table

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

COLUMNS = ("title", "reading_id", "who", "student_id")
OWN_WORD, LEAVE_WORD = "own", "skip"
"""Answers other than an id: a reading of its own, and leave these reviews out."""
HARMLESS = "'"
"""Stands before a title that a spreadsheet would run as a formula."""
RUNS = ("=", "+", "-", "@")
_PAIRS = (("title", "reading_id"), ("who", "student_id"))


@dataclass(frozen=True, slots=True)
class Answered:
    """Answers by what was asked, in texts."""

    titles: dict[str, str | None]
    """A title to the id of a reading, or OWN; None leaves it out."""
    people: dict[str, str | None]
    """What a row says of a student, joined by ` / `, to an id; None leaves it out."""

    def with_others(self, other: Answered) -> Answered:
        """Return these answers and others, which count where both say something."""
        return Answered({**self.titles, **other.titles}, {**self.people, **other.people})


NOTHING = Answered({}, {})


def read_answers(
    source: bytes | Path,
    file: str,
    readings: Collection[str] | None = None,
    students: Collection[str] | None = None,
) -> Answered:
    """Read answers. Raises BadInput with every id that is none, where ids are given to compare."""
    table = read_table(source, file, known=lambda cell: _column(cell) in COLUMNS)
    places = {_column(cell): index for index, cell in enumerate(table.header)}
    if not any(set(pair) <= places.keys() for pair in _PAIRS):
        text = "no columns title and reading_id, or who and student_id"
        hint = "--questions FILE writes a file to fill in"
        raise BadInput([error(text, hint, file=file, line=table.header_line, rule="answers")])
    problems = [*table.ragged(), *table.bad_cells(places.get(name, 0) for name in COLUMNS)]
    titles: dict[str, str | None] = {}
    people: dict[str, str | None] = {}
    if not has_errors(problems):
        titles, found = _pairs(table, places, "title", "reading_id", readings)
        people, more = _pairs(table, places, "who", "student_id", students)
        problems += [*found, *more]
    if has_errors(problems):
        raise BadInput(problems)
    return Answered(titles, people)


def _column(header: str) -> str:
    return fold(header).replace(" ", "_")


def _pairs(
    table: Table, places: dict[str, int], asked: str, answer: str, ids: Collection[str] | None
) -> tuple[dict[str, str | None], list[Problem]]:
    found: dict[str, str | None] = {}
    problems: list[Problem] = []
    if asked not in places or answer not in places:
        return found, problems
    for row in table.rows:
        said, meant = tidy(row.cell(places[asked])), row.cell(places[answer])
        if said[1:].startswith(RUNS):
            said = said.removeprefix(HARMLESS)
        if not said or not meant:
            continue
        if ids is not None and meant in ids:
            found[said] = meant
        elif meant.casefold() == LEAVE_WORD:
            found[said] = None
        elif meant.casefold() == OWN_WORD and asked == "title":
            found[said] = OWN
        elif ids is None:
            found[said] = meant
        else:
            what = "reading of the course" if asked == "title" else "student"
            words = f"{OWN_WORD}, {LEAVE_WORD}" if asked == "title" else LEAVE_WORD
            problems.append(
                error(
                    f"no {what} has the id '{meant[:60]}'",
                    f"write an id, or {words}, or leave the cell empty",
                    file=table.file,
                    line=row.line,
                    column=places[answer] + 1,
                    rule="answers-id",
                )
            )
    return found, problems
