"""What the command line says: the only module that writes to stdout and stderr.

With `--json` stdout is data and words go to stderr; without it words go to stdout. Nothing is
asked unless a person sits at a terminal. Texts from people pass `safe` on the way out.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TextIO

from examrunner.domain.errors import Environment, ExamError, Refused, WrongUsage
from examrunner.domain.problems import BadInput, Problem, has_errors
from examrunner.domain.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Cell = str | int | Decimal | None
"""What a cell of a table may hold; None is an empty one, numbers stand to the right."""

GAP = "  "
NARROWEST = 24
"""A last column is not squeezed below so many cells."""
RULES: dict[type, str] = {WrongUsage: "usage", Refused: "refused", Environment: "environment"}


class Output:
    """Where one command writes to."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self._is_passing = False

    def emit(self, data: Any) -> None:
        """Write the data of a command, where data are asked for."""
        if self.as_json:
            import json

            _write(sys.stdout, json.dumps(data, indent=2) + "\n")

    def say(self, words: str = "", *, indent: int = 0) -> None:
        """Write one line of words; on a terminal it is broken between words where it is long."""
        stream = self._words()
        width = _columns(stream)
        lines = _wrapped(safe(words), width - indent) if width else [safe(words)]
        _write(stream, "".join(f"{' ' * indent}{text}".rstrip() + "\n" for text in lines))

    def whole(self, words: str) -> None:
        """Write one line of words that is never broken, so that it can be copied."""
        _write(self._words(), f"{safe(words)}\n")

    def table(
        self, header: Sequence[str], rows: Iterable[Sequence[Cell]], *, indent: int = 0
    ) -> None:
        """Write a table; on a terminal the last column is broken between words."""
        listed = [list(row) for row in rows]
        texts = [list(header), *([_text(cell) for cell in row] for row in listed)]
        widths = [max(map(_width, column)) for column in zip(*texts, strict=True)]
        right = [
            any(isinstance(row[place], int | Decimal) for row in listed)
            for place in range(len(header))
        ]
        stream = self._words()
        used = indent + sum(widths[:-1]) + len(GAP) * (len(widths) - 1)
        rest = max(NARROWEST, _columns(stream) - used) if _columns(stream) else 0
        for row in texts:
            last = _wrapped(row[-1], rest) if rest and not right[-1] else None
            head = [
                _padded(text, width, right=side)
                for text, width, side in zip(row, widths, right, strict=True)
            ]
            if last is not None:
                head[-1] = last[0]
            _write(stream, (" " * indent + GAP.join(head)).rstrip() + "\n")
            for text in (last or [])[1:]:
                _write(stream, " " * used + text + "\n")

    def passing(self, words: str) -> None:
        """Show words for a moment on a terminal's last line; empty words take them away."""
        if sys.stderr.isatty() and (words or self._is_passing):
            text = safe(words)[: _columns(sys.stderr) - 1]
            _write(sys.stderr, f"\r\x1b[K{text}", flush=True)
            self._is_passing = bool(words)

    def problems(self, problems: Iterable[Problem], *, indent: int = 0) -> None:
        """Write problems as words, each with its place and what to do about it."""
        for problem in problems:
            self.say(f"{place_of(problem)}{problem.severity}: {problem.text}", indent=indent)
            if problem.hint:
                self.say(problem.hint, indent=indent + 4)

    def fail(self, failure: ExamError) -> None:
        """Tell of the failure that ended a command."""
        problems = failure.problems if isinstance(failure, BadInput) else ()
        self.emit(problems_data(problems) if problems else failure_data(failure))
        for problem in problems:
            _write(sys.stderr, f"{place_of(problem)}{problem.severity}: {safe(problem.text)}\n")
            _write(sys.stderr, f"    {safe(problem.hint)}\n" if problem.hint else "")
        if not problems:
            _write(sys.stderr, f"{safe(failure.message)}\n")
            for line in failure.hint.splitlines():
                _write(sys.stderr, f"  {safe(line)}\n")

    def ask(self, question: str) -> bool:
        """Ask a person; anything but a yes is a no."""
        if not self.can_ask():
            return False
        self.flush()
        try:
            answer = input(f"{safe(question)} [y/N] ")
        except EOFError:
            self.say()
            return False
        return answer.strip().casefold() in ("y", "yes")

    def prompt(self, question: str) -> str | None:
        """Ask a person for a line; None where the input has ended."""
        self.flush()
        try:
            return input(f"{safe(question)} ").strip()
        except EOFError:
            self.say()
            return None

    def can_ask(self) -> bool:
        """Say whether a person is there to answer."""
        return not self.as_json and self.is_terminal()

    @staticmethod
    def is_terminal() -> bool:
        """Say whether keys and screen are a terminal."""
        return sys.stdin.isatty() and sys.stdout.isatty()

    @staticmethod
    def flush() -> None:
        """Write what is still held back; a full disk is told of here."""
        _write(sys.stdout, "", flush=True)

    @staticmethod
    def give_up() -> None:
        """Let nothing more be written: whoever read the output has gone."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)

    def _words(self) -> TextIO:
        return sys.stderr if self.as_json else sys.stdout


def place_of(problem: Problem) -> str:
    """Return where a problem is, as `file:line:column: `; empty where it is nowhere."""
    parts = [safe(str(part)) for part in (problem.file, problem.line, problem.column) if part]
    return ":".join(parts) + ": " if parts else ""


def problems_data(problems: Sequence[Problem]) -> dict[str, Any]:
    """Return problems as data; `ok` means that none of them is an error."""
    return {"ok": not has_errors(problems), "problems": [_problem_data(one) for one in problems]}


def _problem_data(problem: Problem) -> dict[str, Any]:
    return {
        "severity": str(problem.severity),
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "rule": problem.rule,
        "text": problem.text,
        "hint": problem.hint,
    }


def failure_data(failure: ExamError) -> dict[str, Any]:
    """Return a failure as data, as one problem."""
    rule = next((name for kind, name in RULES.items() if isinstance(failure, kind)), "failed")
    problem = {
        "severity": "error",
        "file": None,
        "line": None,
        "column": None,
        "rule": rule,
        "text": failure.message,
        "hint": failure.hint,
    }
    return {"ok": False, "problems": [problem]}


def _write(stream: TextIO, text: str, *, flush: bool = False) -> None:
    try:
        try:
            stream.write(text)
        except UnicodeEncodeError:
            encoding = stream.encoding or "ascii"
            stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        if flush:
            stream.flush()
    except BrokenPipeError:
        raise
    except OSError as fault:
        Output.give_up()
        raise Environment(f"The output cannot be written: {fault.strerror or fault}.") from fault


def _columns(stream: TextIO) -> int:
    """Return how wide the terminal is; 0 where a stream is none."""
    return shutil.get_terminal_size().columns if stream.isatty() else 0


def _text(cell: Cell) -> str:
    return "" if cell is None else safe(cell) if isinstance(cell, str) else str(cell)


def _width(text: str) -> int:
    """Return how many cells of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _padded(text: str, width: int, *, right: bool) -> str:
    blanks = " " * (width - _width(text))
    return blanks + text if right else text + blanks


def _wrapped(text: str, width: int) -> list[str]:
    """Break a text that is too wide between its words; within a line their gaps stay."""
    if _width(text) <= width:
        return [text]
    lines = [""]
    for gap, word in re.findall(r"(\s*)(\S+)", text):
        if lines[-1] and _width(lines[-1] + gap + word) > width:
            lines.append(word)
        else:
            lines[-1] += gap + word
    return lines
