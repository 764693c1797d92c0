"""What Blackboard makes of an upload: section 10 of the file-format notes, restated."""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass, field

ABOUT_A_STUDENT = ("Last Name", "First Name", "Username", "Student ID")


@dataclass
class Outcome:
    """What would happen when the file is submitted."""

    graded: dict[str, dict[str, float]] = field(default_factory=dict)
    """Username to column id to points."""
    text_columns: list[str] = field(default_factory=list)
    """Columns that are made anew, worth nothing."""
    unknown: list[str] = field(default_factory=list)


def load(data: bytes, usernames: set[str], columns: set[str]) -> Outcome:
    """Return what Blackboard does with a file, given the usernames and column ids it knows."""
    is_wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = data.decode("utf-16" if is_wide else "utf-8-sig")
    delimiter = "\t" if "\t" in text.split("\n", 1)[0] else ","
    header, *rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    outcome = Outcome()
    ids: dict[int, str] = {}
    for place, title in enumerate(header):
        found = re.search(r"\|(\d+)$", title.strip())
        if found and found[1] in columns:
            ids[place] = found[1]
        elif title not in ABOUT_A_STUDENT:
            outcome.text_columns.append(title)
    key = header.index("Username")
    for row in rows:
        if row[key] not in usernames:
            outcome.unknown.append(row[key])
            continue
        outcome.graded[row[key]] = {
            column: float(row[place]) for place, column in ids.items() if row[place]
        }
    return outcome
