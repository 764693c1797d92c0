"""Question banks: one YAML file per reading, named by the reading's id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from examrunner.domain.bank.banks import (
    DEFAULT_MARKS,
    DEFAULT_SECONDS,
    OTHER_MARKS,
    OTHER_SECONDS,
    Bank,
    Point,
    Question,
)
from examrunner.domain.problems import Problem, warning
from examrunner.domain.text import is_id, safe
from examrunner.storage.readers.cache import read_file
from examrunner.storage.readers.texts import MAX_TEXT
from examrunner.storage.readers.typed import Report, Rules, check_ids, plain_of, read_typed
from examrunner.storage.readers.yaml_hints import QUOTE_IT
from examrunner.storage.readers.yaml_tree import Mapping, Node, Scalar, read_tree

if TYPE_CHECKING:
    from collections.abc import Container, Iterable
    from pathlib import Path

NOT_BANKS = frozenset({"course", "approvals", "exposure"})
"""Files beside the banks that are none."""
_LONGEST_STEM = 52
"""Leaves room in an id for what is put behind the reading."""


def read_bank(path: Path) -> tuple[Bank | None, list[Problem]]:
    """Return a bank, or None where a problem is an error, and everything wrong with the file."""
    stem = path.stem

    def read(data: bytes, file: str) -> tuple[Bank | None, list[Problem]]:
        root, problems = read_tree(data, file)
        if root is None:
            return None, problems
        report = Report(file, root)
        bank = read_typed(Bank, report, BANK_RULES)
        if bank is not None:
            check_bank(bank, report)
            _check_name(bank.reading, stem, report)
        return (None if report.problems else bank), problems + report.sorted()

    return read_file(Bank, path, stem, read)


def read_banks(
    folders: Iterable[Path], wanted: Container[str] | None = None
) -> tuple[dict[str, Bank], list[Problem]]:
    """Return the banks by reading, and the problems of all files looked at.

    The first folder with a reading's file wins, even if that file is broken: a private bank is
    never silently replaced by a public one. `wanted` limits the files to those readings.
    """
    banks: dict[str, Bank] = {}
    problems: list[Problem] = []
    seen: set[str] = set()
    for place in folders:
        files, found = bank_paths(place)
        problems += found
        for path in files:
            if path.stem in seen or (wanted is not None and path.stem not in wanted):
                continue
            seen.add(path.stem)
            bank, found = read_bank(path)
            problems += found
            if bank is not None:
                banks[bank.reading] = bank
    return banks, problems


def check_bank(bank: Bank, report: Report, path: tuple[str | int, ...] = ()) -> None:
    """Report what makes a bank unusable beyond its shape. `path` leads to it in its file."""
    check_ids(report, [((*path, "reading"), bank.reading)])
    ids = [((*path, "questions", n, "id"), item.id) for n, item in enumerate(bank.questions)]
    check_ids(report, ids)
    for n, question in enumerate(bank.questions):
        _check_numbers(question.seconds, question.marks, report, (*path, "questions", n))


def check_shape(root: Mapping, file: str, stem: str) -> list[Problem]:
    """Return what keeps a file from being a bank at all; ids are not looked at.

    `stem` is the file's name without its end, which is the id of the reading.
    """
    report = Report(file, root)
    data = plain_of(Bank, report, BANK_RULES)
    if not report.problems:
        for n, item in enumerate(data.get("questions", ())):
            _check_numbers(item["seconds"], item["marks"], report, ("questions", n))
        if is_id(data["reading"]):
            _check_name(data["reading"], stem, report)
    return report.sorted()


def _check_numbers(seconds: int, marks: int, report: Report, path: tuple[str | int, ...]) -> None:
    if seconds < 1:
        report.at((*path, "seconds"), "seconds must be at least 1")
    if marks < 0:
        report.at((*path, "marks"), "marks cannot be negative")


def _check_name(reading: str, stem: str, report: Report) -> None:
    if reading != stem:
        told = f"the bank of `{reading}` stands in a file named {safe(stem)}.yaml"
        report.at(("reading",), told, f"rename the file to {reading}.yaml")


def bank_paths(place: Path) -> tuple[list[Path], list[Problem]]:
    """Return the files in a folder that may be banks, in the order of their names."""
    try:
        found = sorted(path for path in place.iterdir() if not path.name.startswith("."))
    except OSError as fault:
        told = f"the folder of banks cannot be read: {fault.strerror or fault}"
        return [], [warning(told, "see `banks` in session.yaml", file=str(place), rule="banks")]
    problems = [
        warning("this file is not read", "end its name in .yaml", file=str(path), rule="banks")
        for path in found
        if path.suffix.lower() in (".yml", ".yaml") and path.suffix != ".yaml"
    ]
    banks = [path for path in found if path.suffix == ".yaml" and path.stem not in NOT_BANKS]
    return [path for path in banks if path.is_file()], problems


def _point(node: Node, report: Report) -> Any:
    """Return `must: text` or `also: text` as the data of a point."""
    hint = "write `- must: text` or `- also: text`"
    if not isinstance(node, Mapping) or not node.entries:
        return report.at_node("a point must say whether it is `must` or `also`", hint, node)
    key, value = node.entries[0]
    if len(node.entries) > 1:
        cut = node.flow and isinstance(node.entries[1][1], Scalar) and not node.entries[1][1].text
        told = "a comma ended the text of this point" if cut else "a point has one key"
        return report.at_node(told, QUOTE_IT if cut else hint, node.entries[1][0])
    if key.text not in ("must", "also"):
        return report.at_node(f"`{safe(key.text[:60])}` is not `must` or `also`", hint, key)
    if not isinstance(value, Scalar):
        return report.at_node("a point must be one text", QUOTE_IT, value)
    if not value.text.strip():
        return report.at_node("the point is empty", "delete it", value)
    if len(value.text) > MAX_TEXT:
        told = f"a point must be a text of at most {MAX_TEXT:,} characters"
        return report.at_node(told, "split or shorten it", value)
    return {"text": value.text.strip(), "must": key.text == "must"}


def _fill_in(bank: dict[str, Any]) -> None:
    """Give every question the id, seconds and marks that it leaves out."""
    listed = bank.get("questions")
    questions = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    taken = {item["id"] for item in questions if "id" in item}
    reading = str(bank.get("reading", ""))[:_LONGEST_STEM]
    for n, item in enumerate(questions, start=1):
        kind = str(item.get("kind"))
        item.setdefault("seconds", DEFAULT_SECONDS.get(kind, OTHER_SECONDS))
        item.setdefault("marks", DEFAULT_MARKS.get(kind, OTHER_MARKS))
        if "id" not in item:
            item["id"] = _free(f"{reading}-q{n}", taken)
            taken.add(item["id"])


def _free(name: str, taken: set[str]) -> str:
    """Return a name that is not taken, by counting up behind it."""
    free, n = name, 1
    while free in taken:
        n += 1
        free = f"{name}-{n}"
    return free


BANK_RULES = Rules(
    hints={
        Bank: {
            "sheet": "delete it: how many questions of each kind are asked stands in session.yaml",
            "status": "delete it: each question has a `status` of its own",
            "reviewed": "delete it: reviews stand in approvals.yaml, written by `bank approve`",
            "approved": "delete it: approval stands in approvals.yaml, written by `bank approve`",
        },
    },
    renamed={Question: {"slot": "kind"}},
    may_miss={Question: frozenset({"id", "seconds", "marks"})},
    complete={Bank: _fill_in},
    custom={Point: _point},
)
"""How banks are written; the fallback bank in a course too."""
