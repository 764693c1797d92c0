"""Copies made when a test says so, and what a session shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.services.results import as_json, read_results

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from examrunner.services.copier import Copier
    from tests.services.desks import Room


def copied(room: Room) -> Copier:
    """Bring the copies up to date, in this thread, as the thread beside the app does."""
    copier = room.desk.copier
    assert copier is not None
    copier.bring_up_to_date(copy=True)
    return copier


def shown(folder: Path) -> Any:
    """Return what `results --json` shows, but for count and head."""
    data = as_json(read_results(folder))
    return {name: item for name, item in data.items() if name not in ("events", "head")}
