"""A student's own review of a reading, where the session folder holds it as a text."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

FOLDER = "reviews"
ENDINGS = ("md", "txt")
LONGEST = 16_384
"""Bytes that are read: nobody reads more beside an exam."""


@dataclass(frozen=True, slots=True)
class OwnReview:
    """Where a review lies."""

    path: Path
    name: str
    """As people write it, seen from the session folder."""


def find_own_review(session: Path, student: str, reading: str) -> OwnReview | None:
    """Find `reviews/<student>-<reading>.md` or `.txt`; None where there is none.

    Ids never become paths: the folder is listed, and a plain file must have exactly this name.
    """
    wanted = [f"{student}-{reading}.{ending}" for ending in ENDINGS]
    folder = session / FOLDER
    try:
        if folder.is_symlink():
            return None
        with os.scandir(folder) as listed:
            found = [one.name for one in listed if one.name in wanted and _is_plain(one)]
    except OSError:
        return None
    if not found:
        return None
    name = min(found, key=wanted.index)
    return OwnReview(folder / name, f"{FOLDER}/{name}")


def _is_plain(entry: os.DirEntry[str]) -> bool:
    return entry.is_file(follow_symlinks=False)


def read_own_review(found: OwnReview) -> str | None:
    """Return the beginning of a review as text; None where it cannot be read.

    Bytes that are no UTF-8 become the replacement sign.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        number = os.open(found.path, flags)
        with os.fdopen(number, "rb") as file:
            data = file.read(LONGEST)
    except OSError:
        return None
    return data.decode("utf-8-sig", errors="replace")
