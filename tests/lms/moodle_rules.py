"""What Moodle makes of a grade import: section 9 of the file-format notes, restated."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass


class Aborted(Exception):
    """Moodle takes nothing of the file."""


@dataclass(frozen=True)
class User:
    """A user as Moodle knows them."""

    email: str = ""
    username: str = ""
    idnumber: str = ""


def load(
    data: bytes, users: list[User], key: tuple[str, str], item: str, highest: float = 100
) -> dict[User, float | None]:
    """Return the grades that are set; all of the file or nothing.

    `key` is the header of the column that a person mapped and the user's field; None is a grade
    that is emptied. The student is not reset between rows, so that a row without a key goes to
    the one above.
    """
    header, *rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    if any(name.startswith("Last downloaded") for name in header):
        raise Aborted("dates are checked")
    place, field = header.index(key[0]), key[1]
    column = header.index(item)
    found: dict[User, float | None] = {}
    student: User | None = None
    for row in rows:
        if len(row) != len(header):
            raise Aborted("csvweirdcolumns")
        if row[place]:
            hits = [one for one in users if getattr(one, field) == row[place]]
            if len(hits) != 1:
                raise Aborted(f"unknown user {row[place]}")
            student = hits[0]
        if student is None:
            raise Aborted("no user")
        cell = row[column].strip()
        if cell in ("", "-"):
            found[student] = None
            continue
        if not re.fullmatch(r"-?\d+(\.\d+)?", cell) or float(cell) > highest:
            raise Aborted(f"bad grade {cell}")
        found[student] = float(cell)
    return found
