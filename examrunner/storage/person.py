"""Who sits at the keyboard."""

from __future__ import annotations

import getpass

from examrunner.domain.text import bad_character


def examiner() -> str:
    """Return the examiner's name for the record: the user's login, or `examiner`."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):
        return "examiner"
    return "examiner" if not name or bad_character(name) else name
