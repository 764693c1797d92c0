"""The copy of a list that an import replaces: it lies among the backups, and goes with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.storage.files import make_private, write_atomically

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

MOST = 1_000
"""Copies of one minute."""


def keep_copy(folder: Path, stem: str, data: bytes, at: datetime) -> Path:
    """Write a copy into a folder under a name that is free, as `<stem>2024-12-13-0900.csv`.

    Raises OSError.
    """
    make_private(folder)
    stamp = f"{stem}{at.astimezone():%Y-%m-%d-%H%M}"
    names = [stamp, *(f"{stamp}-{number}" for number in range(2, MOST))]
    path = next(path for name in names if not (path := folder / f"{name}.csv").exists())
    write_atomically(path, data)
    return path
