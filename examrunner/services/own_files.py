"""Files that the program makes and may make again: never in the place of anything else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from examrunner.domain.errors import Refused, refused_by_machine
from examrunner.storage.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

READABLE = 0o644
"""Such files stand beside banks and go to code hosts; they hold nothing about students."""


def write_again(path: Path, data: bytes, mark: Callable[[Any], object], what: str) -> None:
    """Write a JSON file, also in place of an older one in which `mark` finds the same.

    Raises Refused where anything else stands there, Environment where the disk says no. Nothing is
    written then.
    """
    try:
        if path.exists() and not (path.is_file() and _is_alike(path.read_bytes(), data, mark)):
            raise Refused(
                f"{path} is there already and is no {what}.",
                "Nothing was written. Name a new file.",
            )
        write_atomically(path, data, READABLE)
    except OSError as fault:
        raise refused_by_machine(fault) from fault


def _is_alike(old: bytes, new: bytes, mark: Callable[[Any], object]) -> bool:
    """Say whether both are JSON with the same mark."""
    try:
        return mark(json.loads(old)) == mark(json.loads(new))
    except (ValueError, LookupError, TypeError, RecursionError):
        return False
