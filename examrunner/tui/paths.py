"""Paths as people give them: typed, pasted, or dragged into the terminal."""

from __future__ import annotations

import shlex
from pathlib import Path
from urllib.parse import unquote, urlsplit


def path_from(text: str) -> Path | None:
    """Return the path that a text means; None for an empty one.

    Terminals paste a dragged-in file quoted, with escaped spaces, or as a file URL.
    """
    text = text.strip()
    if not text:
        return None
    if text.startswith("file://"):
        return Path(unquote(urlsplit(text).path))
    if not Path(text).expanduser().exists() and any(sign in text for sign in "'\"\\"):
        try:
            parts = shlex.split(text)
        except ValueError:
            parts = []
        if len(parts) == 1:
            text = parts[0]
    return Path(text).expanduser()


def short(path: Path) -> str:
    """Return a path as it is shown, with `~` for the user's own folder."""
    try:
        return f"~/{path.relative_to(Path.home())}"
    except (ValueError, RuntimeError):
        return str(path)
