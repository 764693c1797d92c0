"""The invitations that a session has written, by the name of their event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from examrunner.domain.problems import BadInput, error
from examrunner.storage.readers.tables import read_table

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = 6
"""So many a row must have; two more say whose it is."""


@dataclass(frozen=True, slots=True)
class Issued:
    """One event as it was issued last."""

    student_id: str
    """Empty for a break."""
    sequence: int
    begin: datetime
    end: datetime
    is_cancelled: bool
    name: str = ""
    email: str = ""


def read_issued(path: Path) -> dict[str, Issued]:
    """Return the events by their uid; none where the file is not there.

    Raises BadInput for a file that was changed to something else.
    """
    if not path.exists():
        return {}
    table = read_table(path)
    found = {}
    for row in table.rows:
        try:
            who, uid, sequence, begin, end, cancelled = row.cells[:COLUMNS]
            times = datetime.fromisoformat(begin), datetime.fromisoformat(end)
            whose = row.cells[COLUMNS : COLUMNS + 2]
            found[uid] = Issued(who, int(sequence), *times, bool(cancelled), *whose)
        except ValueError as fault:
            text = "this row is no invitation that the program has written"
            hint = "delete the row; its event is issued as a new one"
            problem = error(text, hint, file=str(path), line=row.line, rule="calendar-row")
            raise BadInput([problem]) from fault
    return found
