"""Sessions opened lately, so that the welcome can offer them. Holds paths, no names."""

from __future__ import annotations

import json
from pathlib import Path

from examrunner.storage.files import write_atomically
from examrunner.storage.places import state_folder

KEPT = 5


def recent() -> list[Path]:
    """Return the session folders opened last that are still there, the newest first."""
    try:
        listed = json.loads((state_folder() / "recent.json").read_text(encoding="utf-8"))
        return [path for path in map(Path, listed) if path.is_dir()][:KEPT]
    except (OSError, ValueError, TypeError):
        return []


def remember(folder: Path) -> None:
    """Put a session folder first among the recent ones; a failure to is not worth a word."""
    folder = folder.resolve()
    listed = [folder, *(path for path in recent() if path != folder)][:KEPT]
    data = json.dumps([str(path) for path in listed]).encode()
    try:
        write_atomically(state_folder() / "recent.json", data)
    except OSError:
        return
