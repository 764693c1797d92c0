"""What can go wrong in a way that a person can act on.

ExamError (1)            problems were found; the message names each
├── WrongUsage (2)       the command was not given what it needs
├── Refused (3)          a phase, a lease or a permission says no
└── Environment (4)      disk, database, terminal

The numbers are the exit codes of the program; they stand only here. Anything else that is
raised is a bug.
"""

from __future__ import annotations

from typing import ClassVar


class ExamError(Exception):
    """A fault told to the user as one message and, where there is one, what to do."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  {self.hint}" if self.hint else self.message


class WrongUsage(ExamError):
    """The command line lacks or contradicts something."""

    exit_code = 2


class Refused(ExamError):
    """A rule of the exam says no: wrong phase, someone else holds the session, no permission."""

    exit_code = 3


class Environment(ExamError):
    """The machine says no: disk, database, terminal."""

    exit_code = 4


def refused_by_machine(fault: OSError) -> Environment:
    """Return what to say of a file or folder that the system does not let us use."""
    what = f"{fault.filename}: " if fault.filename else ""
    return Environment(f"{what}{fault.strerror or fault}.", "Check that it is there and yours.")
