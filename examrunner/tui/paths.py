"""Paths as people give them, typed, pasted or dragged into the terminal, and as they are shown."""

from __future__ import annotations

import shlex
from pathlib import Path, PurePath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from examrunner.domain.problems import BadInput, Severity
from examrunner.domain.text import safe
from examrunner.tui.lines import cells_of, pad

if TYPE_CHECKING:
    from examrunner.domain.errors import ExamError
    from examrunner.domain.problems import Problem


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
    words, more = _first(failure)
    hint = _errors(failure)[0].hint
    return f"{words}{more}; {hint}" if hint else words + more


def in_a_line(failure: BadInput, cells: int) -> str:
    """Return the first error and how many more there are in at most so many cells.

    The words on the first are cut, with an ellipsis, before the number is.
    """
    words, more = _first(failure)
    return pad(words, min(cells_of(words), cells - len(more))) + more


def _errors(failure: BadInput) -> list[Problem]:
    errors = [one for one in failure.problems if one.severity is Severity.ERROR]
    return errors or list(failure.problems)


def _first(failure: BadInput) -> tuple[str, str]:
    """Return the first error, its file without the folder, and how many more there are."""
    first, *others = _errors(failure)
    name = PurePath(first.file).name if first.file else None
    place = ":".join(str(part) for part in (name, first.line, first.column) if part)
    words = safe(f"{place}: {first.text}" if place else first.text)
    return words, f" (and {len(others)} more)" if others else ""
