"""The user's own editor, opened at a line of a file."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

from examrunner.domain.errors import Environment

USUAL = ("nano", "vi")
"""Tried where neither VISUAL nor EDITOR names one."""
_LINE = {"code": "--goto", "codium": "--goto", "subl": "", "zed": ""}
"""Editors that take a place as file:line, and the option for it; others take +line."""


def edit(path: Path, line: int | None = None) -> None:
    """Open a file and wait until the editor ends. Raises Environment where there is none."""
    command = _command()
    name = Path(command[0]).stem
    if line is None:
        place = [str(path)]
    elif name in _LINE:
        place = [part for part in (_LINE[name], f"{path}:{line}") if part]
    else:
        place = [f"+{line}", str(path)]
    try:
        subprocess.run([*command, *place], check=False)  # noqa: S603  the user named it
    except OSError as fault:
        words = f"{command[0]} cannot be started: {fault.strerror or fault}."
        raise Environment(words, "Set EDITOR to your editor.") from fault


def _command() -> list[str]:
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if named:
        try:
            command = shlex.split(named)
        except ValueError:
            command = []
        if command:
            return command
    found = next(filter(None, map(shutil.which, USUAL)), None)
    if found is None:
        raise Environment("No editor is named and none was found.", "Set EDITOR to your editor.")
    return [found]
