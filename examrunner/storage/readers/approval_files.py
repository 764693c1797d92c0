"""approvals.yaml: what the program itself keeps beside the banks that people write."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from examrunner.domain.bank.approval import Approval, Approvals, Known, by_question
from examrunner.domain.draw.limits import is_hex
from examrunner.storage.files import write_atomically
from examrunner.storage.readers.cache import read_file
from examrunner.storage.readers.typed import Report, Rules, read_typed
from examrunner.storage.readers.yaml_tree import Size, read_tree

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from examrunner.domain.problems import Problem

FILE = "approvals.yaml"
SIZE = Size(20_000_000, 1_000_000)
"""Entries are never taken out: some 90,000 of them, many terms of the largest course."""
READABLE = 0o644
"""Banks and their approvals are shared, e.g. by git; they hold nothing about students."""
HEAD = """\
# Written by `examrunner bank approve`: who stood behind which question as it stood then. A question
# that was changed since is a draft again. Entries are only ever added.
approvals_version: 1
approvals:
"""


def read_approvals(path: Path) -> tuple[Approvals, list[Problem]]:
    """Return the entries of a file, none where it is missing, and everything wrong with it."""
    if not path.exists():
        return Approvals(), []

    def read(data: bytes, file: str) -> tuple[Approvals | None, list[Problem]]:
        root, problems = read_tree(data, file, SIZE)
        if root is None:
            return None, problems
        report = Report(file, root)
        found = read_typed(Approvals, report, Rules())
        for place, entry in enumerate(found.approvals if found else ()):
            if not is_hex(entry.sha256):
                told, hint = "this is no SHA-256", "64 hex digits"
                report.at(("approvals", place, "sha256"), told, hint)
        return (None if report.problems else found), problems + report.sorted()

    found, problems = read_file(Approvals, path, "", read, SIZE.bytes)
    return found or Approvals(), problems


def known_approvals(folders: Iterable[Path]) -> tuple[Known, list[Problem]]:
    """Return the entries of several folders; a hash binds each to what its question says."""
    entries: list[Approval] = []
    problems: list[Problem] = []
    for folder in folders:
        found, wrong = read_approvals(folder / FILE)
        entries += found.approvals
        problems += wrong
    return by_question(entries), problems


def write_approvals(path: Path, approvals: Approvals) -> None:
    """Replace the file. Raises OSError."""
    write_atomically(path, approvals_bytes(approvals), READABLE)


def approvals_bytes(approvals: Approvals) -> bytes:
    """Return the file's content."""
    lines = [_line(entry) for entry in approvals.approvals]
    text = HEAD + "".join(lines) if lines else HEAD.rstrip("\n") + " []\n"
    return text.encode("utf-8")


def _line(entry: Approval) -> str:
    """Return an entry as one line, so that a change shows as one in a diff."""
    parts = [
        f"question: {_quoted(entry.question)}",
        f"state: {entry.state}",
        f"sha256: {_quoted(entry.sha256)}",
        f"by: {_quoted(entry.by)}",
        f"on: {entry.on.isoformat()}",
    ]
    if entry.note:
        parts.append(f"note: {_quoted(entry.note)}")
    return f"  - {{{', '.join(parts)}}}\n"


def _quoted(text: str) -> str:
    """Return a text in double quotes, which YAML reads as JSON writes it."""
    return json.dumps(text, ensure_ascii=False)
