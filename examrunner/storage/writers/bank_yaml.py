r"""A bank, or readings for a catalogue, as YAML that people go on writing.

One text a line, in single quotes where it could be read as anything else, since nothing is
escaped there: `\nabla` stays what it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from examrunner.domain.bank.banks import (
    DEFAULT_MARKS,
    DEFAULT_SECONDS,
    OTHER_MARKS,
    OTHER_SECONDS,
    Bank,
)
from examrunner.domain.plain import to_plain
from examrunner.domain.problems import BadInput, error
from examrunner.storage.readers.bank_files import BANK_RULES, check_bank
from examrunner.storage.readers.typed import Report, read_typed
from examrunner.storage.readers.yaml_tree import read_tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from examrunner.domain.course.catalogue import Reading

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 .,;?!()/_+'-]*")
_WORDS = frozenset(("none", "null", "true", "false", "yes", "no", "on", "off", "y", "n"))
"""Bare words that this or another reader could take for something else."""
_ORDER = ("id", "kind", "level", "say", "seconds", "marks")


def bank_bytes(bank: Bank, head: Iterable[str] = ()) -> bytes:
    """Return a bank as the bytes of its file; `head` are lines of a comment above it."""
    plain = to_plain(bank)
    questions = [_question(data, one) for data, one in zip(plain.pop("questions", []),
                 bank.questions, strict=True)]  # fmt: skip
    lines = [*_comment(head), "bank_version: 1"]
    lines += _mapping({key: value for key, value in plain.items() if key != "bank_version"}, "")
    lines.append("questions:" if questions else "questions: []")
    for question in questions:
        lines += [*_item(question, "  "), ""]
    return ("\n".join(lines).rstrip("\n") + "\n").encode()


def checked_bytes(bank: Bank, head: Iterable[str], file: str | None) -> bytes:
    """Return a bank as `bank_bytes` does, after reading them as any reader would.

    Raises BadInput where that gives another bank, naming the `file` it came from: half a bank is
    never written.
    """
    data = bank_bytes(bank, head)
    root, problems = read_tree(data, f"{bank.reading}.yaml")
    if root is not None:
        report = Report(f"{bank.reading}.yaml", root)
        again = read_typed(Bank, report, BANK_RULES)
        if again is not None:
            check_bank(again, report)
        if again == bank and not report.problems:
            return data
        problems += report.problems
    told = "the questions of this file cannot be kept in a bank as they are"
    raise BadInput([error(told, file=file, rule="bank-import"), *problems])


def readings_bytes(readings: Iterable[Reading], head: Iterable[str] = ()) -> bytes:
    """Return readings as they stand in course.yaml, ready to be copied there."""
    listed = [to_plain(reading) for reading in readings]
    lines = [*_comment(head), "readings:" if listed else "readings: []"]
    for reading in listed:
        lines += _item(reading, "  ")
    return ("\n".join(lines) + "\n").encode()


def _comment(head: Iterable[str]) -> list[str]:
    return [f"# {line}".rstrip() for line in head]


def _question(data: dict[str, Any], question: Any) -> dict[str, Any]:
    """Return a question's data in the order of writing, without what its kind implies."""
    made = {key: data[key] for key in (*_ORDER, *data) if key in data}
    if question.seconds == DEFAULT_SECONDS.get(question.kind, OTHER_SECONDS):
        del made["seconds"]
    if question.marks == DEFAULT_MARKS.get(question.kind, OTHER_MARKS):
        del made["marks"]
    if question.look_for:
        made["look_for"] = [{"must" if one.must else "also": one.text} for one in question.look_for]
    return made


def _mapping(data: dict[str, Any], indent: str) -> Iterator[str]:
    for key, value in data.items():
        if isinstance(value, dict):
            yield f"{indent}{key}:"
            yield from _mapping(value, f"{indent}  ")
        elif isinstance(value, list):
            yield f"{indent}{key}:"
            for one in value:
                yield from _item(one, f"{indent}  ")
        else:
            yield f"{indent}{key}: {scalar(value, indent)}"


def _item(value: Any, indent: str) -> Iterator[str]:
    """Return an item of a list: a dash, and what belongs to it below."""
    if not isinstance(value, dict):
        yield f"{indent}- {scalar(value, indent)}"
        return
    dash = "- "
    for line in _mapping(value, f"{indent}  "):
        yield f"{indent}{dash}{line[len(indent) + 2 :]}" if dash else line
        dash = ""


def scalar(value: Any, indent: str = "") -> str:
    """Return a value as it is written, as every reader takes it; `indent` is that of its key."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return str(value)
    if "\n" in value:
        inner = f"{indent}    "
        body = [f"{inner}{line}" if line else "" for line in value.split("\n")]
        return "\n".join(["|-", *body])
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return "'" + value.replace("'", "''") + "'"
