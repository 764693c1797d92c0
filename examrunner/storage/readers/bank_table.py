"""Questions written in a spreadsheet: a header, and one question a row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from examrunner.domain.bank.banks import Anchors, Misconception, Point, Source
from examrunner.domain.bank.foreign import (
    Foreign,
    Skipped,
    Taken,
    normal,
    point_of,
    without_bullet,
)
from examrunner.domain.problems import BadInput, error, warning
from examrunner.domain.text import fold, safe, some, tidy
from examrunner.storage.readers.archives import checked_names
from examrunner.storage.readers.qti import refusal_of_archive
from examrunner.storage.readers.tables import is_archive, read_table, unwrapped
from examrunner.storage.readers.workbooks import read_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from examrunner.domain.problems import Problem
    from examrunner.storage.readers.tables import Row, Table

FORM = "a table"
RULE = "bank-table"
_NAMES = {
    "id": "id|question id|name|key",
    "kind": "kind|slot|type|question type|part",
    "level": "level|bloom|bloom level",
    "say": "say|question|questions|question text|text|wording|ask|prompt",
    "seconds": "seconds|secs|time|time in seconds|duration",
    "marks": "marks|mark|max points|maximum points|score|max score|grade",
    "points": "points|look for|points to look for|answer|answers|model answer|expected|"
    "expected answer|answer points|key points|criteria",
    "must": "must|must points|must have|needed|required points",
    "also": "also|also points|nice to have|bonus|bonus points",
    "strong": "strong|strong answer|full marks|excellent",
    "enough": "enough|enough answer|sufficient|adequate|pass",
    "weak": "weak|weak answer|insufficient|poor",
    "probes": "probes|probe|follow up|follow ups|follow up questions|followups|followup",
    "hints": "hints|hint|help|helps|nudges",
    "red_flags": "red flags|red flag|flags|warning signs",
    "misconceptions": "misconceptions|misconception|wrong ideas|common mistakes",
    "source": "source|sources|place|places|section|sections|where|reference|references|page|pages",
    "not_with": "not with|excludes|exclude",
    "connects_to": "connects to|links to|related readings",
    "exhibit": "exhibit|figure|show",
}
_ALIASES = {alias: name for name, listed in _NAMES.items() for alias in listed.split("|")}
_KINDS = {"openings": "opening", "opener": "opening", "openers": "opening", "details": "detail",
          "critiques": "critique", "critical": "critique", "cores": "core"}  # fmt: skip
_LISTS = ("probes", "hints", "red_flags", "not_with", "connects_to")
_SAMPLES = ("strong", "enough", "weak")
_WHOLE = re.compile(r"[0-9]{1,4}")
_TALK = re.compile(r"([0-9]{1,2}):([0-5][0-9])")
_CORRECTED = re.compile(r"\s*(?:->|=>|\u2192)\s*")
_NEEDED = (
    "a column `question` (or `say`) is needed; `kind`, `points`, `probes` and others may follow"
)


def is_known(header: str) -> bool:
    """Say whether a header cell names a part of a question."""
    return fold(header) in _ALIASES


def read_bank_table(data: bytes, file: str | None, sheet: str | None = None) -> Foreign:
    """Return the questions of a CSV, XLSX or ODS table. Raises BadInput for any other file."""
    table, problems = _table(data, file, sheet)
    places, found = _places(table)
    problems += found
    taken: list[Taken] = []
    skipped: list[Skipped] = []
    for row in table.rows:
        cells = {name: _cell(row, place) for name, place in places.items()}
        if not any(cells.values()):
            continue
        if not cells["say"]:
            skipped.append(
                Skipped(cells.get("id") or f"row {row.line}", "it has no text", row.line)
            )
            continue
        taken.append(Taken(cells["say"], row.line, **_fields(cells, row, file, problems)))
    return Foreign(FORM, tuple(taken), tuple(skipped), tuple(problems))


def _table(data: bytes, file: str | None, sheet: str | None) -> tuple[Table, list[Problem]]:
    if not is_archive(data):
        return read_table(data, file, known=is_known), []
    if (told := refusal_of_archive(checked_names(data, file))) is not None:
        raise BadInput([error(*told, file=file, line=1, rule="qti")])
    read = read_workbook(data, file, known=is_known, sheet=sheet)
    return read.table, list(read.problems)


def _places(table: Table) -> tuple[dict[str, int], list[Problem]]:
    """Return where each part of a question stands, and what is odd about the header."""
    places: dict[str, int] = {}
    unknown: list[str] = []
    for place, header in enumerate(table.header):
        name = _ALIASES.get(fold(header))
        if name == "points" and "marks" not in places and _are_numbers(table, place):
            name = "marks"
        if name is None or name in places:
            unknown += [safe(tidy(header)[:30])] if header.strip() else []
        else:
            places[name] = place
    if "say" not in places:
        told = "no column holds the questions"
        raise BadInput([error(told, _NEEDED, file=table.file, line=table.header_line, rule=RULE)])
    if not unknown:
        return places, []
    told = f"these columns stayed behind: {some(unknown, 12)}"
    hint = "their headers are not known, or stand there twice"
    return places, [
        warning(told, hint, file=table.file, line=table.header_line, rule="bank-left-behind")
    ]


def _are_numbers(table: Table, place: int) -> bool:
    cells = [cell.strip() for cell in table.column(place) if cell.strip()]
    return bool(cells) and all(_WHOLE.fullmatch(cell) for cell in cells)


def _cell(row: Row, place: int) -> str:
    return normal(unwrapped(row.cells[place])) if place < len(row.cells) else ""


def _fields(
    cells: dict[str, str], row: Row, file: str | None, problems: list[Problem]
) -> dict[str, Any]:
    kind = tidy(cells.get("kind", ""))
    made: dict[str, Any] = {
        "id": tidy(cells.get("id", "")),
        "kind": _KINDS.get(fold(kind), kind.lower()),
        "level": tidy(cells.get("level", "")).lower() or None,
        "look_for": tuple(_points(cells)),
        "anchors": Anchors(**{name: cells.get(name) or None for name in _SAMPLES}),
        "exhibit": cells.get("exhibit") or None,
        "source": tuple(Source(text) for text in _listed(cells.get("source", ""))),
        "misconceptions": tuple(_misconceptions(cells.get("misconceptions", ""))),
    }
    made |= {name: tuple(_listed(cells.get(name, ""))) for name in _LISTS}
    for name in ("seconds", "marks"):
        text = cells.get(name, "")
        made[name] = _number(text, name)
        if text and made[name] is None:
            told = (
                f"{name} must be a whole number, not '{safe(tidy(text)[:30])}'; the usual is taken"
            )
            problems.append(warning(told, file=file, line=row.line, rule=RULE))
    return made


def _points(cells: dict[str, str]) -> Iterator[Point]:
    for name in ("must", "points", "also"):
        for text in _parts(cells.get(name, "")):
            point = point_of(text)
            if point is not None:
                yield Point(point.text, point.must or name == "must")


def _misconceptions(text: str) -> Iterator[Misconception]:
    for line in _listed(text):
        claim, *rest = _CORRECTED.split(line, maxsplit=1)
        yield Misconception(claim or line, rest[0] if claim and rest and rest[0] else None)


def _listed(text: str) -> list[str]:
    return [line for part in _parts(text) if (line := without_bullet(part))]


def _parts(text: str) -> list[str]:
    """Return the items of a cell: its lines, or what semicolons part where it has one line."""
    return [
        part for part in (text.split("\n") if "\n" in text else text.split(";")) if part.strip()
    ]


def _number(text: str, name: str) -> int | None:
    plain = text.removesuffix(".0").strip()
    talk = _TALK.fullmatch(plain)
    if name == "seconds" and talk:
        return int(talk[1]) * 60 + int(talk[2])
    if not _WHOLE.fullmatch(plain):
        return None
    return int(plain) if int(plain) or name == "marks" else None
