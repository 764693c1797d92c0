"""The program: it looks at the first words and loads only what they need."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from examrunner import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from examrunner.cli.output import Output

PRIVATE = 0o077
INTERRUPTED = 130
PIPE_CLOSED = 141
"""What a shell reports of a program that a signal ended: 128 and the signal's number."""


def run() -> None:
    """Be the program `examrunner`."""
    os.umask(PRIVATE)
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Run one command. Returns the exit code."""
    if list(arguments) == ["--version"]:
        sys.stdout.write(f"examrunner {__version__}\n")
        return 0
    from examrunner.cli.output import Output
    from examrunner.domain.errors import ExamError

    out = Output(as_json="--json" in arguments)
    try:
        code = _run(list(arguments), out)
        out.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        out.give_up()
        return PIPE_CLOSED
    except ExamError as failure:
        out.fail(failure)
        return failure.exit_code
    return code


def _run(arguments: list[str], out: Output) -> int:
    from examrunner.cli.parser import parser_of, with_command

    if not arguments and out.is_terminal():
        return _welcome()
    parser = parser_of(_open_session)
    if not arguments:
        parser.print_help()
        return 0
    try:
        options = parser.parse_args(with_command(arguments))
    except SystemExit as end:  # argparse has shown a help text or the version
        return int(end.code or 0)
    code: int = options.run(options, out)
    return code


def _welcome() -> int:
    _hold_garbage()
    from examrunner.tui.start import welcome

    return welcome()


def _open_session(folder: Path) -> int:
    _hold_garbage()
    from examrunner.tui.start import open_session

    return open_session(folder)


def _hold_garbage() -> None:
    """Collect no garbage until the app's first frame is out: a tenth of its start."""
    import gc

    gc.disable()


if __name__ == "__main__":
    run()
