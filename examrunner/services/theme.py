"""The theme that the user chose for the app. One word in a file of the user's own."""

from __future__ import annotations

from contextlib import suppress

from examrunner.storage.places import state_folder

NAME = "theme"
LONGEST = 40


def chosen() -> str:
    """Return the theme chosen last; empty where none was, or where that cannot be read."""
    try:
        with (state_folder() / NAME).open(encoding="utf-8") as file:
            return file.read(LONGEST).strip()
    except (OSError, ValueError):
        return ""


def choose(name: str) -> None:
    """Keep a theme for the next time; a failure to is not worth a word."""
    from examrunner.storage.files import write_atomically

    with suppress(OSError):
        write_atomically(state_folder() / NAME, f"{name}\n".encode(), durable=False)
