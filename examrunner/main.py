"""The program: it looks at the first words and loads only what they need."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from examrunner import __version__
from examrunner.storage import interrupts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from examrunner.cli.output import Output
    from examrunner.services.ports import Way

PRIVATE = 0o077


def run() -> None:
    """Be the program `examrunner`."""
    os.umask(PRIVATE)
    interrupts.take()
    try:
        code = main(sys.argv[1:])
    except Exception as bug:  # noqa: BLE001  its message may hold names
        code = _met_a_bug(bug)
    interrupts.over()
    sys.exit(code)


def _met_a_bug(bug: Exception) -> int:
    from examrunner.cli.output import Output
    from examrunner.storage.crash import is_debug, told

    if is_debug():
        raise bug
    failure = told(bug)
    Output(as_json="--json" in sys.argv).fail(failure)
    return failure.exit_code


def main(arguments: Sequence[str]) -> int:
    """Run one command. Returns the exit code."""
    if list(arguments) == ["--version"]:
        sys.stdout.write(f"examrunner {__version__}\n")
        return 0
    from examrunner.cli.output import Output
    from examrunner.domain.errors import ExamError, refused_by_machine

    out = Output(as_json="--json" in arguments)
    try:
        code = _run(list(arguments), out)
        out.flush()
    except KeyboardInterrupt:
        return interrupts.INTERRUPTED
    except BrokenPipeError:
        out.give_up()
        return interrupts.PIPE_CLOSED
    except (ExamError, OSError) as fault:
        failure = fault if isinstance(fault, ExamError) else refused_by_machine(fault)
        out.fail(failure)
        return failure.exit_code
    return code


def _run(arguments: list[str], out: Output) -> int:
    from examrunner.cli.parser import parser_of, with_command

    if not arguments and out.is_terminal():
        return _welcome()
    if not arguments:
        parser_of(_open_session).print_help()
        return 0
    arguments = with_command(arguments)
    try:
        options = parser_of(_open_session, arguments[0]).parse_args(arguments)
    except SystemExit as end:  # argparse has shown a help text or the version
        return int(end.code or 0)
    code: int = options.run(options, out)
    return code


def _welcome() -> int:
    _hold_garbage()
    from examrunner.tui.start import welcome

    return welcome()


def _open_session(folder: Path, way: Way) -> int:
    _hold_garbage()
    from examrunner.tui.start import open_session

    return open_session(folder, way)


def _hold_garbage() -> None:
    """Collect no garbage until the app's first frame is out: a tenth of its start."""
    import gc

    gc.disable()


if __name__ == "__main__":
    run()
