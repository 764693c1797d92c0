"""What a strict reader makes of OneRoster 1.1 results: section 11 of the notes, restated."""

from __future__ import annotations

import csv
import io
import re
import zipfile

LINE_ITEMS = (
    "sourcedId,status,dateLastModified,title,description,assignDate,dueDate,classSourcedId,"
    "categorySourcedId,gradingPeriodSourcedId,resultValueMin,resultValueMax"
)
RESULTS = (
    "sourcedId,status,dateLastModified,lineItemSourcedId,studentSourcedId,scoreStatus,score,"
    "scoreDate,comment"
)
NEEDED = ("sourcedId", "lineItemSourcedId", "studentSourcedId", "scoreStatus", "scoreDate")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


class Refused(Exception):
    """The set breaks the standard."""


def load(data: bytes, students: set[str], classes: set[str]) -> dict[str, dict[str, float | None]]:
    """Return the scores by title of line item and student's sourcedId; None where exempt."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        texts = {name: archive.read(name).decode("utf-8") for name in archive.namelist()}
    manifest = dict(csv.reader(io.StringIO(texts.pop("manifest.csv"), newline="")))
    if manifest["propertyName"] != "value" or manifest["oneroster.version"] != "1.1":
        raise Refused("manifest")
    present = {f"{k[5:]}.csv" for k, v in manifest.items() if k[:5] == "file." and v != "absent"}
    if present != set(texts):
        raise Refused("the manifest and the files differ")
    items = {one["sourcedId"]: one for one in _rows(texts["lineItems.csv"], LINE_ITEMS)}
    for one in items.values():
        if one["classSourcedId"] not in classes or not all(
            one[name] for name in ("title", "categorySourcedId", "gradingPeriodSourcedId")
        ):
            raise Refused("line item")
        if not DAY.fullmatch(one["assignDate"]) or not DAY.fullmatch(one["dueDate"]):
            raise Refused("dates of a line item")
    found: dict[str, dict[str, float | None]] = {one["title"]: {} for one in items.values()}
    seen: set[str] = set()
    for row in _rows(texts["results.csv"], RESULTS):
        if not all(row[name] for name in NEEDED) or row["sourcedId"] in seen:
            raise Refused("a result without what it needs, or twice")
        seen.add(row["sourcedId"])
        item, who = items[row["lineItemSourcedId"]], row["studentSourcedId"]
        is_dated = DAY.fullmatch(row["scoreDate"]) and MOMENT.fullmatch(row["dateLastModified"])
        if who not in students or not is_dated:
            raise Refused("a result that points nowhere")
        found[item["title"]][who] = _score(row, item)
    return found


def _score(row: dict[str, str], item: dict[str, str]) -> float | None:
    if row["scoreStatus"] == "exempt" and not row["score"]:
        return None
    if row["scoreStatus"] != "fully graded" or not row["score"]:
        raise Refused("no score")
    least, most = float(item["resultValueMin"]), float(item["resultValueMax"])
    if not least <= float(row["score"]) <= most:
        raise Refused("a score out of range")
    return float(row["score"])


def _rows(text: str, header: str) -> list[dict[str, str]]:
    rows = list(csv.reader(io.StringIO(text, newline="")))
    if rows[0] != header.split(",") or any(len(row) != len(rows[0]) for row in rows):
        raise Refused("header")
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
