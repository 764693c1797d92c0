"""What Canvas makes of a gradebook file: section 1b of the file-format notes, restated."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from decimal import Decimal

READ_ONLY = (
    "Current Score", "Current Points", "Current Grade", "Final Score", "Final Points",
    "Final Grade", "Override Score", "Override Grade", "Override Status",
)  # fmt: skip
LINES_LOOKED_AT = 3


class Refused(Exception):
    """Canvas takes nothing of the file."""


@dataclass
class Person:
    """A student as Canvas knows them."""

    canvas_id: str
    name: str
    sis_id: str = ""
    login: str = ""
    scores: dict[str, str] = field(default_factory=dict)
    """Assignment id to the cell that Canvas exported."""


@dataclass
class Course:
    """What Canvas knows of a course."""

    people: list[Person]
    assignments: dict[str, tuple[str, str]]
    """Id to title and points possible."""
    custom: set[str] = field(default_factory=set)
    """Titles of custom columns."""


@dataclass
class Outcome:
    """What would happen when the file is confirmed."""

    graded: dict[tuple[str, str], Decimal | str | None] = field(default_factory=dict)
    """Canvas id and assignment id to a number, `EX`, or None for a score that is removed."""
    asked: list[str] = field(default_factory=list)
    """What a page asks to map: an unknown column or person."""


def rows_of(data: bytes) -> list[list[str]]:
    """Return the cells as Canvas splits them. Raises Refused where it cannot parse them."""
    text = data.decode("utf-8")
    if text.startswith("\ufeff"):
        if text[1:2] == '"':
            raise Refused("a mark before a quoted cell breaks the parser")
        text = text[1:]
    ends = text.replace("\r\n", "\n").replace("\r", "\n")
    commas = [len(row) for row in csv.reader(io.StringIO(ends, newline=""))][:LINES_LOOKED_AT]
    delimiter = "," if len(set(commas)) == 1 and commas[0] > 1 else ";"
    return list(csv.reader(io.StringIO(ends, newline=""), delimiter=delimiter))


def header_is_valid(cells: list[str]) -> bool:
    """Say whether Canvas takes a header row; the id columns have one order."""
    names = ["Student"] if cells[:1] == ["Student"] else ["LastName", "FirstName"]
    if cells[: len(names)] != names or "Section" not in cells:
        return False
    between = cells[len(names) : cells.index("Section")]
    both = ["SIS User ID", "SIS Login ID"]
    allowed = [["ID"], ["ID", "SIS Login ID"], ["ID", *both]]
    allowed += [["ID", *both, "Integration ID"], ["ID", *both, "Root Account"]]
    allowed += [["ID", *both, "Integration ID", "Root Account"]]
    return between in allowed and len(cells) > len(names) + len(between) + 1


def upload(data: bytes, course: Course) -> Outcome:
    """Return what Canvas does with a file."""
    header, *body = [row for row in rows_of(data) if row]
    header = [cell.strip() for cell in header]
    if not header_is_valid(header):
        raise Refused("Invalid header row")
    section = header.index("Section")
    outcome = Outcome()
    columns: dict[int, str] = {}
    for place in range(section + 1, len(header)):
        if any(phrase in header[place] for phrase in READ_ONLY) or header[place] in course.custom:
            continue
        if found := _assignment(header[place], course):
            columns[place] = found
        else:
            outcome.asked.append(header[place])
    for row in body:
        cells = [*row, *[""] * (len(header) - len(row))]
        if "Points Possible" in cells[0] or not any(cell.strip() for cell in cells):
            continue
        person = _person(header, cells, course)
        if person is None:
            outcome.asked.append(cells[0])
            continue
        for place, assignment in columns.items():
            _grade(person, assignment, cells[place].strip(), outcome)
    return outcome


def _assignment(title: str, course: Course) -> str | None:
    found = re.fullmatch(r"(.*)\s\((\d+)\)", title, re.DOTALL)
    if found and found[2] in course.assignments:
        return found[2]
    by_title = [key for key, (name, _) in course.assignments.items() if name == title]
    return by_title[0] if by_title else None


def _person(header: list[str], cells: list[str], course: Course) -> Person | None:
    texts = dict(zip(header, cells, strict=False))
    number = re.match(r"\s*(\d+)", texts["ID"])
    if number:
        for one in course.people:
            if one.canvas_id == number[1]:
                return one
    for name, attribute in (("SIS User ID", "sis_id"), ("SIS Login ID", "login")):
        for one in course.people:
            if texts.get(name) and getattr(one, attribute) == texts[name]:
                return one
    names = texts.get("Student") or f"{texts.get('LastName')}, {texts.get('FirstName')}"
    return next((one for one in course.people if one.name == names), None)


def _grade(person: Person, assignment: str, cell: str, outcome: Outcome) -> None:
    before = person.scores.get(assignment, "").strip()
    key = (person.canvas_id, assignment)
    if cell in ("", "-"):
        if before not in ("", "-"):
            outcome.graded[key] = None
    elif cell.upper() in ("EX", "EXCUSED"):
        outcome.graded[key] = "EX"
    elif before not in (cell, "N/A"):
        outcome.graded[key] = _number(cell)


def _number(cell: str) -> Decimal:
    """Return a cell as a number; a comma is taken for a decimal point, and words for 0."""
    if re.fullmatch(r"[\d.]*,\d+", cell):
        cell = cell.replace(".", "").replace(",", ".")
    found = re.match(r"\d+(?:\.\d+)?", cell)
    return Decimal(found[0]) if found else Decimal(0)


def course_of(export: bytes) -> Course:
    """Return what Canvas knows, from the export that it wrote itself."""
    text = export.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    header = [cell.strip() for cell in rows[0]]
    points = next((row for row in rows if "Points Possible" in row[0]), [])
    first = header.index("Section") + 1
    found = {
        place: found
        for place in range(first, len(header))
        if (found := re.fullmatch(r"(.*) \((\d+)\)", header[place]))
    }
    people = []
    for row in rows[1:]:
        texts = dict(zip(header[:first], row, strict=False))
        if "Points Possible" in row[0] or not texts.get("ID", "").strip():
            continue
        name = texts.get("Student") or f"{texts.get('LastName')}, {texts.get('FirstName')}"
        scores = {title[2]: row[place] for place, title in found.items()}
        sis, login = texts.get("SIS User ID", ""), texts.get("SIS Login ID", "")
        people.append(Person(texts["ID"].strip(), name, sis, login, scores))
    worth = {
        title[2]: (title[1], points[place] if place < len(points) else "")
        for place, title in found.items()
    }
    custom = {cell for place, cell in enumerate(header) if place >= first and place not in found}
    return Course(people, worth, custom)
