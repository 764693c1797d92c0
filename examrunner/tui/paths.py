"""Paths as people give them, typed, pasted or dragged into the terminal, and as they are shown."""

from __future__ import annotations

import shlex
from pathlib import Path, PurePath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from examrunner.domain.problems import BadInput, Severity

if TYPE_CHECKING:
    from examrunner.domain.errors import ExamError


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


def told(failure: ExamError) -> str:
    """Return a fault and what to do about it, to be wrapped; of several faults the first."""
    if not isinstance(failure, BadInput):
        return f"{failure.message} {failure.hint}".rstrip()
    errors = [one for one in failure.problems if one.severity is Severity.ERROR]
    hint = errors[0].hint if errors else ""
    return f"{in_a_line(failure)}; {hint}" if hint else in_a_line(failure)


def in_a_line(failure: BadInput) -> str:
    """Return the first error, its file without the folder, and how many problems more there are."""
    errors = (one for one in failure.problems if one.severity is Severity.ERROR)
    first = next(errors, failure.problems[0])
    name = PurePath(first.file).name if first.file else None
    place = ":".join(str(part) for part in (name, first.line, first.column) if part)
    more = len(failure.problems) - 1
    rest = f" (and {more} more)" if more else ""
    return f"{place}: {first.text}{rest}" if place else f"{first.text}{rest}"
