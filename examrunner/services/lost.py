"""A record that got lost: copies of it are there, and the record is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.errors import Refused
from examrunner.storage.database.copies import BACKUPS, copies
from examrunner.storage.mirror import MIRROR

if TYPE_CHECKING:
    from pathlib import Path


def demand_no_copies(folder: Path) -> None:
    """Raise Refused where a session without a record has copies of one.

    Taken for a draft, the session would show nobody's verdict, and be committed anew with its
    secret written over.
    """
    if copies(folder / BACKUPS) or (folder / MIRROR).exists():
        raise Refused(
            "The record of this session is missing, and copies of it are here.",
            f"examrunner restore {folder} brings it back. To start over, move {BACKUPS} and "
            f"{MIRROR} away.",
        )
