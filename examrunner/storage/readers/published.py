"""Reading a published folder: four files, each a plain one, UTF-8 and not too large."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from examrunner.domain.draw.published import BANKS, COMMIT, LOG, SECRET, Published
from examrunner.domain.problems import Problem, error

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 64 * 1024 * 1024
"""Bytes of a file; a session of a thousand students has under 3 MB."""


def read_published(folder: Path) -> Published | tuple[Problem, ...]:
    """Return the texts of a folder's four files, or what is wrong with those that cannot be read.

    A link is not followed. Problems have the rule `file`, or `utf-8`.
    """
    texts: dict[str, str] = {}
    problems = []
    for name in (COMMIT, LOG, SECRET, BANKS):
        found = _read(folder, name)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            texts[name] = found
    if problems:
        return tuple(problems)
    return Published(texts[COMMIT], texts[LOG], texts[SECRET], texts[BANKS])


def _read(folder: Path, name: str) -> str | Problem:
    path = folder / name
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return error("expected a plain file, not a link or a folder", file=name, rule="file")
        with path.open("rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return error("expected a plain file", file=name, rule="file")
            data = file.read(LARGEST + 1)
    except FileNotFoundError:
        return error("it is missing", file=name, rule="file")
    except (OSError, ValueError) as fault:
        return error(f"it cannot be read: {fault}", file=name, rule="file")
    if len(data) > LARGEST:
        return error("it is larger than 64 MB", file=name, rule="file")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as fault:
        return error(f"it is not UTF-8 at byte {fault.start}", file=name, rule="utf-8")
