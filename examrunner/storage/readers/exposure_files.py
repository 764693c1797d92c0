"""exposure.yaml: the memory of earlier sessions that the program keeps beside the banks."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from examrunner.domain.bank.exposure import Answers, Exposure, Shown, Used
from examrunner.domain.draw.limits import is_hex
from examrunner.storage.files import write_atomically
from examrunner.storage.readers.cache import read_file
from examrunner.storage.readers.typed import Report, Rules, read_typed
from examrunner.storage.readers.yaml_tree import read_tree

if TYPE_CHECKING:
    from pathlib import Path

    from examrunner.domain.problems import Problem

FILE = "exposure.yaml"
READABLE = 0o644
"""It goes where the banks go, e.g. by git, and tells of no student."""
HEAD = """\
# Written by `examrunner bank carry-over`: on how many sheets a question stood in earlier sessions,
# and how it was answered where at least three students were asked.
exposure_version: 1
sessions:
"""


def read_exposure(path: Path) -> tuple[Exposure, list[Problem]]:
    """Return the memory of a file, empty where it is missing, and everything wrong with it."""
    if not path.exists():
        return Exposure(), []

    def read(data: bytes, file: str) -> tuple[Exposure | None, list[Problem]]:
        root, problems = read_tree(data, file)
        if root is None:
            return None, problems
        report = Report(file, root)
        found = read_typed(Exposure, report, Rules())
        for place, used in enumerate(found.sessions if found else ()):
            _check(used, report, ("sessions", place))
        return (None if report.problems else found), problems + report.sorted()

    found, problems = read_file(Exposure, path, "", read)
    return found or Exposure(), problems


def exposure_bytes(exposure: Exposure) -> bytes:
    """Return the file's content: one line for each question, so that changes show in a diff."""
    lines = []
    for used in exposure.sessions:
        lines.append(f"  - session: {_quoted(used.session)}\n    commit: {_quoted(used.commit)}\n")
        lines += [f"    on: {used.on.isoformat()}\n"] if used.on else []
        lines += [f"    course: {_quoted(used.course)}\n"] if used.course else []
        lines += ["    questions:\n"] if used.questions else ["    questions: []\n"]
        lines += [f"      - {_line(one)}\n" for one in used.questions]
    text = HEAD + "".join(lines) if lines else HEAD.rstrip("\n") + " []\n"
    return text.encode("utf-8")


def write_exposure(path: Path, exposure: Exposure) -> None:
    """Replace the file. Raises OSError."""
    write_atomically(path, exposure_bytes(exposure), READABLE)


def _check(used: Used, report: Report, path: tuple[str | int, ...]) -> None:
    if not is_hex(used.commit):
        report.at((*path, "commit"), "this is no SHA-256", "64 hex digits")
    for place, one in enumerate(used.questions):
        here = (*path, "questions", place)
        if one.sheets < 1:
            report.at((*here, "sheets"), "a question that is listed was shown at least once")
        for name, number in _numbers(one.answers):
            if number < 0:
                report.at((*here, "answers", name), f"{name} cannot be negative")


def _numbers(answers: Answers | None) -> list[tuple[str, int]]:
    return [(one.name, getattr(answers, one.name)) for one in fields(Answers)] if answers else []


def _line(one: Shown) -> str:
    parts = [f"question: {_quoted(one.question)}", f"sheets: {one.sheets}"]
    if one.answers is not None:
        numbers = ", ".join(f"{name}: {number}" for name, number in _numbers(one.answers) if number)
        parts.append(f"answers: {{{numbers}}}")
    return f"{{{', '.join(parts)}}}"


def _quoted(value: Any) -> str:
    """Return a text in double quotes, which YAML reads as JSON writes it."""
    return json.dumps(value, ensure_ascii=False)
