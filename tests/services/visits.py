"""Visits of the doctor, and what they find."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from examrunner.services.doctor.examine import examine
from examrunner.services.doctor.found import Check, Findings, State
from examrunner.storage.clock import SystemClock

if TYPE_CHECKING:
    from pathlib import Path


def private(folder: Path) -> None:
    """Take others' rights from all files of a session, as the program's umask does."""
    for root, folders, files in os.walk(folder):
        for name in (*folders, *files):
            (folder / root / name).chmod(0o700 if name in folders else 0o600)
    folder.chmod(0o700)


def visit(folder: Path, *, deep: bool = False) -> Findings:
    """Let the doctor look at a session."""
    return examine(folder, SystemClock(), deep=deep)


def bad(found: Findings) -> list[tuple[str, str]]:
    """Return name and words of what is not fine."""
    return [(one.name, one.words) for one in found.ordered() if one.state is not State.OK]


def the(found: Findings, name: str) -> Check:
    """Return the first check of a name that is not fine, else the first one."""
    checks = [one for one in found.ordered() if one.name == name]
    return min(checks, key=lambda one: one.state is State.OK)


def all_files(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return content and mode of every file of a session."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mode)
        for path in folder.rglob("*")
        if path.is_file()
    }
