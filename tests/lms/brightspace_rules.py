"""What Brightspace makes of a grade import: section 10 of the file-format notes, restated."""

from __future__ import annotations

import csv
import io
import re


class Aborted(Exception):
    """Brightspace takes nothing of the file."""


def load(
    data: bytes, users: list[tuple[str, str]], items: dict[str, float]
) -> dict[tuple[str, str], dict[str, float]]:
    """Return the points that are set, by user and by item.

    A user is OrgDefinedId and Username; `items` holds the maximum of each item, at which points
    are capped.
    """
    header, *rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))
    keys = [name for name in header if name in ("OrgDefinedId", "Username")]
    if not keys or header[: len(keys)] != keys or header[-1] != "End-of-Line Indicator":
        raise Aborted("bad header")
    names = []
    for title in header[len(keys) : -1]:
        found = re.fullmatch(r"(.*) Points Grade", title)
        if found is None or found[1] not in items:
            raise Aborted(f"unknown item {title}")
        names.append(found[1])
    points: dict[tuple[str, str], dict[str, float]] = {}
    for row in rows:
        if len(row) != len(header) or row[-1] != "#":
            raise Aborted("bad line end")
        given = {name: row[place].removeprefix("#") for place, name in enumerate(keys)}
        hits = [
            (org, login)
            for org, login in users
            if given.get("OrgDefinedId", org) == org and given.get("Username", login) == login
        ]
        if len(hits) != 1:
            raise Aborted(f"unknown user {given}")
        points[hits[0]] = {
            name: min(float(cell), items[name])
            for name, cell in zip(names, row[len(keys) : -1], strict=True)
        }
    return points
