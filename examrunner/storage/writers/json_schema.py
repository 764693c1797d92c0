"""The JSON Schema of a bank, from the domain types: editors complete and check by it."""

from __future__ import annotations

import json
from typing import Any

from examrunner.domain.bank.banks import Bank
from examrunner.domain.text import ID_PATTERN
from examrunner.storage.readers.bank_files import BANK_RULES
from examrunner.storage.readers.texts import MAX_TEXT
from examrunner.storage.readers.typed import adapter

FILE = "bank.schema.json"
DIALECT = "http://json-schema.org/draft-07/schema#"
"""What editors with the YAML language server know best; nothing newer is needed."""
TEXTS: dict[str, dict[str, str]] = {
    "Bank": {
        "reading": "Id of the reading in course.yaml; the file is named by it.",
        "questions": "The questions. A draft needs only `kind` and `say`.",
        "title": "Title of the reading.",
        "edition": "Which version the places refer to, such as arXiv 1706.03762v7.",
        "prepared": "Who wrote the bank, and when.",
        "checked": "Against what the answers were checked, by whom, and which were not.",
        "gist": "The paper in at most 80 words, for the examiner between two students.",
        "terms": "Words of this paper: a question with one of them is about it and no other.",
        "symbols": "How symbols and abbreviations are said.",
        "traps": "What to beware of: differences between editions, contested numbers.",
        "public": "true where students may have read the bank.",
        "bank_version": "1.",
    },
    "Question": {
        "id": "Unique in all banks, and never changed: records name it.",
        "kind": "Its place on the sheet: opening, core, detail, critique.",
        "say": "Read aloud as it stands: at most 35 words.",
        "seconds": "Time to read, wait and answer; equal inside a kind.",
        "marks": "Equal inside a kind; the usual sheet makes 10.",
        "level": "recall, explain, apply or evaluate.",
        "look_for": "2 to 6 points to tick: 1 to 3 `must`, the others `also`.",
        "anchors": "What a strong, a sufficient and a weak student says, one line each.",
        "probes": "1 to 3 follow-ups that begin with why, how or what.",
        "hints": "For a student who is stuck, the weakest first; none states a must point.",
        "red_flags": "What somebody says who did not read the paper.",
        "misconceptions": "What students get wrong, and what is right.",
        "source": "Places in the paper where the answer stands.",
        "not_with": "Ids of questions that must not share a sheet with this one.",
        "connects_to": "Ids of other readings that the question leans on.",
        "exhibit": "File or page to show, where the question points at a figure.",
        "status": "The writer's claim: draft, reviewed or retired.",
        "log": "State, who, when and a note, for every step.",
    },
    "Anchors": {
        "strong": "Gives all marks.",
        "enough": "Shows that the paper was read and understood.",
        "weak": "Gives none.",
    },
    "Misconception": {"claim": "What is often said.", "correction": "What is right."},
    "Source": {
        "at": "Section 3.2, Figure 1, Table 2, Appendix B, page 4; 12:30 in a video.",
        "what": "What stands there.",
    },
    "Symbol": {
        "write": "As it is written.",
        "say": "As it is said.",
        "means": "What it means.",
    },
    "Entry": {
        "by": "Who: a role such as ta-1, no name.",
        "on": "The day, as 2024-12-13.",
        "state": "What the question became: draft, reviewed, approved, retired.",
        "note": "What was changed, and why.",
        "against": "What the answers were checked against.",
        "not_seen": "Ids of questions whose answers were not checked.",
    },
}
"""What editors show at a key. A test holds this and the types together."""
_TEXT = {"type": ["string", "number", "boolean"], "maxLength": MAX_TEXT}
"""Editors take `2` and `true` for a number and a boolean; a bank's reader takes all for texts."""
_FILLED = {**_TEXT, "pattern": r"\S"}
_DATE = {
    "type": "string",
    "format": "date",
    "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
}
_LEAST = {"seconds": 1, "marks": 0}
_POINT = {
    "description": "Something to tick: `must: text` or `also: text`.",
    "type": "object",
    "properties": {
        "must": {**_FILLED, "description": "Without it the answer is weak."},
        "also": {**_FILLED, "description": "Makes the answer strong."},
    },
    "additionalProperties": False,
    "minProperties": 1,
    "maxProperties": 1,
}


def schema_bytes() -> bytes:
    """Return the schema as the bytes of a file."""
    return (json.dumps(bank_schema(), indent=2, ensure_ascii=False) + "\n").encode()


def bank_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 7) of a bank file."""
    made: dict[str, Any] = adapter(Bank).json_schema(ref_template="#/definitions/{model}")
    kinds = made.pop("$defs")
    kinds["Point"] = dict(_POINT)
    kinds["Bank"] = made
    may_miss = {kind.__name__: names for kind, names in BANK_RULES.may_miss.items()}
    for name, kind in kinds.items():
        for field, words in TEXTS.get(name, {}).items():
            kind["properties"][field] = _property(field, kind, words)
        needed = [one for one in kind.get("required", ()) if one not in may_miss.get(name, ())]
        if "properties" in kind and name != "Point":
            kind["required"] = needed
    del kinds["Bank"]
    head = {"$schema": DIALECT, "title": "A question bank of examrunner"}
    return {**head, **{k: v for k, v in made.items() if k != "title"}, "definitions": kinds}


def _property(field: str, kind: dict[str, Any], words: str) -> dict[str, Any]:
    """Return a property with its words; an empty value means the usual one, where there is one."""
    found = dict(kind["properties"][field])
    found.pop("title", None)
    usual = found.pop("default", None)
    is_needed = field in kind.get("required", ())
    found = _as_read(found, is_filled=is_needed)
    if field in ("id", "reading"):
        found |= {"pattern": f"^{ID_PATTERN}$", "minimum": 0}
    if field in _LEAST:
        found["minimum"] = _LEAST[field]
    if not is_needed and "anyOf" not in found:
        found = {"anyOf": [found, {"type": "null"}]}
    if usual not in (None, [], ()):
        found["default"] = usual
    return {**found, "description": words}


def _as_read(form: dict[str, Any], *, is_filled: bool) -> dict[str, Any]:
    """Return what may stand for a value, as the reader of banks takes it."""
    if "anyOf" in form:
        forms = [_as_read(one, is_filled=is_filled) for one in form["anyOf"]]
        return {**form, "anyOf": forms}
    if "items" in form:
        return {**form, "items": _as_read(form["items"], is_filled=True)}
    if form.get("format") == "date":
        return dict(_DATE)
    if form.get("type") == "string":
        return dict(_FILLED if is_filled else _TEXT)
    return form
