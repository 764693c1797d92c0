"""Folders outside the session: the user's own, private to the user."""

from __future__ import annotations

from pathlib import Path


def state_folder() -> Path:
    """Return the folder for what the program remembers between runs, made if need be."""
    import platformdirs

    from examrunner.storage.files import make_private

    folder = Path(platformdirs.user_state_dir("examrunner", appauthor=False))
    make_private(folder)
    return folder
